/** `$filter`: what it means, what is refused and at which character. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { parcelService, property } from "../../../test/definitions/parcel.ts";
import type { PropertyDescriptor } from "../../kernel/index.ts";
import { matches } from "../../ports/filter-values.ts";
import type { FilterNode, FilterOperand, Way } from "../../ports/index.ts";
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
  navigations: [
    { name: "Loose", target: "Thing", collection: true, constraints: [] },
    { name: "Parts", target: "Thing", collection: true, partner: "Whole", constraints: [] },
    {
      name: "Whole",
      target: "Thing",
      collection: false,
      constraints: [{ property: "S", referencedProperty: "Id" }],
    },
  ],
};
const set: SetRoute | undefined = routesOf(parcelService([type])).sets.get("Things");

function read(text: string, aliases: Readonly<Record<string, string>> = {}): unknown {
  if (set === undefined) throw new Error("the definition has the set");
  const scope = { set, namespace: "Parcels", aliases: new Map(Object.entries(aliases)) };
  const node = filterNode(text, scope, defaultODataLimits);
  return isFailed(node) ? `${node.code} ${node.message}` : printed(node);
}

/** The tree in brackets, so that precedence shows; `^` is one scope out. */
function printed(node: FilterNode): string {
  switch (node.kind) {
    case "constant":
      return String(node.value);
    case "property":
      return operand(node);
    case "truth":
      return operand(node.operand);
    case "has":
      return `(${operand(node.operand)} has ${node.bits})`;
    case "compare":
      return `(${operand(node.left)} ${node.operator} ${operand(node.right)})`;
    case "lists":
      return `${node.relation}(${operand(node.left)}, ${operand(node.right)})`;
    case "in":
      return `(${operand(node.operand)} in ${JSON.stringify(node.values)})`;
    case "text":
      return `${node.function}(${operand(node.text)}, ${operand(node.part)})`;
    case "pattern":
      return `matches(${operand(node.text)}, ${JSON.stringify(node.pattern)})`;
    case "some":
      return `some(${way(node.way)}${node.filter === undefined ? "" : `: ${printed(node.filter)}`})`;
    case "known":
      return `known(${printed(node.operand)})`;
    case "not":
      return `!${printed(node.operand)}`;
    case "and":
    case "or":
      return `(${node.operands.map(printed).join(` ${node.kind} `)})`;
  }
}

function way(gone: Way): string {
  const out = "^".repeat(gone.from ?? 0);
  if (gone.kind === "items") return `${out}${gone.property}`;
  return `${out}${gone.pairs.map(({ here, there }) => `${here}=${gone.target.name}.${there}`).join(",")}`;
}

function operand(value: FilterOperand): string {
  switch (value.kind) {
    case "property":
      return `${"^".repeat(value.from ?? 0)}${value.property}`;
    case "literal":
      return JSON.stringify(value.value);
    case "at":
      return `at(${way(value.way)}: ${operand(value.operand)})`;
    case "count":
      return `count(${way(value.way)}${value.filter === undefined ? "" : `: ${printed(value.filter)}`})`;
    case "call":
      return `${value.function}(${value.arguments.map(operand).join(", ")})`;
    case "test":
      return `test${printed(value.node)}`;
    case "case":
      return `case(${value.branches.map((each) => `${printed(each.when)}: ${operand(each.value)}`).join(", ")})`;
  }
}

const given = { "@a": "5", "@s": "'x'", "@l": '["x"]', "@n": "[1,2]", "@e": "A add 1", "@c": "F or N" };

