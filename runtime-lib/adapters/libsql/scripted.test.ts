/** Commits that come together are written by a script: what is stored is what bound statements store, and each has its answer. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parcel, property } from "../../../test/definitions/parcel.ts";
import { commitOf, eventOf, noReactions, reply } from "../../../test/definitions/stores.ts";
import type { EntityTypeDescriptor, Values } from "../../kernel/index.ts";
import type { Commit, JournalEvent, Store, StoredRow } from "../../ports/index.ts";
import { openLibsqlStore } from "./store.ts";

/** `Weighed` has a number that SQLite would not read exactly, `Keyed` could fail for another entity's sake. */
const types: readonly EntityTypeDescriptor[] = [
  parcel,
  { ...parcel, name: "Weighed", properties: [...parcel.properties, property("Weight", "Edm.Double")] },
  {
    ...parcel,
    name: "Keyed",
    reactions: { ...noReactions, keys: [{ name: "ByNote", properties: ["Note"], isEntityId: false }] },
  },
];

const folder = mkdtempSync(join(tmpdir(), "temperc-scripted-"));
let files = 0;
let sizes: number[];
let store: Store;

async function opened(): Promise<Store> {
  files += 1;
  const onGroupCommit = (size: number): unknown => sizes.push(size);
  const file = await openLibsqlStore({ path: join(folder, `${files}.db`), onGroupCommit, rowsKeptMax: 0 });
  await file.prepare(types);
  return file;
}

beforeEach(async () => {
  sizes = [];
  store = await opened();
});

afterEach(() => store.close());

// The folder goes when all files are closed.
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

const texts = [
  "",
  "'",
  "''); DROP TABLE journal; --",
  '"',
  "\\",
  "\\'",
  "a\nb\r\n\tc",
  "😀 ü ß",
  "\u2028",
  "null",
  "?1",
  "%s",
];

/** Every text in every place that takes one, and numbers at their bounds. */
const told: readonly Values[] = texts.map((text, index) => ({
  Note: text,
  Label: text,
  Tags: [text, "x", text],
  Price: index % 2 === 0 ? -12.34 : 9_999_999_999.99,
  Due: index % 3 === 0 ? null : `2026-01-01T00:00:0${index % 10}.123456789012Z`,
  Fragile: index % 2 === 0,
  Items: index % 2 === 0 ? Number.MAX_SAFE_INTEGER : Number.MIN_SAFE_INTEGER,
}));

function creation(index: number, values: Values, entityType = "Parcel"): Commit {
  const text = texts[index] ?? "";
  return commitOf(
    { entityType, entityId: `e${index}${text}`, correlationId: text, intent: text, params: { text } },
    values,
  );
}

/** Changes three columns of what `creation` made. */
function change({ event, row }: Commit, values: Values): Commit {
  const delta = { Note: values.Label ?? null, Items: 7, Due: values.Due ?? null };
  const next = { sequence: 2, eventId: `${event.eventId}+`, kind: "action", action: "Recount", from: "Open" } as const;
  return { event: { ...event, ...next, delta }, row: { ...row, ...delta } };
}

async function kept(
  from: Store,
  commits: readonly Commit[],
): Promise<readonly (readonly JournalEvent[] | StoredRow | undefined)[]> {
  const refs = commits.map(({ event }) => event);
  return Promise.all(refs.flatMap((ref) => [from.row(ref), from.events(ref)]));
}

