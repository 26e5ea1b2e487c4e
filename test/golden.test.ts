/** One runner for every golden case: case folder in, files out, compared; a failure shows the diff and the command that updates. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { findCases } from "./golden/case.ts";
import { difference, readTexts, writeTexts } from "./golden/compare.ts";
import { makeFiles } from "./golden/make.ts";
import { endSession } from "./golden/transcript.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const updates = process.env.TEMPERC_GOLDEN === "update";
if (updates && process.env.CI) throw new Error("golden files are reviewed by a person: they are never written in CI");

const wanted = (process.env.TEMPERC_GOLDEN_CASES ?? "").split(",").filter((name) => name !== "");
const { cases, strays } = findCases(root);
const chosen = cases.filter(
  ({ name }) => wanted.length === 0 || wanted.some((each) => name === each || name.startsWith(`${each}/`)),
);

afterAll(async () => {
  endSession();
  await (await import("./golden/program.ts")).endSolver();
});

describe("golden", () => {
  test("has at least one case of every name asked for", () => {
    const known = cases.map(({ name }) => name);
    const unknown = wanted.filter((each) => !known.some((name) => name === each || name.startsWith(`${each}/`)));
    expect(unknown, `the cases are ${known.join(", ")}`).toEqual([]);
    expect(chosen.length).toBeGreaterThan(0);
  });

  test("holds nothing that belongs to no case", () => {
    expect(strays.map(({ path, advice }) => `${path}: ${advice}`).join("\n")).toBe("");
  });

  test("shows ten diagnostics in a README as they are printed", () => {
    const readme = readFileSync(join(root, "golden/diagnostics/README.md"), "utf8");
    const shown = [...readme.matchAll(/^## `([\w/-]+)`\n\n[^\n]+\n\n```text\n(.*?)\n```$/gms)];
    expect(shown).toHaveLength(10);
    for (const [, code, text] of shown) {
      const expected = readFileSync(join(root, "golden/diagnostics", `${code}`, "expected/diagnostics.txt"), "utf8");
      expect(text?.trimEnd(), code).toBe(expected.trimEnd());
    }
  });

  test("says of every diagnostic what to do about it", () => {
    const printed = cases
      .filter(({ name }) => name.startsWith("diagnostics/"))
      .map(({ expected }) => readFileSync(join(expected, "diagnostics.txt"), "utf8"));
    const each = printed.flatMap((text) => text.split("\n\n").filter((part) => /^\S.*: (error|warning)\[/.test(part)));
    expect(each.filter((part) => !part.includes("\n  hint: "))).toEqual([]);
    expect(each.length).toBeGreaterThan(cases.length / 2);
  });

  test.each(chosen.map((golden) => [golden.name, golden] as const))("%s", async (_, golden) => {
    const made = await makeFiles(root, golden);
    if (updates) writeTexts(golden.expected, made);
    const found = difference(readTexts(golden.expected), made);
    if (found !== "")
      expect.fail(`${golden.name} is not as expected\n\n${found}\nIf that is right: npm run golden -- ${golden.name}`);
  });
});
