/** Boolean expressions as code that knows where it can be broken: a chain of `&&` or `||`, or a text without either. */

import { lineWidth } from "./text.ts";

export interface Chain {
  readonly operator: "&&" | "||";
  readonly operands: readonly Code[];
  readonly negated: boolean;
}

export type Code = string | Chain;

/** The chain of these; one alone is no chain, and a chain of the same operator in it becomes part of it. */
export function chain(operator: Chain["operator"], parts: readonly Code[]): Code {
  const operands = parts.flatMap((part) => (isBareChain(part) && part.operator === operator ? part.operands : [part]));
  const [only] = operands;
  return operands.length === 1 && only !== undefined ? only : { operator, operands, negated: false };
}

export function negation(code: Code): Code {
  if (typeof code !== "string") return { ...code, negated: !code.negated };
  if (code.startsWith("!") && isUnary(code.slice(1))) return code.slice(1);
  return isUnary(code) ? `!${code}` : `!(${code})`;
}

/** A name, a property path, a call, or something in parentheses or negated already. */
function isUnary(text: string): boolean {
  return /^!*[\w.$]+(\[("[^"]*"|'[^']*')\])?$/.test(text) || /^!*(\w+)?\(.*\)$/.test(text);
}

/** The code on one line. */
export function flat(code: Code): string {
  if (typeof code === "string") return code;
  const line = code.operands.map(flatOperand).join(` ${code.operator} `);
  return code.negated ? `!(${line})` : line;
}

function flatOperand(code: Code): string {
  return isBareChain(code) ? `(${flat(code)})` : flat(code);
}

function isBareChain(code: Code): code is Chain {
  return typeof code !== "string" && !code.negated;
}

/** The code at a column: on one line where it fits beside what follows, else one operand a line. */
export function layOut(code: Code, column: number, following = 0): string {
  const line = flat(code);
  if (typeof code === "string" || column + line.length + following <= lineWidth) return line;
  if (!code.negated) return layOutChain(code, column, following);
  const inner = layOutChain({ ...code, negated: false }, column + 2, 0);
  return `!(\n${" ".repeat(column + 2)}${inner}\n${" ".repeat(column)})`;
}

function layOutChain({ operator, operands, ...rest }: Chain, column: number, following: number): string {
  const line = flat({ operator, operands, ...rest });
  if (column + line.length + following <= lineWidth) return line;
  const laid = operands.map((each) => layOutOperand(each, column, operator.length + 1));
  const pad = " ".repeat(column);
  const [first = "", second = ""] = laid;
  if (laid.length === 2 && !operands.some(isBareChain)) {
    const lastLine = first.includes("\n") ? first.slice(first.lastIndexOf("\n") + 1) : pad + first;
    const fits = lastLine.length + operator.length + 2 + second.length + following <= lineWidth;
    if (fits && !second.includes("\n")) return `${first} ${operator} ${second}`;
  }
  return laid.join(` ${operator}\n${pad}`);
}

function layOutOperand(code: Code, column: number, following: number): string {
  return isBareChain(code) ? `(${layOut(code, column + 2, following + 1)})` : layOut(code, column, following);
}
