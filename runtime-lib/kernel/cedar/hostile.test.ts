/** What a caller or a policy can make as long or as deep as it likes costs no more than reading it. */
import { expect, test } from "vitest";
import { cedarDuration } from "./datetime.ts";
import { cedarDecimal } from "./decimal.ts";
import { cedarLike } from "./operators.ts";
import { type CedarTerm, cedarEqual, cedarRecord, cedarSet } from "./term.ts";

function nested(depth: number, innermost: CedarTerm): CedarTerm {
  let term = innermost;
  for (let level = 0; level < depth; level += 1)
    term = level % 2 === 0 ? cedarSet([term, '"\\']) : cedarRecord([['"', term]]);
  return term;
}

test("values that nest deeply are compared without growing by each level", () => {
  expect(cedarEqual(nested(200, "a"), nested(200, "a"))).toBe(true);
  expect(cedarEqual(nested(200, "a"), nested(200, "b"))).toBe(false);
});

test("sets and records are equal by their members, whatever their order, and never by the texts in them", () => {
  expect(cedarEqual(cedarSet(["a", 1n, "a"]), cedarSet([1n, "a"]))).toBe(true);
  expect(cedarEqual(cedarSet(["1"]), cedarSet([1n]))).toBe(false);
  const [one, other] = [
    cedarRecord([
      ["a", "1"],
      ["b", "2"],
    ]),
    cedarRecord([
      ["b", "2"],
      ["a", "1"],
    ]),
  ];
  expect(cedarEqual(cedarSet([one]), cedarSet([other]))).toBe(true);
  expect(
    cedarEqual(
      cedarRecord([["a", 'x" 1 b 1 "y']]),
      cedarRecord([
        ["a", "x"],
        ["b", "y"],
      ]),
    ),
  ).toBe(false);
});

test("a number of a million digits is too large at once, and one of a million zeros is none", () => {
  const digits = "9".repeat(1_000_000);
  expect(() => cedarDuration(`${digits}ms`)).toThrow("Duration overflows internal representation");
  expect(() => cedarDecimal(`${digits}.0`)).toThrow("overflow when converting to decimal");
  expect(cedarDuration(`${"0".repeat(1_000_000)}7ms`).value).toBe(7n);
  expect(cedarDecimal(`-${"0".repeat(1_000_000)}1.5`).value).toBe(-15_000n);
});

test("a pattern of many wildcards is tried once", () => {
  const pieces = ["", ...new Array<string>(200).fill("a"), "b"];
  expect(cedarLike("a".repeat(100_000), pieces)).toBe(false);
  expect(cedarLike(`${"a".repeat(100_000)}b`, pieces)).toBe(true);
});
