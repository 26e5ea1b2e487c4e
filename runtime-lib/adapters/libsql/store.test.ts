/** What only the libSQL store has: a file that survives, bounds and breaks, and that two processes may open. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parcel, property } from "../../../test/definitions/parcel.ts";
import type { Values } from "../../kernel/index.ts";
import { type Commit, StoreUnavailable } from "../../ports/index.ts";
import { migrations } from "./migrations.ts";
import { openLibsqlStore } from "./store.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "temperc-libsql-"));
  path = join(folder, "store.db");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function creation(entityId: string, changes: Values = {}): Commit {
  const fields = { Owner: "alice", Note: null, Price: null, Due: null, Fragile: false, Tags: [] };
  const row = { Id: entityId, ...fields, Status: "Open", Items: 0, Label: "", ...changes };
  const event = {
    tenant: "t",
    entityType: "Parcel",
    entityId,
    sequence: 1,
    eventId: entityId,
    kind: "created",
  } as const;
  const origin = {
    action: "created",
    specHash: "r",
    principal: "p",
    correlationId: "c",
    causationId: null,
    idempotencyKey: null,
    sessionId: null,
    intent: null,
    outputs: [],
  };
  return {
    event: { ...event, ...origin, params: {}, from: null, to: "Open", delta: row, at: "2026-01-01T00:00:00.000Z" },
    row,
  };
}

describe("a libSQL file", () => {
  test("holds after closing what was committed, also what was still waiting", async () => {
    const store = await openLibsqlStore({ path });
    await store.prepare([parcel]);
    const appended = store.append(creation("1"));
    await store.close();
    expect(await appended).toBe("committed");
    const again = await openLibsqlStore({ path });
    await again.prepare([parcel]);
    expect(await again.row({ tenant: "t", entityType: "Parcel", entityId: "1" })).toMatchObject({ sequence: 1 });
    await again.close();
  });

  test("takes a property away without writing its rows anew, and is not filled with what is gone", async () => {
    const store = await openLibsqlStore({ path });
    const file = new Database(path);
    const columns = () =>
      file.prepare("SELECT name FROM pragma_table_info(?)").raw().all(["entity_Parcel"]).map(String);
    const gone = () => columns().filter((name) => name.startsWith("@gone"));
    for (let round = 0; round < 105; round += 1) {
      const added = property(`Extra${round}`, "Edm.Int32", { defaultValue: round });
      await store.prepare([{ ...parcel, properties: [...parcel.properties, added] }]);
      if (round === 0) await store.append(creation("1"));
      await store.prepare([parcel]);
      if (round === 1) expect(gone()).toEqual(["@gone1", "@gone2"]);
    }
    expect(gone()).toHaveLength(100);
    const { values } = (await store.row({ tenant: "t", entityType: "Parcel", entityId: "1" })) ?? {};
    expect(values).toEqual(creation("1").row);
    expect(await store.append(creation("2"))).toBe("committed");
    await store.rebuild([parcel]);
    expect(gone()).toEqual([]);
    file.close();
    await store.close();
  });

  test("syncs each commit to the write-ahead log", async () => {
    await (await openLibsqlStore({ path })).close();
    const file = new Database(path);
    expect(file.prepare("PRAGMA journal_mode").raw().all([])).toEqual([["wal"]]);
    file.close();
  });

  test("commits what waits together with few syncs", async () => {
    const store = await openLibsqlStore({ path });
    await store.prepare([parcel]);
    const before = commitsIn(readFileSync(`${path}-wal`));
    await Promise.all(Array.from({ length: 100 }, (_, index) => store.append(creation(String(index)))));
    expect(commitsIn(readFileSync(`${path}-wal`)) - before).toBeLessThanOrEqual(2);
    for (const id of ["a", "b", "c"]) await store.append(creation(id));
    expect(commitsIn(readFileSync(`${path}-wal`)) - before).toBeGreaterThanOrEqual(4);
    await store.close();
  });

  test("drops replies that have expired", async () => {
    const store = await openLibsqlStore({ path });
    await store.prepare([parcel]);
    for (const [id, at] of [
      ["1", "2026-01-01T00:00:00.000Z"],
      ["2", "2026-01-03T00:00:00.000Z"],
    ] as const) {
      const { event, row } = creation(id);
      const expiresAt = at.replace("01T", "02T");
      const idempotency = { tenant: "t", principal: "p", key: id, requestHash: "h", reply: "{}", expiresAt };
      await store.append({ event: { ...event, at }, row, idempotency });
    }
    const file = new Database(path);
    expect(file.prepare("SELECT key FROM idempotency").raw().all([])).toEqual([["2"]]);
    file.close();
    await store.close();
  });

  test("refuses a write that does not fit, whole, and takes the next one that does", async () => {
    const store = await openLibsqlStore({ path, sizeMaxBytes: 256 * 1_024 });
    await store.prepare([parcel]);
    const large = "x".repeat(300_000);
    await expect(store.append(creation("large", { Note: large }))).rejects.toThrow(StoreUnavailable);
    expect(await store.events({ tenant: "t", entityType: "Parcel", entityId: "large" })).toEqual([]);
    expect(await store.append(creation("small"))).toBe("committed");
    const filled = await fillUp((entityId) => store.append(creation(entityId, { Note: large.slice(0, 20_000) })));
    expect(filled).toBeInstanceOf(StoreUnavailable);
    expect(await store.row({ tenant: "t", entityType: "Parcel", entityId: "small" })).toMatchObject({ sequence: 1 });
    await store.close();
  });

  test("lets one of two writers take a sequence number", async () => {
    const [one, other] = [await openLibsqlStore({ path }), await openLibsqlStore({ path })];
    await one.prepare([parcel]);
    await other.prepare([parcel]);
    expect(await Promise.all([one.append(creation("1")), other.append(creation("1"))])).toEqual([
      "committed",
      "conflict",
    ]);
    expect(await other.row({ tenant: "t", entityType: "Parcel", entityId: "1" })).toMatchObject({ sequence: 1 });
    await one.close();
    await other.close();
  });

  test("of an earlier runtime has its keys, of which nobody knows who made them", async () => {
    await (await openLibsqlStore({ path })).close();
    const file = new Database(path);
    const version = migrations.findIndex((each) => each.some((statement) => statement.includes("created_by"))) + 1;
    file.exec("ALTER TABLE api_keys DROP COLUMN created_by; ALTER TABLE api_keys DROP COLUMN revoked_by");
    file.exec("ALTER TABLE outbox DROP COLUMN lease_ms");
    file.exec(`DELETE FROM schema_version WHERE version >= ${version}`);
    file.exec(`INSERT INTO api_keys (id, hash, tenant, principal_type, principal_id, roles, kind, created_at, scopes)
      VALUES ('1', 'abc', 't', 'Agent', '7', '[]', 'caller', '2026-01-01T00:00:00.000Z', '[]')`);
    file.close();
    const store = await openLibsqlStore({ path });
    expect(await store.apiKeyByHash("abc")).toMatchObject({
      id: "1",
      revokedAt: null,
      createdBy: null,
      revokedBy: null,
    });
    await store.close();
  });

  test("of a newer runtime is left alone", async () => {
    await (await openLibsqlStore({ path })).close();
    const file = new Database(path);
    file.exec("INSERT INTO schema_version (version) VALUES (99)");
    file.close();
    await expect(openLibsqlStore({ path })).rejects.toThrow("schema version 99, this runtime knows up to");
  });

  test("that cannot be opened is StoreUnavailable", async () => {
    await expect(openLibsqlStore({ path: join(folder, "nowhere", "store.db") })).rejects.toThrow(StoreUnavailable);
    await expect(openLibsqlStore({ path: folder })).rejects.toThrow(StoreUnavailable);
  });

  test("stops an entity whose event is damaged, and only it", async () => {
    const store = await openLibsqlStore({ path });
    await store.prepare([parcel]);
    await store.append(creation("1"));
    await store.append(creation("2"));
    const file = new Database(path);
    file.exec("UPDATE journal SET delta = '{broken' WHERE entity_id = '1'");
    file.close();
    await expect(store.events({ tenant: "t", entityType: "Parcel", entityId: "1" })).rejects.toThrow(
      "event 1 is not JSON",
    );
    expect(await store.events({ tenant: "t", entityType: "Parcel", entityId: "2" })).toHaveLength(1);
    await store.close();
  });

  test("fills its tables without an entity whose event is damaged, until that is repaired", async () => {
    const store = await openLibsqlStore({ path });
    await store.prepare([parcel]);
    for (const id of ["1", "2", "3"]) await store.append(creation(id));
    const file = new Database(path);
    file.exec("UPDATE journal SET delta = '{broken' WHERE entity_id = '2'");
    const noted = property("Note", "Edm.Int32", { nullable: true });
    const properties = parcel.properties.map((each) => (each.name === "Note" ? noted : each));
    await store.prepare([{ ...parcel, properties }]);
    const live = async () => (await store.entities({ entityType: "Parcel", top: 9 })).map(({ entityId }) => entityId);
    const stopped = { tenant: "t", entityType: "Parcel", entityId: "2", sequence: 1, reason: "event 1 is not JSON" };
    expect(await live()).toEqual(["1", "3"]);
    expect(await store.quarantine.list({ tenant: "t", top: 9, skip: 0 })).toEqual([stopped]);
    const page = await store.feed({ tenant: "t", after: "0", max: 9 });
    expect(page?.events.map(({ event }) => event.entityId)).toEqual(["1", "3"]);
    expect(page).toMatchObject({ unreadable: [stopped], through: "3" });
    file.prepare("UPDATE journal SET delta = ? WHERE entity_id = '2'").run([JSON.stringify(creation("2").row)]);
    file.close();
    await store.rebuild([parcel]);
    expect([await live(), await store.quarantine.count()]).toEqual([["1", "2", "3"], 0]);
    await store.close();
  });

  test("leaves its tables as they were where the journal does not fit a new shape", async () => {
    const store = await openLibsqlStore({ path });
    await store.prepare([parcel]);
    await store.append(creation("1", { Note: "text" }));
    const properties = parcel.properties.map((each) => (each.name === "Note" ? property("Note", "Edm.Int32") : each));
    await expect(store.prepare([{ ...parcel, properties }])).rejects.toThrow("Note is Edm.Int32 and cannot hold");
    expect(await store.row({ tenant: "t", entityType: "Parcel", entityId: "1" })).toMatchObject({
      values: { Note: "text" },
    });
    expect(await store.append(creation("2"))).toBe("committed");
    await store.close();
  });

  test("keeps names apart that differ in case only, and names that are SQL", async () => {
    const store = await openLibsqlStore({ path });
    const properties = [
      property("Id", "Edm.String", { role: "key" }),
      property("id", "Edm.String"),
      property('"; DROP TABLE journal; --', "Edm.String"),
    ];
    const type = { name: "select", key: "Id", properties, navigations: [] };
    await store.prepare([type, { ...type, name: "SELECT" }]);
    const values = { Id: "1", id: "2", '"; DROP TABLE journal; --': "3" };
    const { event } = creation("1");
    await store.append({ event: { ...event, entityType: "select" }, row: values });
    expect(await store.row({ tenant: "t", entityType: "select", entityId: "1" })).toEqual({ values, sequence: 1 });
    expect(await store.row({ tenant: "t", entityType: "SELECT", entityId: "1" })).toBeUndefined();
    await store.close();
  });
});

/** The commits in a write-ahead log: frames whose header names the size of the database (SQLite file format, section 4). */
function commitsIn(log: Buffer): number {
  const pageBytes = log.length < 32 ? 4_096 : log.readUInt32BE(8);
  let commits = 0;
  for (let frame = 32; frame + 24 <= log.length; frame += 24 + pageBytes)
    commits += log.readUInt32BE(frame + 4) > 0 ? 1 : 0;
  return commits;
}

/** Writes until it is refused, and answers why. */
async function fillUp(write: (entityId: string) => Promise<unknown>): Promise<unknown> {
  for (let index = 0; index < 100; index += 1) {
    try {
      await write(`filler-${index}`);
    } catch (error) {
      return error;
    }
  }
  return undefined;
}
