/** Row-level security as a second fence: a session reaches the tenants that it works for, whatever its statements say. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { depot, parcel } from "../../../test/definitions/parcel.ts";
import { commitOf, entryOf, reply } from "../../../test/definitions/stores.ts";
import { asked, freshPostgres } from "../../../test/live/postgres/server.ts";
import type { Store } from "../../ports/index.ts";
import { Connections } from "./connections.ts";
import { reachText } from "./fence.ts";
import { openPostgresStore } from "./store.ts";

let url: string;
let schema: string;
let store: Store;
const odd = `it's {"\\`;

beforeEach(async () => {
  url = await freshPostgres();
  schema = new URL(url).searchParams.get("schema") ?? "";
  store = await openPostgresStore({ url, connectionsMax: 2 });
  await store.prepare([parcel, depot]);
  for (const tenant of ["t", "other", odd, "*", ""]) {
    const commit = { ...commitOf({ tenant, entityId: "1" }), outbox: [{ ...entryOf(`k-${tenant}`), tenant }] };
    expect(await store.append({ ...commit, idempotency: { ...reply("r"), tenant } })).toBe("committed");
  }
});

afterEach(() => store.close());

/** What every table with tenants in it has, as a raw statement of the application's own role sees it. */
async function tenantsSeen(reach: string): Promise<ReadonlyMap<string, readonly unknown[]>> {
  const tables = await asked(
    `SELECT relname, attname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
     WHERE relnamespace = '${schema}'::regnamespace AND relkind = 'r' AND attname IN ('tenant', '@tenant')`,
  );
  const seen = new Map<string, readonly unknown[]>();
  for (const [table, column] of tables) {
    const rows = await asked(`SELECT DISTINCT "${column}" FROM ${schema}."${table}" ORDER BY 1`, reach);
    seen.set(
      String(table),
      rows.map(([tenant]) => tenant),
    );
  }
  return seen;
}

describe("a raw statement under the application's role", () => {
  const written = ["journal", "idempotency", "outbox", "entity_Parcel"];

  test("sees nobody's rows where the session works for nobody, and none but its own where it works for one", async () => {
    for (const [reach, expected] of [
      ["", []],
      ["{}", []],
      ['{"t"}', ["t"]],
      [reachText([odd]), [odd]],
      [reachText(["*"]), ["*"]],
      [reachText([""]), [""]],
      [reachText(["t", "other"]), ["other", "t"]],
    ] as const) {
      const seen = await tenantsSeen(reach);
      for (const table of written) expect([reach, table, seen.get(table)]).toEqual([reach, table, expected]);
      expect([...seen].filter(([table, rows]) => !written.includes(table) && rows.length > 0)).toEqual([]);
    }
  });

  test("finds every table of tenants fenced, for its owner too, but that of the credentials", async () => {
    const open = await asked(
      `SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
       WHERE relnamespace = '${schema}'::regnamespace AND relkind = 'r' AND attname IN ('tenant', '@tenant')
         AND NOT (relrowsecurity AND relforcerowsecurity)`,
    );
    expect(open).toEqual([["api_keys"]]);
  });

  test("changes and removes nothing of another tenant, and puts nothing under its name", async () => {
    const reach = reachText(["t"]);
    const before = await asked(`SELECT * FROM ${schema}."entity_Parcel" ORDER BY 1`);
    for (const sql of [
      `UPDATE ${schema}."entity_Parcel" SET "Note" = 'crossed' WHERE "@tenant" = 'other' RETURNING 1`,
      `DELETE FROM ${schema}."entity_Parcel" WHERE "@tenant" <> 't' RETURNING 1`,
      `DELETE FROM ${schema}.journal WHERE tenant <> 't' RETURNING 1`,
    ]) {
      expect(await asked(sql, reach)).toEqual([]);
    }
    const forged = [
      `UPDATE ${schema}."entity_Parcel" SET "@tenant" = 'other'`,
      `INSERT INTO ${schema}.decision_audit (tenant, id, record) VALUES ('other', 'x', '{}')`,
    ];
    for (const sql of forged) await expect(asked(sql, reach)).rejects.toThrow("row-level security policy");
    expect(await asked(`SELECT * FROM ${schema}."entity_Parcel" ORDER BY 1`)).toEqual(before);
  });
});

test("what works for one tenant on the store's own sessions reaches no other, and what comes after it no more", async () => {
  const connections = await Connections.open({ url, connectionsMax: 1 });
  const tenants = `SELECT DISTINCT tenant FROM journal ORDER BY 1`;
  expect(await connections.use((session) => session.run(tenants))).toEqual([]);
  expect(await connections.useFor(["t"], (session) => session.run(tenants))).toEqual([["t"]]);
  expect(await connections.transact(["other"], (session) => session.run(tenants))).toEqual([["other"]]);
  expect(await connections.use((session) => session.run(tenants))).toEqual([["t"]]);
  expect(await connections.useFor([odd], (session) => session.run(tenants))).toEqual([[odd]]);
  expect(await connections.useFor("everybody", (session) => session.run(tenants))).toHaveLength(5);
  await connections.close();
});

test("what the store itself is asked with another tenant's key is not there, and all of it is counted", async () => {
  expect(await store.row({ tenant: odd, entityType: "Parcel", entityId: "1" })).toMatchObject({ sequence: 1 });
  expect(await store.row({ tenant: "nobody", entityType: "Parcel", entityId: "1" })).toBeUndefined();
  expect(await store.statusCounts()).toContainEqual({ entityType: "Parcel", status: "Open", count: 5 });
  await store.rebuild([parcel, depot]);
  expect(await store.statusCounts()).toContainEqual({ entityType: "Parcel", status: "Open", count: 5 });
});

test("a store of an earlier release is fenced when it is opened", async () => {
  await store.close();
  // As version 6 left it: without fences, and without what came after them.
  await asked(`DROP TABLE ${schema}.media`);
  await asked(`ALTER TABLE ${schema}.api_keys DROP COLUMN created_by, DROP COLUMN revoked_by`);
  await asked(`ALTER TABLE ${schema}.outbox DROP COLUMN lease_ms`);
  for (const [table] of await asked(`SELECT tablename FROM pg_policies WHERE schemaname = '${schema}'`)) {
    const place = `${schema}."${table}"`;
    await asked(`DROP POLICY temperc_reach ON ${place}; ALTER TABLE ${place} DISABLE ROW LEVEL SECURITY`);
  }
  await asked(`DELETE FROM ${schema}.schema_version WHERE version > 6`);
  expect((await tenantsSeen("")).get("journal")).toHaveLength(5);
  store = await openPostgresStore({ url, connectionsMax: 2 });
  const seen = await tenantsSeen("");
  expect([seen.get("journal"), seen.get("entity_Parcel")]).toEqual([[], []]);
});
