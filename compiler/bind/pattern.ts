/** Patterns of parameter constraints: regular expressions that no text of a stranger can keep busy. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { TomlString } from "../parse/toml.ts";

const patternLengthMax = 200;

/** How long a text may be that is matched against a pattern, where no `max_length` says less. */
export const matchedLengthMax = 1024;

/** How many ways a backtracking engine may have to try on the longest text: some ten milliseconds of them. */
const waysMax = 2 ** 24;

/** True for a pattern whose matching is bounded on texts of at most so many UTF-16 units. Reports `bind/pattern`. */
export function isBounded({ value, span }: TomlString, lengthMax: number, report: Report): boolean {
  const problem = problemOf(value, lengthMax);
  if (problem !== undefined) report("bind/pattern", span, problem.facts, problem.hint);
  return problem === undefined;
}

interface Problem {
  readonly facts: { readonly problem: string };
  readonly hint?: { readonly hint: string };
}

function problemOf(pattern: string, lengthMax: number): Problem | undefined {
  if (pattern.length > patternLengthMax) return because(`it is longer than ${patternLengthMax} characters`);
  const invalid = syntaxProblem(pattern);
  if (invalid !== undefined) return because(invalid);
  const skeleton = skeletonOf(pattern);
  if (skeleton.includes(reference)) return because("a back-reference can take exponential time");
  if (/\(\?(?!:)/u.test(skeleton)) return because("only plain groups and (?:…) are allowed");
  const plain = skeleton.replaceAll("(?:", "(");
  if (/\)(?:[*+]|\{)/u.test(plain))
    return because("a repeated group can take exponential time: repeat characters or classes");
  if (ways(plain, lengthMax) <= waysMax) return undefined;
  const hint = { hint: "fewer repetitions and options, or a smaller max_length" };
  return { ...because(`there can be too many ways to match a text of ${lengthMax} characters`), hint };
}

function syntaxProblem(pattern: string): string | undefined {
  try {
    new RegExp(pattern, "u");
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^.*: (?=[^:]+$)/s, "") : "it is no regular expression";
  }
}

function because(problem: string): Problem {
  return { facts: { problem } };
}

const reference = "\u0001";

/** The pattern with one letter for each escape and each class, so that what is left of punctuation is structure. */
function skeletonOf(pattern: string): string {
  return pattern
    .replace(/\\(?:[pPu]\{[^}]*\}|.)/gu, (written) => (/^\\[1-9k]/u.test(written) ? reference : "e"))
    .replace(/\[[^\]]*\]/gu, "c");
}

/**
 * An upper bound of the ways to match: each unbounded repetition may end at any place of the text, each bounded one at any
 * count, each option and each alternative is a way of its own, and they multiply.
 */
function ways(skeleton: string, lengthMax: number): number {
  const unbounded = skeleton.match(/[*+]|\{\d+,\}/gu) ?? [];
  const either = skeleton.match(/(?<![*+?}])\?|\|/gu) ?? [];
  const ranges = [...skeleton.matchAll(/\{(\d+),(\d+)\}/gu)].map(
    ([, from, to]) => Math.min(Number(to), lengthMax) - Math.min(Number(from), lengthMax) + 1,
  );
  return ranges.reduce((product, range) => product * range, (lengthMax + 1) ** unbounded.length * 2 ** either.length);
}
