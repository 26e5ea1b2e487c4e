/** The diff that is shown: `patch` makes the new file of the old one with it, and it is as short as can be. */
import { applyPatch, diffLines } from "diff";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lineEdits } from "./line-edits.ts";
import { unifiedDiff } from "./unified-diff.ts";

const text = fc
  .tuple(fc.array(fc.constantFrom("a", "b", "c = 1", "", "[[x]]\r")), fc.constantFrom("", "\n", "end"))
  .map(([lines, last]) => lines.map((line) => `${line}\n`).join("") + last);

describe("the diff of two texts", () => {
  test("turns the one into the other", () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const diff = unifiedDiff({ path: "a.ioa.toml", before, after }).join("\n");
        const patched = applyPatch(before, `${diff}\n`, { autoConvertLineEndings: false });
        expect(before === after ? before : patched).toBe(after);
      }),
    );
  });

  test("drops and adds no more lines than need be", () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const changed = lineEdits(before.match(/[^\n]*\n|[^\n]+$/g) ?? [], after.match(/[^\n]*\n|[^\n]+$/g) ?? []);
        const least = diffLines(before, after).flatMap((each) => (each.added || each.removed ? [each.count] : []));
        expect(changed.filter(({ kind }) => kind !== "kept").length).toBe(least.reduce((sum, count) => sum + count, 0));
      }),
    );
  });

  test("looks like this", () => {
    const before = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\n";
    const after = before.replace("b\n", "B\n").replace("k\n", "k");
    expect(unifiedDiff({ path: "x", before, after }).join("\n")).toBe(`--- a/x
+++ b/x
@@ -1,5 +1,5 @@
 a
-b
+B
 c
 d
 e
@@ -8,4 +8,4 @@
 h
 i
 j
-k
+k
\\ No newline at end of file`);
  });

  test("of two texts that have nothing in common is found at once", () => {
    const lines = (word: string): string => Array.from({ length: 20_000 }, (_, at) => `${word}${at}\n`).join("");
    expect(unifiedDiff({ path: "x", before: lines("a"), after: lines("b") }).length).toBe(40_003);
  });
});