test.each(["Parcel", "Weighed"])(
  "texts and numbers of %s come back as from statements that bind them",
  async (entityType) => {
    const values = told.map((each, index) =>
      entityType === "Parcel" ? each : { ...each, Weight: 7801642.838722941 * 10 ** (index % 2) },
    );
    const creations = values.map((each, index) => creation(index, each, entityType));
    const changes = creations.map((each, index) => change(each, values[index] ?? {}));
    const oneByOne = await opened();
    for (const commit of [...creations, ...changes]) expect(await oneByOne.append(commit)).toBe("committed");
    sizes.length = 0;
    for (const commits of [creations, changes]) {
      const answers = await Promise.all(commits.map((commit) => store.append(commit)));
      expect(answers).toEqual(commits.map(() => "committed"));
    }
    expect(sizes).toEqual([creations.length, changes.length]);
    expect(await kept(store, creations)).toEqual(await kept(oneByOne, creations));
    await oneByOne.close();
  },
);

test("the one among many that is not what was expected has its own answer, and the others theirs", async () => {
  const creations = told.map((values, index) => creation(index, values));
  await store.append(creation(3, { Items: 1 }));
  const missing = change(creation(20, {}), {});
  const answers = await Promise.all([...creations, missing].map((commit) => store.append(commit)));
  expect(answers).toEqual([...creations.map((_, index) => (index === 3 ? "conflict" : "committed")), "committed"]);
  expect(await store.row(creation(3, {}).event)).toMatchObject({ values: { Items: 1 } });
  expect(await store.row(missing.event)).toMatchObject({ values: { Items: 7 }, sequence: 2 });
});

test("replies are kept with their commits, and a key that is taken refuses its own", async () => {
  const keyed = (key: string, index: number): Commit => {
    return { ...creation(index, {}), idempotency: reply(key, { reply: `'${key}` }) };
  };
  const append = (commits: readonly Commit[]) => Promise.all(commits.map((commit) => store.append(commit)));
  const first = texts.map(keyed);
  expect(await append(first)).toEqual(texts.map(() => "committed"));
  for (const { idempotency } of first) {
    expect(await store.idempotent("t", "p", idempotency?.key ?? "")).toEqual(idempotency);
  }
  const next = ["new", texts[3] ?? "", "same", "same", "last"].map((key, index) => keyed(key, 20 + index));
  expect(await append(next)).toEqual(["committed", "conflict", "committed", "conflict", "committed"]);
  expect(await store.row(next[1]?.event ?? eventOf())).toBeUndefined();
  expect(await store.idempotent("t", "p", texts[3] ?? "")).toEqual(first[3]?.idempotency);
});

test("what cannot be in a script is committed beside what is", async () => {
  const creations = told.map((values, index) => creation(index, values));
  const keyed = [creation(30, { Note: "same" }, "Keyed"), creation(31, { Note: "same" }, "Keyed")];
  const cut = { ...creation(32, { Note: "a\0b" }) };
  const all = [...creations, ...keyed, cut].map((commit) => store.append(commit));
  const settled = await Promise.allSettled(all);
  const answers = settled.map((each) => (each.status === "fulfilled" ? each.value : String(each.reason)));
  expect(answers.slice(0, creations.length)).toEqual(creations.map(() => "committed"));
  expect(answers.slice(creations.length)).toEqual([
    "committed",
    "key-taken",
    "TypeError: a text with the character U+0000 cannot be stored",
  ]);
});

test("large texts are committed beside small ones", async () => {
  const large = "'".repeat(1_500_000);
  const creations = texts.map((_, index) => creation(index, { Note: index % 3 === 0 ? large : "small" }));
  const answers = await Promise.all(creations.map((commit) => store.append(commit)));
  expect(new Set(answers)).toEqual(new Set(["committed"]));
  expect((await store.row(creation(9, {}).event))?.values.Note).toHaveLength(1_500_000);
});

test("more than wait for one script are all committed", async () => {
  const many = Array.from({ length: 200 }, (_, index) => commitOf({ entityId: `m${index}` }));
  const answers = await Promise.all(many.map((commit) => store.append(commit)));
  expect(new Set(answers)).toEqual(new Set(["committed"]));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(200);
  expect(sizes.length).toBeGreaterThan(1);
  expect(await store.events(eventOf({ entityId: "m199" }))).toHaveLength(1);
});
