/** Cuts a Cedar file into policies by their semicolons and measures how complex each is, before Cedar itself sees it. */

/** One policy as it stands in the file, from its first annotation or word to its semicolon. */
export interface PolicyPiece {
  readonly start: number;
  readonly end: number;
  /** How deep its expressions nest, as Cedar will see them: `a && b && c` nests twice. An upper bound. */
  readonly depth: number;
}

/** A level of brackets can be two levels of expression: `[x].contains(y)`. */
const bracketWeight = 2;

/**
 * The deepest policy that is handed to Cedar. Its evaluator recurses, and running over the end of the stack breaks the
 * WebAssembly instance for good; with optimised code on Node's main thread that happens from 106 levels on (cedar-wasm 4.13).
 */
export const depthMax = 64;

/** Policies longer than this are refused; in UTF-16 units. */
export const policyLengthMax = 65_536;
/** Policies of one file. */
export const policiesMax = 1_000;

/** What is inside one pair of brackets: the expression being read, and the deepest of those before it. */
interface Level {
  /** Operators that nest in one another when they stand in a row. */
  operators: number;
  /** Accesses in the present chain `a.b.c`, and in the longest one of the expression. */
  chain: number;
  chainMax: number;
  /** The deepest bracket of the expression. */
  inner: number;
  deepest: number;
}

interface Measure {
  readonly levels: Level[];
  previous: string;
}

/**
 * All policies of the text in order; a last one without a semicolon is among them. The first that goes past a limit is the
 * last: what comes after it is not looked at. Linear in the text's length.
 */
export function scanPolicies(text: string): readonly PolicyPiece[] {
  const pieces: PolicyPiece[] = [];
  let start: number | undefined;
  let measure = emptyMeasure();
  for (const token of tokens(text)) {
    start ??= token.start;
    weigh(text.slice(token.start, token.end), measure);
    const isTooLong = token.end - start > policyLengthMax;
    if (text[token.start] !== ";" && !isTooLong) continue;
    pieces.push({ start, end: token.end, depth: depthOf(measure) });
    if (isTooLong || pieces.length > policiesMax) return pieces;
    start = undefined;
    measure = emptyMeasure();
  }
  if (start !== undefined) pieces.push({ start, end: text.trimEnd().length, depth: depthOf(measure) });
  return pieces;
}

function emptyMeasure(): Measure {
  return { levels: [emptyLevel()], previous: "" };
}

function emptyLevel(): Level {
  return { operators: 0, chain: 0, chainMax: 0, inner: 0, deepest: 0 };
}

function weigh(token: string, measure: Measure): void {
  const level = measure.levels.at(-1) ?? emptyLevel();
  level.chain = chainAfter(token, measure.previous, level.chain);
  level.chainMax = Math.max(level.chainMax, level.chain);
  if (/^(&&|\|\||[+\-*]|if|when|unless)$/.test(token)) level.operators += 1;
  if (token === ",") endExpression(level);
  if (/^[([{]$/.test(token)) measure.levels.push(emptyLevel());
  if (/^[)\]}]$/.test(token)) closeLevel(measure);
  measure.previous = token;
}

function endExpression(level: Level): void {
  level.deepest = Math.max(level.deepest, level.operators + level.chainMax + level.inner);
  Object.assign(level, { operators: 0, chain: 0, chainMax: 0, inner: 0 });
}

function closeLevel(measure: Measure): void {
  const [closed, outer] = [measure.levels.pop(), measure.levels.at(-1)];
  if (closed === undefined || outer === undefined) return;
  endExpression(closed);
  outer.inner = Math.max(outer.inner, closed.deepest + bracketWeight);
}

/** Brackets that are never closed count as closed at the end. */
function depthOf(measure: Measure): number {
  while (measure.levels.length > 1) closeLevel(measure);
  const [outermost = emptyLevel()] = measure.levels;
  endExpression(outermost);
  return outermost.deepest;
}

/** `a.b["c"]` is a chain of two accesses; a word after a word, an operator or a comma begins anew. */
function chainAfter(token: string, previous: string, chain: number): number {
  const followsValue = /[\w")\]]$/.test(previous);
  if (token === "." || (token === "[" && followsValue)) return chain + 1;
  return /^[\])(]$/.test(token) || previous === "." || previous === "[" ? chain : 0;
}

interface Token {
  readonly start: number;
  readonly end: number;
}

const trivia = /(?:\s+|\/\/[^\n\r]*)+/y;
const word = /[A-Za-z_0-9]+/y;
const doubled = /&&|\|\||==|!=|<=|>=|::/y;

/** Words, strings and signs. Cedar has no other place than a string or a comment where a semicolon ends nothing. */
function* tokens(text: string): Generator<Token> {
  let at = skip(trivia, text, 0);
  while (at < text.length) {
    const start = at;
    if (text[at] === '"') at = endOfString(text, at);
    else at = Math.max(skip(word, text, at), skip(doubled, text, at), at + 1);
    yield { start, end: at };
    at = skip(trivia, text, at);
  }
}

function skip(sticky: RegExp, text: string, at: number): number {
  sticky.lastIndex = at;
  return at + (sticky.exec(text)?.[0].length ?? 0);
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '"') return at + 1;
    if (text[at] === "\\") at += 1;
  }
  return text.length;
}
