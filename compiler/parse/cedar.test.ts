/** How Cedar files are cut into policies, and that no text reaches Cedar that would break it. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collect } from "../diagnostics/fixtures.ts";
import { parsePolicies, utf16Offset } from "./cedar.ts";
import { cedar } from "./cedar-engine.ts";
import { depthMax, scanPolicies } from "./cedar-scan.ts";

function parse(text: string) {
  const { report, told } = collect({ "a.cedar": text });
  const policies = parsePolicies({ path: "a.cedar", text }, report);
  return { policies: policies.flatMap((policy) => (policy.kind === "static" ? [policy] : [])), told };
}

const all = "permit (principal, action, resource);";
const when = (condition: string) => `permit (principal, action, resource) when { ${condition} };`;

describe("parsePolicies", () => {
  test("cuts a file into policies with their ids, effects and places", () => {
    const text = `\uFEFF// é; permit\n@id("a;b") ${all}\nforbid (principal, action, resource)\nunless { "x;//" == "\\";" }; // end`;
    const { policies, told } = parse(text);
    expect(told).toEqual([]);
    expect(policies.map(({ effect, id }) => [effect, id?.text])).toEqual([
      ["permit", "a;b"],
      ["forbid", undefined],
    ]);
    for (const policy of policies) expect(text.slice(policy.span.start, policy.span.end)).toBe(policy.text);
    expect(text.slice(policies[0]?.id?.span.start, policies[0]?.id?.span.end)).toBe('"a;b"');
  });

  test.each([
    [
      "a place after text beyond ASCII",
      `// 𝄞é\n${when('"𝄞é" == foo.')}`,
      "parse/cedar-syntax @ }: malformed Cedar: unexpected token `}` (expected identifier)",
    ],
    ["a missing semicolon", all.slice(0, -1), "parse/cedar-syntax @ : malformed Cedar: unexpected end of input"],
    ["a stray semicolon", ";", "parse/cedar-syntax @ ;"],
    ["an open string", when('"abc'), "parse/cedar-syntax @ : malformed Cedar: invalid token"],
    [
      "a template",
      "permit (principal == ?principal, action, resource);",
      'parse/cedar-template @ ?principal: a policy template (with "?principal")',
    ],
    ["a slot in a condition", when("?resource == principal"), "parse/cedar-template @ ?resource"],
    ["deep nesting", when(`${"(".repeat(3_000)}true${")".repeat(3_000)}`), "parse/cedar-limit @ permit"],
    ["a long chain", when(`${"true && ".repeat(3_000)}true`), "parse/cedar-limit @ permit"],
    ["a long policy", when(`"${"x".repeat(70_000)}" == ""`), "parse/cedar-limit @ permit"],
  ])("refuses %s and reads the rest", (_what, text, expected) => {
    const { policies, told } = parse(`${all}\n${text}`);
    expect(told.join("\n")).toContain(expected);
    expect(policies).toHaveLength(1);
  });

  test("counts characters where Cedar counts bytes", () => {
    const text = "aé€𝄞b";
    expect([0, 1, 3, 6, 10, 11].map((bytes) => utf16Offset(text, bytes))).toEqual([0, 1, 2, 3, 5, 6]);
  });
});

describe("what the limit lets through", () => {
  const brackets = depthMax / 2 - 2;
  const chain = depthMax - 4;
  const shapes = {
    parentheses: `${"(".repeat(brackets)}true${")".repeat(brackets)}`,
    negations: `${"!(".repeat(brackets)}resource.f${")".repeat(brackets)}`,
    sets: `${"[".repeat(brackets)}1${"]".repeat(brackets)} == [1]`,
    calls: `${"[".repeat(brackets / 2)}1${"].contains(1)".repeat(brackets / 2)}`,
    records: `${"{a: ".repeat(brackets)}1${"}".repeat(brackets)} == 1`,
    conjunctions: `${"resource.f && ".repeat(chain - 1)}true`,
    comparisons: `${'resource.id == "b" || '.repeat(chain - 1)}true`,
    sums: `${"1 + ".repeat(chain)}1 == 1`,
    conditionals: `${"if resource.g then true else ".repeat(chain - 1)}true`,
    members: `resource${".id".repeat(chain)} == 1`,
    clauses: `${"resource.f } when { ".repeat(chain - 3)}true`,
    mixed: `${"(resource.f && (if resource.f then ".repeat(7)}true${" else true))".repeat(7)}`,
  };
  const schema =
    "entity U { id: String, f: Bool, g: Bool }; action a appliesTo { principal: [U], resource: [U], context: {} }; action b;";
  const uid = { type: "U", id: "u" };
  const entities = [{ uid, attrs: { id: "a", f: true, g: false }, parents: [] }];

  test.each(Object.entries(shapes))("Cedar parses, validates and evaluates: %s", (_name, condition) => {
    const text = when(condition);
    expect(scanPolicies(text)[0]?.depth).toBeLessThanOrEqual(depthMax);
    expect(scanPolicies(text)[0]?.depth).toBeGreaterThan(depthMax * 0.7);
    const policies = { staticPolicies: { p: text } };
    const action = { type: "Action", id: "a" };
    // Often enough for V8 to optimise the code, which makes its stack frames larger.
    for (let round = 0; round < 40; round += 1) {
      cedar().policyToJson(text);
      cedar().validate({ schema, policies });
      cedar().isAuthorized({ principal: uid, action, resource: uid, context: {}, policies, entities });
      cedar().isAuthorizedPartial({ principal: uid, action, resource: null, context: {}, policies, entities });
    }
    expect(cedar().policyToJson(all).type).toBe("success");
  });
});

test("no text makes the parser throw", () => {
  const word = fc.constantFrom(
    "permit",
    "forbid",
    "(",
    ")",
    "{",
    "}",
    ";",
    '"',
    "\\",
    "//",
    "\n",
    "@id",
    "when",
    "?",
    "é",
    "a",
  );
  const soup = fc.array(fc.oneof(word, fc.string({ maxLength: 3 })), { maxLength: 30 }).map((parts) => parts.join(" "));
  fc.assert(
    fc.property(soup, (text) => {
      const { policies, told } = parse(text);
      expect(policies.length > 0 || told.length > 0 || scanPolicies(text).length === 0).toBe(true);
    }),
    { numRuns: 500, seed: 7 },
  );
});
