/** `$search`: words and phrases in the texts of an entity, whatever the case of A to Z (OData 4.01 part 2, section 5.1.7). */
import { type FilterNode, type FilterOperand, itemProperty } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import { readSearchWords } from "./decoded-option.ts";
import { invalid } from "./failure.ts";
import { optionFailure } from "./filter-failures.ts";
import type { SearchExpression } from "./grammar/syntax.ts";
import type { ODataLimits } from "./limits.ts";
import type { SetRoute } from "./routes.ts";

type Limits = Pick<ODataLimits, "filterDepthMax" | "searchTermsMax">;

/** The filter that an option means; undefined where it is not there. */
export function readSearch(text: string | undefined, set: SetRoute, limits: Limits): FilterNode | undefined | Failed {
  if (text === undefined) return undefined;
  const bounds = { depthMax: limits.filterDepthMax, nodesMax: 2 * limits.searchTermsMax };
  const parsed = readSearchWords(text.trim(), bounds);
  if (parsed.kind === "parsed") return searchOf(parsed.tree, set);
  const message = parsed.message.replace("(nodesMax)", "(twice searchTermsMax)");
  return optionFailure("$search", parsed.at, message);
}

/** The same within `$expand`, whose tree is read already. */
export function nestedSearch(expression: SearchExpression, set: SetRoute, limits: Limits): FilterNode | Failed {
  return tooMany(expression, limits, "$expand") ?? searchOf(expression, set);
}

/** The same of the item of a collection, which is a text. */
export function searchedItem(expression: SearchExpression, limits: Limits): FilterNode | Failed {
  return tooMany(expression, limits, "$select") ?? searchIn(expression, [itemProperty]);
}

function tooMany(expression: SearchExpression, { searchTermsMax }: Limits, option: string): Failed | undefined {
  if (termsIn(expression) <= searchTermsMax) return undefined;
  return invalid(`$search has more than ${searchTermsMax} words and phrases (searchTermsMax)`, option);
}

function termsIn(expression: SearchExpression): number {
  switch (expression.kind) {
    case "and":
    case "or":
      return termsIn(expression.left) + termsIn(expression.right);
    case "not":
      return termsIn(expression.operand);
    case "word":
    case "phrase":
    case "incomplete":
      return 1;
  }
}

/** The search in all texts of an entity. */
export function searchOf(expression: SearchExpression, set: SetRoute): FilterNode {
  const texts = [...set.properties.values()].filter(({ type, collection }) => type === "Edm.String" && !collection);
  return searchIn(
    expression,
    texts.map(({ name }) => name),
  );
}

/** True or false for everything, so that NOT means what it says. */
function searchIn(expression: SearchExpression, texts: readonly string[]): FilterNode {
  switch (expression.kind) {
    case "and":
    case "or": {
      const { kind, left, right } = expression;
      return { kind, operands: [searchIn(left, texts), searchIn(right, texts)] };
    }
    case "not":
      return { kind: "not", operand: searchIn(expression.operand, texts) };
    case "word":
    case "phrase":
    case "incomplete":
      return anywhere(expression.text, texts);
  }
}

function anywhere(term: string, texts: readonly string[]): FilterNode {
  const part: FilterOperand = { kind: "literal", value: term.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) };
  const operands = texts.map((name): FilterNode => {
    const text = { kind: "call", function: "tolower", arguments: [{ kind: "property", property: name }] } as const;
    return { kind: "text", function: "contains", text, part };
  });
  return { kind: "known", operand: { kind: "or", operands } };
}
