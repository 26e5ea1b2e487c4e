/** Runs the grammar of OData URLs on an option that was percent-decoded already; offsets count in the decoded text. */
import type { GrammarLimits } from "./grammar/limits.ts";
import { parsePiece } from "./grammar/parse.ts";
import type { GrammarError } from "./grammar/text.ts";
import type { UrlParser } from "./grammar/url-parser.ts";
import { type Found, KeptTrees } from "./kept-trees.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const unplain = /[%#\u0001-\u001f\u007f]/g;

/** A tree, with how its offsets are found in the text that was given. */
export interface ReadOption<T> extends Found<T> {
  readonly kind: "parsed";
}

/** How one of the options is read. */
export type Reader<T> = (text: string, bounds: Omit<GrammarLimits, "lengthMax">) => ReadOption<T> | GrammarError;

export const readExpression = reader((parser) => parser.commonExpr);
export const readAliasValue = reader((parser) => parser.valueInUrl);
export const readOrderItems = reader((parser) => parser.orderbyItems);
export const readSelectItems = reader((parser) => parser.selectItems);
export const readExpandItems = reader((parser) => parser.expandItems);
export const readComputeItems = reader((parser) => parser.computeItems);
export const readTransformations = reader((parser) => parser.transformations);
export const readSearchWords = reader((parser) => parser.searchExpr, "search");

type Rule<T> = (parser: UrlParser) => () => T;

/** Words that are searched for have no form that others share. */
function reader<T>(rule: Rule<T>, mode: "query" | "search" = "query"): Reader<T> {
  const kept = new KeptTrees<T>();
  return (text, bounds) => {
    const parse = () => parsed(rule, text, { bounds, mode });
    if (mode === "search") return parse();
    const found = kept.tree(text, `${bounds.depthMax} ${bounds.nodesMax}`, parse);
    return "kind" in found ? found : { kind: "parsed", ...found };
  };
}

/** The grammar reads percent-encoded text, so what would not stand for itself is encoded again. */
function parsed<T>(
  rule: Rule<T>,
  text: string,
  { bounds, mode }: { readonly bounds: Omit<GrammarLimits, "lengthMax">; readonly mode: "query" | "search" },
): ReadOption<T> | GrammarError {
  const encoded = text.replace(unplain, (each) => `%${each.charCodeAt(0).toString(16).padStart(2, "0")}`);
  const origin = (offset: number) => offset - 2 * (encoded.slice(0, offset).match(/%/g)?.length ?? 0);
  const found = parsePiece(rule, mode, { text: encoded, base: 0 }, { ...bounds, lengthMax: encoded.length });
  return found.kind === "error" ? { ...found, at: origin(found.at) } : { ...found, origin };
}
