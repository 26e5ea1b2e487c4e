/** Cedar's operators on values, with its type errors and its 64-bit overflow. */
import { CedarFailure, typeFailure } from "./failure.ts";
import { type CedarSet, type CedarTerm, isMember, membersOf } from "./term.ts";

/** The operand of `!`, `&&`, `||` and `if`. */
export function cedarBool(term: CedarTerm): boolean {
  if (typeof term === "boolean") return term;
  throw typeFailure(["bool"], term);
}

function long(term: CedarTerm): bigint {
  if (typeof term === "bigint") return term;
  throw typeFailure(["long"], term);
}

/** The operand of a function that takes a text. */
export function cedarString(term: CedarTerm): string {
  if (typeof term === "string") return term;
  throw typeFailure(["string"], term);
}

function set(term: CedarTerm): CedarSet {
  if (typeof term === "object" && term.kind === "set") return term;
  throw typeFailure(["set"], term);
}

/** True where the value is a `long` of Cedar. */
export function isLong(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}

/** The number of some digits, or one beyond 64 bits where there are too many of them to be worth counting. */
export function wholeNumber(digits: string): bigint {
  const significant = digits.replace(/^0+/, "");
  return significant.length > longDigitsMax ? 10n ** BigInt(longDigitsMax) : BigInt(significant);
}

/** The digits of the largest long. */
const longDigitsMax = 19;

export function cedarAdd(left: CedarTerm, right: CedarTerm): bigint {
  const [a, b] = [long(left), long(right)];
  return within64(a + b, () => `add the values \`${a}\` and \`${b}\``);
}

export function cedarSubtract(left: CedarTerm, right: CedarTerm): bigint {
  const [a, b] = [long(left), long(right)];
  return within64(a - b, () => `subtract the values \`${a}\` and \`${b}\``);
}

export function cedarMultiply(left: CedarTerm, right: CedarTerm): bigint {
  const [a, b] = [long(left), long(right)];
  return within64(a * b, () => `multiply the values \`${a}\` and \`${b}\``);
}

export function cedarNegate(term: CedarTerm): bigint {
  const value = long(term);
  return within64(-value, () => `negate the value \`${value}\``);
}

function within64(value: bigint, attempt: () => string): bigint {
  if (isLong(value)) return value;
  throw new CedarFailure(`integer overflow while attempting to ${attempt()}`);
}

/** `<`: of two longs, two datetimes or two durations. */
export function cedarLess(left: CedarTerm, right: CedarTerm): boolean {
  const [a, b] = comparable(left, right);
  return a < b;
}

/** `<=`: of two longs, two datetimes or two durations. */
export function cedarLessOrEqual(left: CedarTerm, right: CedarTerm): boolean {
  const [a, b] = comparable(left, right);
  return a <= b;
}

function comparable(left: CedarTerm, right: CedarTerm): readonly [bigint, bigint] {
  if (typeof left === "bigint" && typeof right === "bigint") return [left, right];
  const [a, b] = [timeOf(left), timeOf(right)];
  if (a !== undefined && b !== undefined && a.kind === b.kind) return [a.value, b.value];
  if (typeof left === "bigint") throw typeFailure(["long"], right);
  if (typeof right === "bigint") throw typeFailure(["long"], left);
  if (a !== undefined) throw typeFailure([a.kind], right);
  if (b !== undefined) throw typeFailure([b.kind], left);
  throw typeFailure(["long", "datetime", "duration"], left);
}

function timeOf(term: CedarTerm): { readonly kind: "datetime" | "duration"; readonly value: bigint } | undefined {
  return typeof term === "object" && (term.kind === "datetime" || term.kind === "duration") ? term : undefined;
}

export function cedarContains(left: CedarTerm, right: CedarTerm): boolean {
  return isMember(set(left), right);
}

export function cedarContainsAll(left: CedarTerm, right: CedarTerm): boolean {
  const [all, some] = [set(left), set(right)];
  return membersOf(some).every((term) => isMember(all, term));
}

export function cedarContainsAny(left: CedarTerm, right: CedarTerm): boolean {
  const [all, some] = [set(left), set(right)];
  return membersOf(some).some((term) => isMember(all, term));
}

export function cedarIsEmpty(term: CedarTerm): boolean {
  return membersOf(set(term)).length === 0;
}

/**
 * `like`: the pieces are the pattern's text between its wildcards, so `a*z` is `["a", "z"]`. The leftmost place of each piece
 * leaves the most for the rest, so nothing is tried twice.
 */
export function cedarLike(term: CedarTerm, pieces: readonly string[]): boolean {
  const text = cedarString(term);
  const first = pieces[0] ?? "";
  if (pieces.length < 2) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (let index = 1; index < pieces.length - 1; index += 1) {
    const piece = pieces[index] ?? "";
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  const last = pieces[pieces.length - 1] ?? "";
  return text.length - last.length >= at && text.endsWith(last);
}
