/** Checks a text against one rule of the OData 4.01 ABNF, by the rule's name. */
import { namesInExpression } from "./check-names.ts";
import { literalRules } from "./literal-patterns.ts";
import { anyNames } from "./names.ts";
import { type Outcome, parsePiece, unreadable } from "./parse.ts";
import { leavesAt, type Pattern } from "./patterns.ts";
import type { Expression } from "./syntax.ts";
import { type GrammarError, grammarError } from "./text.ts";
import { nameError, type Reading, readContext, readExpression, readOption, readQuery, readUrl } from "./url.ts";

type Check = (text: string, reading: Reading) => GrammarError | undefined;

function errorOf(outcome: Outcome<unknown>): GrammarError | undefined {
  return outcome.kind === "error" ? outcome : undefined;
}

const expression: Check = (text, reading) => errorOf(readExpression({ text, base: 0 }, reading));

/** An expression whose root is of one kind. */
function expressionOf(fits: (tree: Expression) => boolean): Check {
  return (text, reading) => {
    const outcome = readExpression({ text, base: 0 }, reading);
    if (outcome.kind === "error") return outcome;
    return fits(outcome.tree) ? undefined : grammarError(0, "this is another kind of expression");
  };
}

function isCall(...names: readonly string[]): (tree: Expression) => boolean {
  return (tree) => tree.kind === "call" && names.includes(tree.name);
}

/** One query option with that name. */
function option(...names: readonly string[]): Check {
  return (text, reading) => {
    const outcome = readOption({ text, base: 0 }, reading);
    if (outcome.kind === "error") return outcome;
    const { tree } = outcome;
    const name = tree.kind === "plain" ? tree.name : tree.kind;
    return names.length === 0 || names.includes(name) ? undefined : grammarError(0, "this is another option");
  };
}

/** A lambda stands behind a path: one is put before it. */
const lambda =
  (quantifier: string): Check =>
  (text, { limits }) => {
    const outcome = parsePiece((p) => p.memberSegment, "query", { text, base: 0 }, limits);
    if (outcome.kind === "error") return outcome;
    const fits = outcome.tree.kind === "lambda" && outcome.tree.quantifier === quantifier;
    return fits ? undefined : grammarError(0, `this is no ${quantifier}`);
  };

const systemOptions = [
  ...["compute", "deltatoken", "expand", "filter", "format", "id", "count", "orderby", "schemaversion"],
  ...["search", "select", "skip", "skiptoken", "top", "index", "apply"],
];

const relativeUri: Check = (text, reading) => errorOf(readUrl(text, reading));

