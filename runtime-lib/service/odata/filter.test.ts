/** `$filter`: what it means, what is refused and at which character. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { parcelService, property } from "../../../test/definitions/parcel.ts";
import { matches } from "../../adapters/filter.ts";
import type { PropertyDescriptor } from "../../kernel/index.ts";
import { isFailed } from "./failure.ts";
import { filterNode } from "./filter.ts";
import { defaultODataLimits } from "./limits.ts";
import { routesOf, type SetRoute } from "./routes.ts";

const properties: readonly PropertyDescriptor[] = [
  property("Id", "Edm.String", { role: "key" }),
  property("A", "Edm.Int32"),
  property("B", "Edm.Decimal", { scale: 2, nullable: true }),
  property("S", "Edm.String", { nullable: true }),
  property("T", "Edm.String"),
  property("F", "Edm.Boolean"),
  property("N", "Edm.Boolean", { nullable: true }),
  property("G", "Edm.Guid"),
  property("D", "Edm.Date"),
  property("I", "Edm.DateTimeOffset"),
  property("E", "enum", { enumName: "Colour", members: ["Red", "Blue"] }),
  property("Tags", "Edm.String", { collection: true }),
];
const type = {
  name: "Thing",
  key: "Id",
  properties,
  navigations: [{ name: "Parts", target: "Thing", collection: true, constraints: [] }],
};
const set: SetRoute | undefined = routesOf(parcelService([type])).sets.get("Things");

function read(text: string, aliases: Readonly<Record<string, string>> = {}): unknown {
  if (set === undefined) throw new Error("the definition has the set");
  const scope = { set, namespace: "Parcels", aliases: new Map(Object.entries(aliases)) };
  const node = filterNode(text, scope, defaultODataLimits);
  return isFailed(node) ? `${node.code} ${node.message}` : printed(node);
}

/** The tree in brackets, so that precedence shows. */
function printed(node: Exclude<ReturnType<typeof filterNode>, { kind: "failed" }>): string {
  switch (node.kind) {
    case "constant":
      return String(node.value);
    case "property":
      return node.property;
    case "compare":
      return `(${operand(node.left)} ${node.operator} ${operand(node.right)})`;
    case "in":
      return `(${operand(node.operand)} in ${JSON.stringify(node.values)})`;
    case "text":
      return `${node.function}(${operand(node.text)}, ${operand(node.part)})`;
    case "not":
      return `!${printed(node.operand)}`;
    case "and":
    case "or":
      return `(${node.operands.map(printed).join(` ${node.kind} `)})`;
  }
}

function operand(value: { kind: "property"; property: string } | { kind: "literal"; value: unknown }): string {
  return value.kind === "property" ? value.property : JSON.stringify(value.value);
}