test.each([
  ["(A eq 1) eq true", "(test(A eq 1) eq true)"],
  ["not F eq N", "(test!F eq N)"],
  ["case(A gt 1:S,true:'x') eq T", '(case((A gt 1): S, true: "x") eq T)'],
  ["case(F:A lt 2,true:N)", "case(F: test(A lt 2), true: N)"],
  ["I lt 2026-01-02T00:00:00Z sub duration'P1D'", '(I lt "2026-01-01T00:00:00Z")'],
  ["D eq 2026-02-27 add 'P1D'", '(D eq "2026-02-28")'],
  ["totalseconds(I sub I) gt 1", "(divide(sub(micros(I), micros(I)), 1000000) gt 1)"],
  ["cast(A,Edm.String) eq '7'", '(digits(A) eq "7")'],
  ["cast(A,Edm.Byte) eq 7", "(case(((A ge 0) and (A le 255)): A) eq 7)"],
  ["cast(B,Edm.Int64) eq 7", "(round(B) eq 7)"],
  ["isof(A,Edm.Int32) and isof(Parcels.Thing)", "((A ne null) and true)"],
  ["isof(A,Edm.Int64)", "false"],
  [
    "matchesPattern(S,'^a')",
    'matches(S, {"kind":"sequence","parts":[{"kind":"start"},{"kind":"one","ranges":[[97,97]]}]})',
  ],
  [
    "matchespattern(S,'(?=a)')",
    "NotImplemented a look around in a pattern in $filter (character 18) is not implemented by this service",
  ],
  ["hassubset(Tags,['a','b'])", 'subset(Tags, ["a","b"])'],
  ["hassubsequence([1,2],[2])", 'subsequence(["1","2"], ["2"])'],
  ["Tags eq [] or @l ne Tags", '(same(Tags, []) or !same(Tags, ["x"]))'],
  ["Whole/Tags eq Tags", "same(at(S=Thing.Id: Tags), Tags)"],
  ["S in Tags", "some(Tags: ($it eq ^S))"],
  ["Whole/S in Whole/Tags", "some(S=Thing.Id: some(Tags: ($it eq at(^^S=Thing.Id: S))))"],
  ["A in @n", "(A in [1,2])"],
  [
    "Whole eq $it and Parts/any(p:p eq Whole)",
    "((at(S=Thing.Id: Id) eq Id) and some(Id=Thing.S: (Id eq at(^S=Thing.Id: Id))))",
  ],
  ["A eq @e and @c", "((A eq add(A, 1)) and (F or N))"],
  ["@none eq A", "(null eq A)"],
  ["1 eq 1", "(1 eq 1)"],
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
  ["A add 1 mul 2 eq 3", "(add(A, mul(1, 2)) eq 3)"],
  ["A div 2 eq 1", "(quotient(A, 2) eq 1)"],
  ["A div 2.0 eq 1", "(divide(A, 2) eq 1)"],
  ["B div 2 eq A divby 3", "(divide(B, 2) eq divide(A, 3))"],
  ["-A lt - 1", "(negate(A) lt -1)"],
  ["length(concat(S,T)) gt 1", "(length(concat(S, T)) gt 1)"],
  ["contains(tolower(S),'x')", 'contains(tolower(S), "x")'],
  ["date(I) eq D", "(date(I) eq D)"],
  ["year(D) in (2025,2026)", "(year(D) in [2025,2026])"],
  ["Whole/A gt 1", "(at(S=Thing.Id: A) gt 1)"],
  ["Whole/Parcels.Thing/F", "at(S=Thing.Id: F)"],
  ["Whole/Whole/E eq 'Red'", '(at(S=Thing.Id: at(S=Thing.Id: E)) eq "Red")'],
  ["Whole eq null", "!some(S=Thing.Id)"],
  ["null ne Whole/Whole", "some(S=Thing.Id: some(S=Thing.Id))"],
  ["Parts/any()", "some(Id=Thing.S)"],
  ["Parts/any(p:p/A gt A)", "some(Id=Thing.S: (A gt ^A))"],
  ["Parts/any(p:p/A gt $it/A)", "some(Id=Thing.S: (A gt ^A))"],
  ["Parts/all(p:p/F)", "!some(Id=Thing.S: !known(F))"],
  ["Whole/Parts/any(p:p/Whole/A gt A)", "some(S=Thing.Id: some(Id=Thing.S: (at(S=Thing.Id: A) gt ^^A)))"],
  ["Parts/any(p:p/Parts/any(q:q/A eq p/A))", "some(Id=Thing.S: some(Id=Thing.S: (A eq ^A)))"],
  ["Parts/any(p:Parts/any(q:q/A eq p/A))", "some(Id=Thing.S: some(^Id=Thing.S: (A eq ^A)))"],
  ["Parts/$count gt 2", "(count(Id=Thing.S) gt 2)"],
  ["Parts/$count($filter=F and A gt $it/A) eq 0", "(count(Id=Thing.S: (F and (A gt ^A))) eq 0)"],
  ["Tags/any(t:t eq S)", "some(Tags: ($it eq ^S))"],
  ["Tags/$count eq 0", "(count(Tags) eq 0)"],
])("%s means %s", (text, meaning) => {
  expect(read(text, given)).toBe(meaning);
});

