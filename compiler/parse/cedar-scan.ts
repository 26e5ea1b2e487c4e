/** Cuts a Cedar file into policies by their semicolons and measures how complex each is, before Cedar itself sees it. */

/** One policy as it stands in the file, from its first annotation or word to its semicolon. */
export interface PolicyPiece {
  readonly start: number;
  readonly end: number;
  /** What its evaluation needs of the engine's stack, in units of one operator. */
  readonly complexity: number;
}

/** A level of brackets takes as much of the stack as so many operators in a row (measured on cedar-wasm 4.13: 3.4). */
const bracketWeight = 4;

/**
 * The largest complexity that is handed to Cedar. Evaluation runs over the end of the engine's stack at about 350 operators
 * or 104 levels of brackets, and that breaks the instance for good; this leaves nearly half of it.
 */
export const complexityMax = 200;

interface Measure {
  start: number | undefined;
  depth: number;
  depthMax: number;
  /** Operators that nest in one another when they stand in a row. */
  operators: number;
  /** Accesses in the present chain `a.b.c`, and in the longest one. */
  chain: number;
  chainMax: number;
  previous: string;
}

/** All policies of the text in order; a last one without a semicolon is among them. Linear in the text's length. */
export function scanPolicies(text: string): readonly PolicyPiece[] {
  const pieces: PolicyPiece[] = [];
  let measure = emptyMeasure();
  for (const token of tokens(text)) {
    measure.start ??= token.start;
    weigh(text.slice(token.start, token.end), measure);
    if (text[token.start] !== ";") continue;
    pieces.push(pieceOf(measure, token.end));
    measure = emptyMeasure();
  }
  if (measure.start !== undefined) pieces.push(pieceOf(measure, text.trimEnd().length));
  return pieces;
}

function emptyMeasure(): Measure {
  return { start: undefined, depth: 0, depthMax: 0, operators: 0, chain: 0, chainMax: 0, previous: "" };
}

function pieceOf(measure: Measure, end: number): PolicyPiece {
  const complexity = bracketWeight * measure.depthMax + measure.operators + measure.chainMax;
  return { start: measure.start ?? end, end, complexity };
}

function weigh(token: string, measure: Measure): void {
  if (/^[([{]/.test(token)) measure.depth += 1;
  if (/^[)\]}]/.test(token)) measure.depth -= 1;
  if (/^(&&|\|\||[+\-*]|if|when|unless)$/.test(token)) measure.operators += 1;
  measure.chain = chainAfter(token, measure);
  measure.previous = token;
  measure.depthMax = Math.max(measure.depthMax, measure.depth);
  measure.chainMax = Math.max(measure.chainMax, measure.chain);
}

/** `a.b["c"]` is a chain of two accesses; a word after a word, an operator or a comma begins anew. */
function chainAfter(token: string, { previous, chain }: Measure): number {
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
