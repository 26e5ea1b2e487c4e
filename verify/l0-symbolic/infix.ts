/** What the solver prints as a formula, in the grammar of conditions as far as that goes. */
import type { Expression } from "./answers.ts";

/** The expression as the solver printed it. */
export function printExpression(expression: Expression): string {
  return typeof expression === "string" ? expression : `(${expression.map(printExpression).join(" ")})`;
}

const signs: Readonly<Record<string, string>> = {
  and: " && ",
  or: " || ",
  "=>": " => ",
  "=": " == ",
  "<": " < ",
  "<=": " <= ",
  ">": " > ",
  ">=": " >= ",
  "+": " + ",
  "*": " * ",
};

const opposites: Readonly<Record<string, string>> = { "<": ">=", ">=": "<", "<=": ">", ">": "<=" };

/** The formula with variables under the names of the spec; what the grammar has no word for stays as it is. */
export function showInfix(expression: Expression, names: ReadonlyMap<string, string>): string {
  if (typeof expression === "string") return shown(names.get(expression) ?? expression);
  const [operator = "", ...operands] = expression;
  if (operator === "let") return showInfix(operands[1] ?? "", withBindings(operands[0], names));
  const [only] = operands;
  if (operator === "not" && only !== undefined) return negated(only, names);
  const texts = operands.map((each) => inner(each, names, String(operator)));
  if (operator === "-") return texts.length === 1 ? `-${texts[0] ?? ""}` : texts.join(" - ");
  const sign = typeof operator === "string" ? signs[operator] : undefined;
  return sign === undefined ? printExpression(expression) : texts.join(sign);
}

/** `x < 1` instead of `!(x >= 1)`. */
function negated(expression: Expression, names: ReadonlyMap<string, string>): string {
  const [operator = "", ...operands] = typeof expression === "string" ? [] : expression;
  const opposite = typeof operator === "string" ? opposites[operator] : undefined;
  return opposite === undefined ? `!${inner(expression, names, "not")}` : showInfix([opposite, ...operands], names);
}

function withBindings(
  bindings: Expression | undefined,
  names: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const bound = typeof bindings === "string" || bindings === undefined ? [] : bindings;
  return new Map([
    ...names,
    ...bound.map((each): [string, string] => [String(each[0]), inner(each[1] ?? "", names, "*")]),
  ]);
}

/** What binds less tightly than what it stands in takes parentheses. */
function inner(expression: Expression, names: ReadonlyMap<string, string>, outer: string): string {
  const text = showInfix(expression, names);
  if (typeof expression === "string" || typeof expression[0] !== "string") return text;
  const [operator] = expression;
  if (operator === "-" && expression.length === 2) return text;
  const own = operator === "not" ? (/^!/.test(text) ? 7 : 4) : strengths[operator];
  return own === undefined || own > (strengths[outer] ?? 7) ? text : `(${text})`;
}

const strengths: Readonly<Record<string, number>> = {
  let: 0,
  "=>": 1,
  or: 2,
  and: 3,
  "=": 4,
  "<": 4,
  "<=": 4,
  ">": 4,
  ">=": 4,
  "+": 5,
  "-": 6,
  "*": 6,
};

/** `var.items` is the variable `items`, and `var.len/items` its length. */
function shown(name: string): string {
  return name.replace(/^\|?var\.(?:len\/(.*)|(.*?))\|?$/, (_, list?: string, plain?: string) => {
    return list === undefined ? (plain ?? "") : `len(${list})`;
  });
}