test.each([
  ["", 1, "the text ends too early"],
  ["A eq", 5, "the text ends too early"],
  ["matchesPattern(S,'a{0,60}')", 18, "patterns are larger than 60 together (filterPatternMax)"],
  [
    "matchesPattern(S,'a{40}') or matchesPattern(S,'b{40}')",
    47,
    "patterns are larger than 60 together (filterPatternMax)",
  ],
  ["A eq 'x", 8, "what begins with a quote has no end"],
  ["A eq 1 F", 8, '"F" is not expected here'],
  ["A = 1", 3, '"=" is not expected here: equality is eq'],
  ["A == 1", 3, '"=" is not expected here: equality is eq'],
  ["A != 1", 3, '"!" is not expected here: inequality is ne, negation not'],
  ["A >= 1", 3, '">" is not expected here: more is gt, at least ge'],
  ["A <> 1", 3, '"<" is not expected here: less is lt, at most le, inequality ne'],
  ["A eq 1 && F", 8, '"&" is not expected here: a conjunction is and'],
  ["A eq 1 || F", 8, '"|" is not expected here: a disjunction is or'],
  ["A * 2 eq 2", 3, '"*" is not expected here: a product is mul'],
  ['S eq "x"', 6, '"\\"x\\"" is not expected here: a text stands in single quotes'],
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
  ["A mod 1.5 eq 1", 3, "mod takes integers"],
  ["S add 1 eq 2", 1, "add takes numbers"],
  ["length(A) eq 1", 8, "length does not take a number here"],
  ["Whole", 1, "Whole is not a condition: compare it with something"],
  ["Whole eq 1", 10, "this does not compare with Whole as a whole"],
  ["Whole/Nope eq 1", 1, 'Thing has no property "Nope"'],
  ["Parts/any(p:q/A eq 1)", 13, 'Thing has no property "q"'],
  [`${"Whole/".repeat(6)}A eq 1`, 1, "it leads over more than 5 navigation properties (filterWaysMax)"],
  ["frobnicate(S) eq 1", 1, 'there is no function "frobnicate"'],
  ["D gt duration'P1D'", 6, "a duration does not compare with D, which is Edm.Date"],
  ["1 eq 'a'", 6, '"1" and "a" have different types'],
  ["D add 1 eq D", 3, "add does not take a date and a number"],
  ["I gt 9999-12-31T00:00:00Z add duration'P1D'", 27, "this is before the year 1 or after 9999"],
  ["case(A eq 1:1,true:'x') eq 1", 20, "a string stands beside a number in case"],
  [
    `${"case(true:".repeat(5)}F${")".repeat(5)}`,
    41,
    "more than 4 conditions stand as values within each other (filterCasesMax)",
  ],
  ["Tags eq 'x'", 9, "this does not compare with the collection Tags as a whole"],
  ["Tags eq [1]", 10, "a number does not compare with Tags, which is Edm.String"],
  ["hassubset(Tags,S)", 16, "a collection belongs here"],
  ["A in S", 6, "behind `in` stands a list or a collection"],
  ["Tags", 1, "the collection Tags is not a condition: compare it with something"],
  ["frobnicate(S)", 1, 'there is no function "frobnicate"'],
])("%s is refused at character %i: %s", (text, at, message) => {
  expect(read(text)).toBe(`InvalidParameter $filter, character ${at}: ${message}`);
});

test.each([
  ["geo.length(S) gt 1", "the function geo.length in $filter (character 1)"],
  ["E gt 'Red'", "the order of an enumeration (gt) in $filter (character 1)"],
  [
    "Loose/any()",
    "the navigation property Loose, for which the contract has no referential constraint, in $filter (character 1)",
  ],
  ["Parts/A eq 1", "a path that goes on behind the collection Parts in $filter (character 1)"],
  ["$root/Things eq 1", "$root in $filter (character 1)"],
  ["cast(B,Edm.String) eq '1'", "a cast of a number that is no integer to Edm.String in $filter (character 1)"],
  ["case(A eq 1:E) eq 'Red'", "case with members of an enumeration in $filter (character 1)"],
])("%s is not implemented, and says so: %s", (text, feature) => {
  expect(read(text)).toBe(`NotImplemented ${feature} is not implemented by this service`);
});

test("limits are named", () => {
  expect(read(`${"(".repeat(41)}F${")".repeat(41)}`)).toBe(
    "InvalidParameter $filter, character 41: nesting is deeper than 40 (filterDepthMax)",
  );
  expect(read(`${"not ".repeat(41)}F`)).toContain("(filterDepthMax)");
  expect(read(`A in (${Array.from({ length: 201 }, (_, index) => index).join(",")})`)).toContain("(inValuesMax)");
  expect(read("F eq @a", { "@a": "@a" })).toContain("(aliasDepthMax)");
  expect(read(`${"@a and ".repeat(300)}F`, { "@a": `A in (${"1,".repeat(100)}1)` })).toContain("(filterLengthMax)");
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
