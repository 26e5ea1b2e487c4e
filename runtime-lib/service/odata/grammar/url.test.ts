/** What the grammar makes of URLs: the tree, the located error, and what hostile text does to it. */
import { describe, expect, test } from "vitest";
import { defaultGrammarLimits } from "./limits.ts";
import { checkRule } from "./rules.ts";
import type { Expression, OptionSyntax } from "./syntax.ts";
import { readUrl } from "./url.ts";

const limits = defaultGrammarLimits;

function optionOf(query: string): OptionSyntax | string {
  const read = readUrl(`Orders?${query}`, { limits });
  if (read.kind === "error") return `${read.at}: ${read.message}`;
  return read.tree.options[0] ?? "no option";
}

/** Short: operators before their operands, paths with slashes. */
function outline(tree: Expression): string {
  switch (tree.kind) {
    case "literal":
      return tree.type === "string" ? `'${tree.text}'` : tree.text;
    case "path":
      return tree.segments.map((segment) => ("name" in segment ? segment.name : segment.kind)).join("/");
    case "call":
      return `${tree.name}[${tree.arguments.map(outline).join(" ")}]`;
    case "binary":
      return `(${tree.operator} ${outline(tree.left)} ${outline(tree.right)})`;
    case "unary":
      return `(${tree.operator} ${outline(tree.operand)})`;
    case "list":
      return `[${tree.items.map(outline).join(" ")}]`;
    case "object":
      return `{${tree.members.map(({ name, value }) => `${name}=${outline(value)}`).join(" ")}}`;
  }
}

function filterOf(text: string): string {
  const option = optionOf(`$filter=${text}`);
  if (typeof option === "string") return option;
  return option.kind === "filter" ? outline(option.condition) : option.kind;
}

describe("an expression", () => {
  test.each([
    ["1 add 2 mul 3 eq 7 and not A or B", "(or (and (eq (add 1 (mul 2 3)) 7) (not A)) B)"],
    ["10 sub 3 sub 2 eq 5", "(eq (sub (sub 10 3) 2) 5)"],
    ["-Total lt 5", "(lt (negate Total) 5)"],
    ["Name in ('a','b''c')", "(in Name ['a' 'b'c'])"],
    ["CONTAINS(Name,'x') EQ true", "(eq contains[Name 'x'] true)"],
    ["case(A gt 0:1,true:0) eq 1", "(eq case[(gt A 0) 1 true 0] 1)"],
    ["Items/any(i:i/Quantity gt 1)", "Items/lambda"],
    ["Name%20eq%20%27caf%C3%A9%27", "(eq Name 'café')"],
    ["Name+eq+'a+b'", "(eq Name 'a b')"],
    ["Name eq 'a%2Bb'", "(eq Name 'a+b')"],
    ["N%61me eq 5", "(eq Name 5)"],
    ["Address%2FCity eq 'x'", "(eq Address/City 'x')"],
    ["At gt 2026-01-01T00:00:00+02:00", "(gt At 2026-01-01T00:00:00+02:00)"],
  ])("%s is %s", (text, tree) => {
    expect(filterOf(text)).toBe(tree);
  });
});

describe("the error", () => {
  test.each([
    ["Total gt", "23: the text ends too early"],
    ["Total gt 5 5", '26: "5" is not expected here'],
    ["Name eq 'open", "28: what begins with a quote has no end"],
    ["N%61me eq )", '25: ")" is not expected here'],
    ["contains(Name)", "28: contains takes 2 arguments, not 1"],
    ["Name eq '%00'", "24: NUL has no place in a URL"],
    ["Name eq '%C0%AF'", "24: this percent-encoding is no UTF-8"],
    ["Name eq 'ab%ED%A0%80'", "26: this percent-encoding is no UTF-8"],
    ["Name eq 'a\uD800b'", "25: half of a surrogate pair stands alone"],
    ["Name eq '%4'", "24: % begins no percent-encoding here"],
  ])("of %j is %s", (text, error) => {
    expect(filterOf(text)).toBe(error);
  });

  test("counts in the text as it was given, whatever was encoded before it", () => {
    expect(readUrl("Orders?$filter=%4eame%20eq%20'%C3%A9'%20and", { limits })).toMatchObject({ at: 43 });
  });

  test("names an option that OData does not have", () => {
    expect(optionOf("$fliter=1")).toBe('7: there is no query option "$fliter"');
  });
});

