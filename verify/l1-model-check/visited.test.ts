/** The packed store beside a set of JSON texts: it finds every snapshot again and takes none for another. */
import type { Snapshot } from "@temperc/runtime";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Digit, digitsOf } from "./digits.ts";
import type { VariableShape } from "./shape.ts";
import { absent, lookUp } from "./shared-keys.ts";
import { beyond, createVisited, known } from "./visited.ts";

const statuses = ["On", 'it\'s "Off"\n'];
const texts = ["a", "b", "']; c", null];

const cut = { mergesLow: false, mergesHigh: false } as const;
const small: readonly VariableShape[] = [
  { kind: "bool", name: "flag" },
  { kind: "number", name: "count", fractions: false, low: -2, high: 5, ...cut },
  { kind: "text", name: "constructor" },
];
const large: readonly VariableShape[] = [
  ...small,
  { kind: "number", name: "price", fractions: true, low: -10, high: 10, ...cut },
  { kind: "list", name: "list", lengthMax: 3, ordered: true },
  { kind: "list", name: "set", lengthMax: 3, ordered: false },
  { kind: "number", name: "wide", fractions: false, low: 0, high: 2 ** 40, ...cut },
];

/** More combinations than have a bit each, in keys of more than 32 bits. */
const many: readonly VariableShape[] = [
  { kind: "number", name: "long", fractions: false, low: 0, high: 2 ** 20 - 1, ...cut },
  ...small,
  { kind: "number", name: "short", fractions: false, low: -99, high: 99, ...cut },
];

const text = fc.constantFrom("a", "b", "']; c");
const snapshot: fc.Arbitrary<Snapshot> = fc.record({
  status: fc.constantFrom(...statuses),
  flag: fc.boolean(),
  count: fc.integer({ min: -2, max: 5 }),
  constructor: fc.constantFrom(...texts),
  price: fc.constantFrom(-1.5, 0, 0.25, 9.75),
  list: fc.array(text, { maxLength: 3 }),
  set: fc.uniqueArray(text, { maxLength: 3 }),
  wide: fc.constantFrom(0, 1, 2 ** 32, 2 ** 40),
  long: fc.integer({ min: 0, max: 2 ** 20 - 1 }),
  short: fc.integer({ min: -99, max: 99 }),
});

function digitsFor(variables: readonly VariableShape[]): readonly Digit[] {
  return digitsOf(statuses, variables, () => texts);
}

function keyOf(each: Snapshot, variables: readonly VariableShape[]): string {
  const values = variables.map(({ name }) =>
    name === "set" ? (Array.isArray(each.set) ? each.set.toSorted() : null) : each[name],
  );
  return JSON.stringify([each.status, ...values]);
}

test.each([
  { what: "one number", variables: small },
  { what: "words", variables: large },
])("as $what, equal snapshots get one index and others their own", ({ variables }) => {
  fc.assert(
    fc.property(fc.array(snapshot, { maxLength: 200 }), (snapshots) => {
      const visited = createVisited(digitsFor(variables), { withIndexes: true });
      const indexes = new Map<string, number>();
      for (const each of snapshots) {
        const key = keyOf(each, variables);
        const index = indexes.get(key);
        expect(visited.add(each)).toBe(index === undefined ? indexes.size : -2 - index);
        if (index === undefined) indexes.set(key, indexes.size);
      }
    }),
  );
});

test("it grows past its first size and still finds everything", () => {
  for (const isWide of [false, true]) {
    const variables: readonly VariableShape[] = [
      { kind: "number", name: "count", fractions: false, low: 0, high: 99_999, ...cut },
      ...(isWide ? large.slice(3) : []),
    ];
    const visited = createVisited(digitsFor(variables), { withIndexes: true });
    const at = (count: number): Snapshot => ({ status: "On", count, price: 0, list: [], set: [], wide: 1 });
    for (let count = 0; count < 20_000; count++) expect(visited.add(at(count * 5))).toBe(count);
    for (let count = 0; count < 20_000; count++) expect(visited.add(at(count * 5))).toBe(-2 - count);
  }
});

