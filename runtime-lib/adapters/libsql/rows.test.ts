/** Rows that are kept in memory: given again, and never as anything but what they are. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { depot, parcel, property } from "../../../test/definitions/parcel.ts";
import { blank, commitOf, eventOf, queryOf } from "../../../test/definitions/stores.ts";
import type { Values } from "../../kernel/index.ts";
import type { Query, Store } from "../../ports/index.ts";
import { openLibsqlStore } from "./store.ts";

let folder: string;
let path: string;
let store: Store;
let other: Store;

async function opened(where = path, rowsKeptMax = 100): Promise<Store> {
  const one = await openLibsqlStore({ path: where, rowsKeptMax });
  await one.prepare([parcel, depot]);
  return one;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "temperc-rows-"));
  path = join(folder, "store.db");
  [store, other] = [await opened(), await opened()];
});

afterEach(async () => {
  await store.close();
  await other.close();
  rmSync(folder, { recursive: true, force: true });
});

const noteOf = async (from: Store, id = "1"): Promise<unknown> =>
  (await from.row(eventOf({ entityId: id })))?.values.Note;

const notes = async (from: Store, query: Partial<Query> = {}): Promise<readonly unknown[]> =>
  (await from.query(queryOf({ top: 20, ...query }))).rows.map(({ values }) => values.Note);

function change(sequence: number, Note: string, entityId = "1"): Parameters<Store["append"]>[0] {
  const event = eventOf({ entityId, sequence, eventId: `${entityId}-${sequence}`, kind: "patched", delta: { Note } });
  return { event, row: { ...blank, Id: entityId, Note } };
}

/** Reads pages until most of what they hold is kept, so that their keys are asked for alone. */
async function warmed(from: Store, query: Partial<Query> = {}): Promise<void> {
  for (let n = 0; n < 40; n += 1) await notes(from, query);
}

/** Changes what is in the table and tells nobody, as nothing but this test does. */
function meddle(Note: string): void {
  const file = new Database(path);
  file.prepare("UPDATE entity_Parcel SET Note = ?").run([Note]);
  file.close();
}

test("a row is read once, and a page of rows that are kept is not read again", async () => {
  for (const id of ["1", "2"]) await store.append(commitOf({ entityId: id }, { Note: id }));
  expect(await noteOf(store)).toBe("1");
  await warmed(store);
  meddle("meddled");
  expect(await noteOf(store)).toBe("1");
  expect(await notes(store)).toEqual(["1", "2"]);
  const without = await opened(path, 0);
  expect(await noteOf(without)).toBe("meddled");
  expect(await notes(without)).toEqual(["meddled", "meddled"]);
  await without.close();
});

describe.each(["this process", "another process"])("what %s commits", (who) => {
  const writer = (): Store => (who === "this process" ? store : other);

  test("is what is read from then on: changed, gone and come again", async () => {
    await store.append(commitOf({}, { Note: "first" }));
    await warmed(store);
    expect(await noteOf(store)).toBe("first");
    await writer().append(change(2, "second"));
    expect([await noteOf(store), ...(await notes(store))]).toEqual(["second", "second"]);
    await writer().append({ event: eventOf({ sequence: 3, eventId: "3", kind: "deleted", delta: {} }), row: null });
    expect([await noteOf(store), ...(await notes(store))]).toEqual([undefined]);
    await writer().append({ ...commitOf({ sequence: 4, eventId: "4" }, { Note: "fourth" }) });
    expect([await noteOf(store), ...(await notes(store))]).toEqual(["fourth", "fourth"]);
  });

  test("decides what a page selects, and the page shows it as it is", async () => {
    for (const id of ["1", "2", "3"]) await store.append(commitOf({ entityId: id }, { Note: "a" }));
    const operand = { kind: "property", property: "Note" } as const;
    const filter = { kind: "in", operand, values: ["a", "b"] } as const;
    const orderBy = [{ property: "Note", direction: "desc" }] as const;
    await warmed(store, { filter, orderBy });
    await writer().append(change(2, "b", "2"));
    await writer().append(change(2, "c", "3"));
    const page = await store.query(queryOf({ top: 20, filter, orderBy, count: true }));
    expect(page.rows.map(({ values, sequence }) => [values.Id, values.Note, sequence])).toEqual([
      ["2", "b", 2],
      ["1", "a", 1],
    ]);
    expect(page.count).toBe(2);
  });

  test("is seen where so much was committed that all is read anew", async () => {
    await store.append(commitOf({ entityId: "first" }, { Note: "old" }));
    expect(await noteOf(store, "first")).toBe("old");
    const many = Array.from({ length: 1_100 }, (_, n) => writer().append(commitOf({ entityId: `m${n}` })));
    await Promise.all([...many, writer().append(change(2, "new", "first"))]);
    expect(await noteOf(store, "first")).toBe("new");
  });
});

