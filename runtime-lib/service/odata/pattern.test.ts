/** Patterns mean in every store what they mean in ECMAScript, and keep none of them busy. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parcel } from "../../../test/definitions/parcel.ts";
import { commitOf, kinds, queryOf } from "../../../test/definitions/stores.ts";
import { type Pattern, patternSize, type Store } from "../../ports/index.ts";
import { readPattern } from "./pattern.ts";

const texts = ["", "a", "b", "ab", "ba", "aab", "abab", "bbb", "a\nb", "é1", "a😀b", "x-y]", "a^$b", "\\", "a b_9"];

function patternOf(text: string): Pattern {
  const pattern = readPattern(text);
  if (pattern.kind === "wrong" || pattern.kind === "gap") throw new Error(`${text}: ${pattern.problem}`);
  return pattern;
}

const leaf = fc.constantFrom(
  ...["a", "b", "ab", ".", "^", "$", "[ab]", "[^a]", "[a-]", "[^\\d]", "\\w", "\\W", "\\s", "\\S", "\\d", "\\D"],
  ...[
    "é",
    "😀",
    "[😀-😂]",
    "\\u{1F600}",
    "\\uD83D\\uDE00",
    "\\x61",
    "\\n",
    "\\^",
    "\\$",
    "[\\]\\\\^]",
    "\\-".slice(1),
    "",
  ],
);
const repeats = fc.constantFrom("*", "+", "?", "{2}", "{0}", "{1,}", "{0,2}", "{2,3}", "*?");
const regular = fc.letrec<{ one: string; all: string }>((tie) => ({
  one: fc.oneof(
    { depthSize: "small" },
    leaf,
    fc.tuple(tie("all"), repeats).map(([inner, many]) => `(?:${inner})${many}`),
    tie("all").map((inner) => `(${inner})`),
    fc.tuple(tie("all"), tie("all")).map(([left, right]) => `(?:${left}|${right})`),
  ),
  all: fc.array(tie("one"), { maxLength: 3 }).map((parts) => parts.join("")),
})).all;

describe.each(kinds)("on $name", ({ open }) => {
  let store: Store;

  beforeAll(async () => {
    store = await open();
    await store.prepare([parcel]);
    for (const [index, Note] of texts.entries()) await store.append(commitOf({ entityId: String(index) }, { Note }));
    await store.append(commitOf({ entityId: "null" }, { Note: null }));
  });

  afterAll(() => store.close());

  async function found(pattern: Pattern): Promise<readonly unknown[]> {
    const filter = { kind: "pattern", text: { kind: "property", property: "Note" }, pattern } as const;
    const { rows } = await store.query(queryOf({ filter }));
    return rows.map(({ values }) => values.Note);
  }

  test("what matches is what ECMAScript matches", async () => {
    await fc.assert(
      fc.asyncProperty(regular, async (text) => {
        const pattern = readPattern(text);
        fc.pre(pattern.kind !== "wrong" && pattern.kind !== "gap" && patternSize(pattern) <= 100);
        const expression = new RegExp(text, "u");
        expect((await found(pattern)).toSorted()).toEqual(texts.filter((each) => expression.test(each)).toSorted());
      }),
      { numRuns: 400, seed: 7 },
    );
  });

  test("what would try ways without end elsewhere takes no time", async () => {
    await store.append(commitOf({ entityId: "long" }, { Note: "a".repeat(2_000) }));
    const start = process.cpuUsage();
    expect(await found(patternOf("^(a*)*(a|a)*b$"))).not.toContain("a".repeat(2_000));
    expect(process.cpuUsage(start).user).toBeLessThan(2_000_000);
  });
});

test.each([
  ["(", "wrong", "Unterminated group"],
  ["[]", "wrong", "it has a class without characters"],
  ["\\0", "wrong", "it has a class without characters"],
  ["a(?=b)", "gap", "a look around"],
  ["(a)\\1", "gap", "a back-reference"],
  ["(a|$)b?", "gap", "something behind the end of the text"],
  ["($)*", "gap", "something behind the end of the text"],
  ["\\bA", "gap", "a word boundary"],
  ["\\p{L}", "gap", "the Unicode property \\p{…}"],
])("%s is %s: %s", (text, kind, problem) => {
  expect(readPattern(text)).toEqual({ kind, problem });
});