test.each([
  ["A eq 1", "(A eq 1)"],
  ["1 lt A", "(1 lt A)"],
  ["A eq -1", "(A eq -1)"],
  ["B ge 1.50", "(B ge 1.5)"],
  ["B eq 1e2", "(B eq 100)"],
  ["A lt B", "(A lt B)"],
  ["S eq 'it''s'", '(S eq "it\'s")'],
  ["S eq ''", '(S eq "")'],
  ["S eq '100%'", '(S eq "100%")'],
  ["S eq 'a+b#c'", '(S eq "a+b#c")'],
  ["A in ()", "(A in [])"],
  ["S eq null", "(S eq null)"],
  ["B gt null", "(B gt null)"],
  ["F", "F"],
  ["not F", "!F"],
  ["F eq true", "(F eq true)"],
  ["true", "true"],
  ["G eq 0A000000-0000-4000-8000-00000000000B", '(G eq "0a000000-0000-4000-8000-00000000000b")'],
  ["D ge 2026-02-28", '(D ge "2026-02-28")'],
  ["I lt 2026-02-28T12:00:00+01:00", '(I lt "2026-02-28T11:00:00Z")'],
  ["I lt 2026-02-28T12:00:00 01:00", '(I lt "2026-02-28T11:00:00Z")'],
  ["I lt 2026-02-28T12:00:00.250Z", '(I lt "2026-02-28T12:00:00.25Z")'],
  ["E eq 'Red'", '(E eq "Red")'],
  ["E ne Parcels.Colour'Blue'", '(E ne "Blue")'],
  ["E in ('Red','Blue')", '(E in ["Red","Blue"])'],
  ["A in (1, 2,3)", "(A in [1,2,3])"],
  ["S in ('a',null)", '(S in ["a",null])'],
  ["contains(S,'a')", 'contains(S, "a")'],
  ["STARTSWITH(S,T)", "startswith(S, T)"],
  ["endswith('abc',T)", 'endswith("abc", T)'],
  ["contains(T,'a') eq true", '((T ne null) and contains(T, "a"))'],
  ["contains(S,'a') eq false", '((S ne null) and !contains(S, "a"))'],
  ["contains(S,'a') ne true", '!((S ne null) and contains(S, "a"))'],
  ["A eq 1 or A eq 2 and F", "((A eq 1) or ((A eq 2) and F))"],
  ["A eq 1 and A eq 2 or F", "(((A eq 1) and (A eq 2)) or F)"],
  ["(A eq 1 or A eq 2) and F", "(((A eq 1) or (A eq 2)) and F)"],
  ["A eq 1 and F and N", "((A eq 1) and F and N)"],
  ["not (A eq 1) and F", "(!(A eq 1) and F)"],
  ["not not F", "!!F"],
  ["  A   EQ\t1 AND F", "((A eq 1) and F)"],
  ["(((A))) eq ((1))", "(A eq 1)"],
  ["A eq @a and S eq @s", '((A eq 5) and (S eq "x"))'],
  ["S eq @missing", "(S eq null)"],
])("%s means %s", (text, meaning) => {
  expect(read(text, { "@a": "5", "@s": "'x'" })).toBe(meaning);
});

test.each([
  ["", 1, "the text ends too early"],
  ["A eq", 5, "the text ends too early"],
  ["A eq 'x", 8, "what begins with a quote has no end"],
  ["A eq 1 F", 8, '"F" is not expected here'],
  ["A = 1", 3, '"=" is not expected here'],
  ["A eq 5and F", 6, '"5" is not expected here'],
  ["(A eq 1", 8, "the text ends too early"],
  ["A eq 1)", 7, '")" is not expected here'],
  ["  A eq 1 AND f eq null", 14, 'Thing has no property "f"'],
  ["Nope eq 1", 1, 'Thing has no property "Nope"'],
  ["__proto__ eq 1", 1, 'Thing has no property "__proto__"'],
  ["F and constructor eq 1", 7, 'Thing has no property "constructor"'],
  ["A/B eq 1", 1, "A has nothing below it"],
  ["A eq 'x'", 6, "a string does not compare with A, which is Edm.Int32"],
  ["S eq 1", 6, "a number does not compare with S, which is Edm.String"],
  ["G eq 'x'", 6, "a string does not compare with G, which is Edm.Guid"],
  ["D eq 2026-02-30", 6, '"2026-02-30" is not a date such as 2026-02-28'],
  ["I eq 2026-02-28", 6, "a date does not compare with I, which is Edm.DateTimeOffset"],
  ["A eq S", 6, "A and S have different types"],
  ["1 eq 1", 1, "two literals are compared"],
  ["A", 1, "A is not a condition: compare it with something"],
  ["'x'", 1, "\"'x'\" is not a condition"],
  ["A eq INF", 6, '"INF" is not a number'],
  ["A eq NaN", 6, '"NaN" is not a number'],
  ["A eq 1e999", 6, '"1e999" is out of the range of Edm.Double'],
  ["E eq 'Green'", 6, 'Colour has no member "Green"'],
  ["E eq 1", 6, "E compares with members of Colour"],
  ["E eq Other.Colour'Red'", 6, 'there is no type "Other.Colour"'],
  ["E eq Parcels.Size'Red'", 6, "E compares with members of Colour"],
  ["A in (1,'x')", 9, "a string does not compare with A, which is Edm.Int32"],
  ["1 in (1)", 1, "a literal stands before `in`: write a property"],
  ["contains(S)", 11, "contains takes 2 arguments, not 1"],
  ["contains(A,'x')", 10, "contains takes strings"],
  ["frobnicate(S) eq 1", 1, 'there is no function "frobnicate"'],
  ["frobnicate(S)", 1, 'there is no function "frobnicate"'],
])("%s is refused at character %i: %s", (text, at, message) => {
  expect(read(text)).toBe(`InvalidParameter $filter, character ${at}: ${message}`);
});

