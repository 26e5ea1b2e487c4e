/** The OASIS test cases for OData 4.01 URLs: every right input is accepted, every wrong one refused at its character. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { checkRule, defaultGrammarLimits, ruleNames, type Vocabulary } from "../runtime-lib/index.ts";
import { type ConformanceCase, type ConformanceFile, readConformance } from "./odata/conformance-cases.ts";

const folder = join(dirname(fileURLToPath(import.meta.url)), "../../shared/conformance");
const files = ["odata-abnf-testcases.yaml", "odata-aggregation-testcases.yaml", "odata-temporal-testcases.yaml"];

/** Rules of header values: they are no part of a URL. */
const headerRules = new Set([
  "header",
  "prefer",
  "preference",
  "request-id",
  "includeAnnotationsPreference",
  "maxpagesizePreference",
]);

function vocabularyOf({ constraints }: ConformanceFile): Vocabulary {
  return {
    has: (role, name) => {
      const names = constraints.get(role);
      return names === undefined || names.has(name) || names.has(encodeURIComponent(name));
    },
  };
}

function failedAt({ rule, input }: ConformanceCase, names: Vocabulary): number | undefined {
  return checkRule(rule, input, { limits: defaultGrammarLimits, names })?.at;
}

/** `rule 12/12` a line, by the alphabet. */
function scores(cases: readonly ConformanceCase[], names: Vocabulary): string {
  const byRule = new Map<string, { right: number; all: number }>();
  for (const each of cases) {
    const score = byRule.get(each.rule) ?? { right: 0, all: 0 };
    const right = failedAt(each, names) === each.failAt ? 1 : 0;
    byRule.set(each.rule, { right: score.right + right, all: score.all + 1 });
  }
  return [...byRule]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([rule, { right, all }]) => `  ${rule} ${right}/${all}`)
    .join("\n");
}

describe.each(files)("%s", (name) => {
  const path = join(folder, name);
  if (!existsSync(path)) {
    test.skip(`is not run: ${path} is not there (OASIS publishes it as oasis-tcs/odata-abnf)`, () => undefined);
    return;
  }
  const file = readConformance(readFileSync(path, "utf8"));
  const names = vocabularyOf(file);
  const cases = file.cases.filter(({ rule }) => !headerRules.has(rule));

  test("has cases, and only for rules that can be checked", () => {
    const known = new Set(ruleNames().map((rule) => rule.toLowerCase()));
    expect(cases.length).toBeGreaterThan(0);
    expect(cases.filter(({ rule }) => !known.has(rule.toLowerCase()))).toEqual([]);
    process.stdout.write(`${name}\n${scores(cases, names)}\n`);
  });

  test("accepts every right input and refuses every wrong one at its character", () => {
    const wrong = cases
      .map((each) => ({ ...each, got: failedAt(each, names) }))
      .filter(({ failAt, got }) => failAt !== got);
    expect(wrong).toEqual([]);
  });
});