test("it grows past its first size as blocks too, also where threads share them", () => {
  const visited = createVisited(digitsFor(many), { withIndexes: false });
  const at = (long: number): Snapshot => ({ status: "On", flag: true, count: 0, constructor: "a", long, short: 7 });
  for (let long = 0; long < 20_000; long++) {
    expect(visited.add(at(long))).toBe(long);
    if (long === 1_000) visited.shared();
  }
  for (let long = 0; long < 20_000; long++) expect(visited.add(at(long))).toBe(known);
});

test.each(["number", "words", "bits"])("a value past its bound is beyond, as a %s", (form) => {
  const visited = createVisited(digitsFor(form === "words" ? large : small), { withIndexes: form !== "bits" });
  const inside: Snapshot = {
    status: "On",
    flag: true,
    count: 5,
    constructor: "a",
    price: 0,
    list: [],
    set: [],
    wide: 0,
  };
  expect(visited.add({ ...inside, count: 6 })).toBe(beyond);
  expect(visited.add({ ...inside, count: -3 })).toBe(beyond);
  expect(visited.add(inside)).toBe(0);
});

test("a merged value is the same snapshot as the last of its range", () => {
  const count = {
    kind: "number",
    name: "count",
    fractions: false,
    low: 0,
    high: 3,
    mergesLow: false,
    mergesHigh: true,
  } as const;
  const visited = createVisited(digitsFor([count]), { withIndexes: true });
  expect(visited.add({ status: "On", count: 7 })).toBe(0);
  expect(visited.add({ status: "On", count: 3 })).toBe(-2);
  expect(visited.add({ status: "On", count: 2 })).toBe(1);
});

test.each([
  { what: "bits", variables: small, far: 1 },
  { what: "bits of blocks", variables: many, far: 2 ** 32 },
])("as $what, each snapshot is new once and known ever after, for those too who look it up", ({ variables, far }) => {
  fc.assert(
    fc.property(fc.array(snapshot, { maxLength: 200 }), (snapshots) => {
      const visited = createVisited(digitsFor(variables), { withIndexes: false });
      const keys = new Set<string>();
      const packed = new Set<number>();
      for (const each of snapshots) {
        const key = keyOf(each, variables);
        expect(visited.add(each)).toBe(keys.has(key) ? known : keys.size);
        keys.add(key);
        packed.add(visited.lastKey);
      }
      const shared = visited.shared();
      const near = [...packed].flatMap((key) => [key, key + 1, key + far]);
      if (shared !== undefined)
        for (const key of near) expect(lookUp(shared, key)).toBe(packed.has(key) ? known : absent);
    }),
  );
});

test("a snapshot that leads to itself is found as the one that is expanded", () => {
  const visited = createVisited(digitsFor(small), { withIndexes: true });
  const at = (count: number): Snapshot => ({ status: "On", flag: true, count, constructor: "a" });
  expect([visited.add(at(0)), visited.add(at(1))]).toEqual([0, 1]);
  visited.expand(at(1), 1);
  expect([visited.add(at(1)), visited.add(at(0))]).toEqual([-3, -2]);
});

test.each([
  { variables: small, withIndexes: true },
  { variables: small, withIndexes: false },
  { variables: many, withIndexes: false },
])(
  "a key says all that was packed, and the rest is as in the model (with indexes: $withIndexes)",
  ({ variables, withIndexes }) => {
    const visited = createVisited(digitsFor(variables), { withIndexes });
    const names = ["status", ...variables.map(({ name }) => name)];
    fc.assert(
      fc.property(snapshot, snapshot, (each, like) => {
        visited.add(each);
        const packed = Object.fromEntries(names.map((name) => [name, each[name]]));
        expect(visited.unpacker(like)?.(visited.lastKey)).toEqual({ ...like, ...packed });
      }),
    );
  },
);

test("keys that are given in the order in which values are met are not read back", () => {
  const visited = createVisited(digitsFor(large.slice(3, 5)), { withIndexes: true });
  expect(visited.unpacker({ status: "On", price: 0, list: [] })).toBeUndefined();
});