test.each([
  ["A add 1 eq 2", "an operand made with add in $filter (character 3)"],
  ["length(S) eq 1", "the function length in $filter (character 1)"],
  ["not A eq 1", "an operand made with not (which binds tightest: not (…) may be meant) in $filter (character 1)"],
  ["matchespattern(S,'a')", "the function matchespattern in $filter (character 1)"],
  ["E has Parcels.Colour'Red'", "the operator has in $filter (character 3)"],
  ["E gt 'Red'", "the order of an enumeration (gt) in $filter (character 1)"],
  ["Parts/any(p:p/A gt 1)", "the lambda Parts/any in $filter (character 1)"],
  ["Parts/any()", "the lambda Parts/any in $filter (character 1)"],
  ["Parts/A eq 1", "the navigation property Parts in $filter (character 1)"],
  ["Tags eq 'x'", "the collection Tags in $filter (character 1)"],
  ["D gt duration'P1D'", "a duration literal in $filter (character 6)"],
  ["(A eq 1) eq true", "an operand made with eq in $filter (character 4)"],
])("%s is not implemented, and says so: %s", (text, feature) => {
  expect(read(text)).toBe(`NotImplemented ${feature} is not implemented by this service`);
});

test("limits are named", () => {
  expect(read(`${"(".repeat(41)}F${")".repeat(41)}`)).toBe(
    "InvalidParameter $filter, character 41: nesting is deeper than 40 (filterDepthMax)",
  );
  expect(read(`${"not ".repeat(41)}F`)).toContain("(filterDepthMax)");
  expect(read(`A in (${Array.from({ length: 201 }, (_, index) => index).join(",")})`)).toContain("(inValuesMax)");
  expect(read(`S eq '${"x".repeat(5000)}'`)).toBe(
    "InvalidParameter $filter is longer than 4096 characters (filterLengthMax)",
  );
});

test("a filter as long as the limit is read in time that grows with its length", () => {
  const long = Array.from({ length: 400 }, (_, index) => `A eq ${index}`)
    .join(" or ")
    .slice(0, 4_090);
  const startedAt = performance.now();
  expect(String(read(long))).toMatch(/^(\(\(A eq 0\) or|InvalidParameter)/);
  expect(performance.now() - startedAt).toBeLessThan(500);
});

test("any text is read or refused, never thrown", () => {
  const piece = fc.constantFrom(
    "A",
    "S",
    "F",
    " eq ",
    " and ",
    " or ",
    "not ",
    "(",
    ")",
    "'x'",
    "1",
    ",",
    " in ",
    "/",
    "null",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      expect(typeof read(pieces.join(""))).toBe("string");
    }),
    { numRuns: 500 },
  );
  fc.assert(fc.property(fc.string({ maxLength: 60 }), (text) => typeof read(text) === "string"));
});

/** OData 4.01 part 2, 5.1.1.1: what each condition is for a row whose S and N are null. */
test.each([
  ["S eq null", true],
  ["S ne null", false],
  ["S eq 'a'", false],
  ["S ne 'a'", true],
  ["not (S eq 'a')", true],
  ["S lt 'a'", false],
  ["not (S lt 'a')", true],
  ["N", false],
  ["not N", false],
  ["N or true", true],
  ["contains(S,'a')", false],
  ["not contains(S,'a')", false],
  ["contains(S,'a') eq false", false],
  ["not (contains(S,'a') eq true)", true],
  ["S in ('a',null)", true],
  ["not (S in ('a'))", true],
])("with S and N null, %s is %s", (text, selected) => {
  if (set === undefined) throw new Error("the definition has the set");
  const node = filterNode(text, { set, namespace: "Parcels", aliases: new Map() }, defaultODataLimits);
  expect(!isFailed(node) && matches(type, node, { Id: "1", S: null, N: null, T: "t" })).toBe(selected);
});