describe("a limit that is reached is an error that names it", () => {
  const deep = (depth: number) => `${"(".repeat(depth)}true${")".repeat(depth)}`;

  test.each([
    ["parentheses", `$filter=${deep(41)}`, "depthMax"],
    ["not", `$filter=${"not ".repeat(41)}true`, "depthMax"],
    ["minus", `$filter=${"-".repeat(42)}1 eq 1`, "depthMax"],
    ["arrays", `$filter=A in ${"[".repeat(41)}`, "depthMax"],
    ["searches", `$search=${"(".repeat(41)}`, "depthMax"],
    ["negated searches", `$search=${"NOT ".repeat(41)}a`, "depthMax"],
    ["expands", `$expand=${"A($expand=".repeat(41)}A${")".repeat(41)}`, "depthMax"],
    ["steps of $apply", `$apply=${"concat(".repeat(41)}identity`, "depthMax"],
    ["parts", `$filter=A${"+or+A".repeat(1_500)}`, "nodesMax"],
    ["length", `$filter=${"A".repeat(9_000)}`, "lengthMax"],
  ])("%s", (_name, query, limit) => {
    const wide = limit === "nodesMax" ? { ...limits, nodesMax: 2_000 } : limits;
    const read = readUrl(`Orders?${query}`, { limits: wide });
    expect(read).toMatchObject({ kind: "error", message: expect.stringContaining(`(${limit})`) });
  });

  test("is not reached by an expression just within it", () => {
    expect(filterOf(deep(40))).toBe("true");
  });
});

describe("hostile text", () => {
  const wide = { ...limits, lengthMax: 200_000, nodesMax: 200_000 };
  const long = 4_000;

  test.each([
    ["10 MB of anything", "x".repeat(10_000_000), limits],
    ["quotes", `Orders?$filter=${"'".repeat(long + 1)}`, wide],
    ["unclosed calls", `Orders?$filter=${"a(".repeat(long)}`, wide],
    ["digits", `Orders?$filter=${"1".repeat(long)}`, wide],
    ["dots", `Orders?$filter=${"a.".repeat(long)}`, wide],
    ["escapes", `Orders?$filter='${"%C3%A9".repeat(long)}`, wide],
    ["encoded letters", `Orders?$filter=${"%61".repeat(long)}(`, wide],
    ["slashes in a path", `Orders${"/1".repeat(2_000)}(`, wide],
    ["quotes in a search", `Orders?$search=${'"'.repeat(long)}`, wide],
    [
      "a hierarchy of shapes",
      `Orders?$filter=geo.length(geography'SRID=0;${"GeometryCollection(".repeat(2_000)}')`,
      wide,
    ],
    ["a chain of conditions", `Orders?$filter=A${"+or+A".repeat(long)}`, wide],
  ])("%s is an answer within seconds", (_name, text, given) => {
    const start = performance.now();
    expect(["parsed", "error"]).toContain(readUrl(text, { limits: given }).kind);
    expect(performance.now() - start).toBeLessThan(4_000);
  });

  test("of any bytes never throws", () => {
    const alphabet = [
      "'",
      "%27",
      "(",
      ")",
      ",",
      ";",
      "$filter=",
      "$search=",
      "a",
      "/",
      " ",
      "@a",
      "%",
      "any(",
      "\u00e9",
      "{",
      '"',
    ];
    let state = 7;
    for (let round = 0; round < 3_000; round += 1) {
      let text = "A?$filter=";
      for (let length = 0; length < 12; length += 1) {
        state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
        text += alphabet[state % alphabet.length] ?? "";
      }
      expect(["parsed", "error"]).toContain(
        readUrl(text.replace("$filter", round % 2 === 0 ? "$filter" : "$expand"), { limits }).kind,
      );
    }
  });
});

test("a rule that is not of the ABNF is the caller's mistake", () => {
  expect(() => checkRule("nonsense", "x", { limits })).toThrow(/nonsense/);
});
