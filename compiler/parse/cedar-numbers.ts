/** Numbers of a policy beyond 53 bits: Cedar's JSON rounds them, so the JSON is asked for with others in their places. */

import type { PolicyJson } from "@cedar-policy/cedar-wasm/nodejs";

/** A policy in Cedar's JSON, and what some numbers in it stand for. */
export interface ExactPolicy {
  readonly json: PolicyJson;
  /** The digits that are meant, by the number without its sign that stands in their place. */
  readonly numbers: ReadonlyMap<number, string>;
}

/** The policy's JSON, exactly; `parse` is Cedar's, and has taken the text before. */
export function exactPolicy(json: PolicyJson, text: string, parse: (text: string) => PolicyJson): ExactPolicy {
  const inText = new Set(numbersOf(text));
  const large = [...inText].filter((digits) => BigInt(digits) > Number.MAX_SAFE_INTEGER);
  if (large.length === 0) return { json, numbers: new Map() };
  const standIns = new Map<string, number>();
  let next = Number.MAX_SAFE_INTEGER;
  for (const digits of large) {
    while (inText.has(String(next))) next -= 1;
    standIns.set(digits, next);
    next -= 1;
  }
  const replaced = text.replace(token, (each) => String(standIns.get(each) ?? each));
  return { json: parse(replaced), numbers: new Map([...standIns].map(([digits, number]) => [number, digits])) };
}

/** Strings, comments and words, in which digits are no number, and numbers. */
const token = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"|\/\/[^\n\r]*|[A-Za-z_][A-Za-z_0-9]*|[0-9]+/g;

function numbersOf(text: string): readonly string[] {
  return [...text.matchAll(token)].flatMap(([each]) => (/^[0-9]/.test(each) ? [each] : []));
}