test("tables that another process makes anew are read as they are", async () => {
  await store.append(commitOf({}, { Note: "kept" }));
  await warmed(store);
  meddle("meddled");
  expect(await noteOf(store)).toBe("kept");
  const changed = new Database(path);
  changed.exec("UPDATE journal SET delta = replace(delta, 'kept', 'otherwise')");
  changed.close();
  await other.rebuild([parcel]);
  expect([await noteOf(store), ...(await notes(store))]).toEqual(["otherwise", "otherwise"]);
});

test("tenants have rows of their own, and so have keys that read alike", async () => {
  await store.append(commitOf({}, { Note: "t's" }));
  await store.append(commitOf({ tenant: "u" }, { Note: "u's" }));
  await warmed(store);
  await warmed(store, { tenant: "u" });
  expect([await notes(store), await notes(store, { tenant: "u" })]).toEqual([["t's"], ["u's"]]);
  expect((await store.row(eventOf({ tenant: "v" })))?.values).toBeUndefined();
});

test("keys of every kind find their rows", async () => {
  const numbered = {
    name: "Numbered",
    key: "Id",
    navigations: [],
    properties: [property("Id", "Edm.Int64", { role: "key" })],
  };
  const measured = { ...numbered, name: "Measured", properties: [property("Id", "Edm.Double", { role: "key" })] };
  await store.prepare([numbered, measured]);
  const keys = { Numbered: [Number.MAX_SAFE_INTEGER, -1, 7], Measured: [0.1 + 0.2, -1e300, 7] };
  for (const type of [numbered, measured]) {
    const of = keys[type.name === "Numbered" ? "Numbered" : "Measured"];
    for (const Id of of) {
      const row: Values = { Id };
      const entityId = String(Id);
      await store.append({ event: eventOf({ entityType: type.name, entityId, eventId: entityId, delta: row }), row });
    }
    const read = async (): Promise<readonly unknown[]> =>
      (await store.query(queryOf({ entityType: type, top: 20 }))).rows.map(({ values }) => values.Id);
    for (let n = 0; n < 40; n += 1) await read();
    expect(await read()).toEqual(of.toSorted((one, two) => one - two));
    const entityId = String(of[0]);
    expect((await store.row(eventOf({ entityType: type.name, entityId })))?.values.Id).toBe(of[0]);
  }
});

test("no more rows are kept than may be, and none that is long", async () => {
  const few = await opened(path, 2);
  for (const id of ["1", "2", "3"]) await few.append(commitOf({ entityId: id }, { Note: id }));
  await few.append(commitOf({ entityId: "long" }, { Note: "x".repeat(5_000) }));
  for (const id of ["1", "2", "3", "long"]) await noteOf(few, id);
  meddle("meddled");
  const read = [];
  for (const id of ["3", "2", "1", "long"]) read.push(await noteOf(few, id));
  expect(read).toEqual(["3", "2", "meddled", "meddled"]);
  await few.close();
});

test("a store in memory gives what was written last", async () => {
  const memory = await opened(":memory:");
  await memory.append(commitOf({}, { Note: "first" }));
  await warmed(memory);
  await memory.append(change(2, "second"));
  expect([await noteOf(memory), ...(await notes(memory))]).toEqual(["second", "second"]);
  await memory.close();
});