const root = /^https?:\/\/(?:\[[0-9A-Fa-fv.:]+\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)(?::\d*)?\//i;

/** A URL with its service root: what is the root's path and what is the resource's, the text does not say, so all are tried. */
const uri: Check = (text, reading) => {
  const wrong = unreadable({ text, base: 0 }, reading.limits);
  if (wrong !== undefined) return wrong;
  const head = root.exec(text)?.[0].length;
  if (head === undefined) return grammarError(0, "a URL begins with http:// or https:// and a host");
  if (head === text.length) return undefined;
  const path = /^[^?#]*/.exec(text.slice(head))?.[0] ?? "";
  let furthest: GrammarError | undefined;
  for (const start of rootsIn(path)) {
    const error = head + start === text.length ? undefined : relativeUri(text.slice(head + start), reading);
    if (error === undefined) return undefined;
    const at = head + start + error.at;
    if (furthest === undefined || at > furthest.at) furthest = grammarError(at, error.message);
  }
  return furthest;
};

/** More segments than that are of no service root. */
const rootSegmentsMax = 16;

function rootsIn(path: string): readonly number[] {
  const slashes = [...path.matchAll(/\//g)].map(({ index }) => index + 1);
  return [0, ...slashes.slice(0, rootSegmentsMax)];
}

const resourcePath: Check = (text, reading) =>
  text.includes("?") ? grammarError(text.indexOf("?"), "a path has no options") : relativeUri(text, reading);

const context: Check = (text, reading) => {
  if (!text.startsWith("#")) return grammarError(0, "a context begins with #");
  return errorOf(readContext({ text: text.slice(1), base: 1 }, reading));
};

const functionParameter: Check = (text, reading) => {
  const outcome = parsePiece((p) => p.argument, "query", { text, base: 0 }, reading.limits);
  if (outcome.kind === "error") return outcome;
  if (outcome.tree.name === undefined) return grammarError(outcome.tree.end, "= and a value belong here");
  return nameError(namesInExpression(outcome.tree.value, reading.names ?? anyNames));
};

const searchExpr: Check = (text, { limits }) =>
  errorOf(parsePiece((p) => p.searchExpr, "search", { text, base: 0 }, limits));

const rules: readonly (readonly [string, Check])[] = [
  ["odataUri", uri],
  ["odataRelativeUri", relativeUri],
  ["resourcePath", resourcePath],
  ["context", context],
  ["queryOptions", (text, reading) => errorOf(readQuery({ text, base: 0 }, reading))],
  ["systemQueryOption", option(...systemOptions)],
  ["customQueryOption", option("custom")],
  ["aliasAndValue", option("alias")],
  ["inlinecount", option("count")],
  ...systemOptions.filter((name) => name !== "count").map((name) => [name, option(name)] as const),
  ["commonExpr", expression],
  ["boolCommonExpr", expression],
  ["firstMemberExpr", expressionOf(({ kind }) => kind === "path")],
  ["memberExpr", expressionOf(({ kind }) => kind === "path")],
  ["propertyPathExpr", expressionOf(({ kind }) => kind === "path")],
  ["notExpr", expressionOf((tree) => tree.kind === "unary" && tree.operator === "not")],
  ["negateExpr", expressionOf((tree) => tree.kind === "unary" && tree.operator === "negate")],
  ["isofExpr", expressionOf(isCall("isof"))],
  ["castExpr", expressionOf(isCall("cast"))],
  ["arrayOrObject", expressionOf(({ kind }) => kind === "list" || kind === "object")],
  ["anyExpr", lambda("any")],
  ["allExpr", lambda("all")],
  ["functionParameter", functionParameter],
  ["searchExpr", searchExpr],
];

const nameRules = new Set([
  "entitySetName",
  "singletonEntity",
  "action",
  "actionImport",
  "entityTypeName",
  "complexTypeName",
]);

let known: ReadonlyMap<string, Check> | undefined;

function checks(): ReadonlyMap<string, Check> {
  known ??= new Map([
    ...[...literalRules()].map(([name, pattern]) => [name.toLowerCase(), patternCheck(pattern)] as const),
    ...rules.map(([name, check]) => [name.toLowerCase(), check] as const),
    ...[...nameRules].map((name) => [name.toLowerCase(), patternCheck(literalRules().get("odataIdentifier"))] as const),
  ]);
  return known;
}

function patternCheck(pattern: Pattern | undefined): Check {
  return (text, { limits: { lengthMax } }) => {
    if (text.length > lengthMax)
      return grammarError(lengthMax, `the text is longer than ${lengthMax} characters (lengthMax)`);
    const leaves = pattern === undefined ? 0 : leavesAt(pattern, text);
    return leaves === undefined ? undefined : grammarError(leaves, "the text is not of this rule");
  };
}

/** The names of the rules that can be checked, in the order of the alphabet. */
export function ruleNames(): readonly string[] {
  return [...new Set([...literalRules().keys(), ...rules.map(([name]) => name), ...nameRules])].sort();
}

/** Undefined where the text is of the rule. A rule that is not here is the caller's mistake: ask `ruleNames` first. */
export function checkRule(rule: string, text: string, reading: Reading): GrammarError | undefined {
  const check = checks().get(rule.toLowerCase());
  if (check === undefined) throw new RangeError(`there is no rule ${rule} here`);
  return check(text, reading);
}
