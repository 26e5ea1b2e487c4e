/** What a solver prints, read back: `sat` and its kin, and the values of a model. */
import { assert } from "../assert.ts";

export type Answer = "sat" | "unsat" | "unknown";

export type Expression = string | readonly Expression[];

/** After an answer that the time cut short, what builds on it fails, too. */
const cutShort = /^unknown$|canceled|timeout/m;

/** Every expression that was printed. Throws where the solver did not understand what it was told: that is a mistake of ours. */
export function readAnswers(printed: string): readonly Expression[] {
  const isRefused = /^\(error|^unsupported/m.test(printed) && !cutShort.test(printed);
  assert(!isRefused, `the solver says ${printed}`);
  return parse(printed);
}

/** The answers of so many questions; those that are missing, because the time was over, are unknown. */
export function satAnswers(printed: string, count: number): readonly Answer[] {
  const expressions = readAnswers(printed);
  // An error takes the place of an answer: what comes after it cannot be told apart any more.
  const failed = expressions.findIndex((each) => typeof each !== "string");
  const trusted = failed === -1 ? expressions : expressions.slice(0, failed);
  const answers = trusted.filter((each) => each === "sat" || each === "unsat" || each === "unknown");
  return Array.from({ length: count }, (_, index) => answers[index] ?? "unknown");
}

function parse(text: string): readonly Expression[] {
  const stack: Expression[][] = [[]];
  for (const [token] of text.matchAll(/\|[^|]*\||"(?:[^"]|"")*"|[()]|[^\s()"|]+/g)) {
    const top = stack.at(-1);
    assert(top !== undefined, "an expression ends once");
    if (token === "(") stack.push([]);
    else if (token !== ")") top.push(token);
    else {
      stack.pop();
      stack.at(-1)?.push(top);
    }
  }
  return stack[0] ?? [];
}

/** The number that an expression of a model is: `3`, `(- 3)`, `1.5`, `(/ 1.0 3.0)`. */
export function numberIn(expression: Expression | undefined): number {
  if (typeof expression === "string") return Number(expression);
  const [operator, ...operands] = expression ?? [];
  const numbers = operands.map(numberIn);
  if (operator === "-") return -(numbers[0] ?? Number.NaN);
  return operator === "/" ? (numbers[0] ?? Number.NaN) / (numbers[1] ?? Number.NaN) : Number.NaN;
}

/** The values that `get-value` gives, in the order in which they were asked for. */
export function valuesIn(expression: Expression | undefined): readonly Expression[] {
  assert(Array.isArray(expression), "get-value answers with a list");
  return expression.map((pair: Expression) => (typeof pair === "string" ? pair : (pair[1] ?? "")));
}
