/** A service on PostgreSQL behind HTTP: what its clients are told while the database is away, and what is there afterwards. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ServedParcels, serveParcels } from "../../../test/definitions/served-parcels.ts";
import { type Answer, call, type Sent } from "../../../test/live/client.ts";
import { proxyTo, type Wire } from "../../../test/live/postgres/proxy.ts";
import { freshPostgres } from "../../../test/live/postgres/server.ts";
import { openPostgresStore } from "./store.ts";

const isLong = process.env.TEMPERC_LONG === "1";
const awayMs = isLong ? 30_000 : 300;

let database = "";
let wire: Wire;
let served: ServedParcels;
let url = "";

beforeAll(async () => {
  database = await freshPostgres();
  wire = await proxyTo(database);
  const waits = { connectTimeoutMs: 1_000, outcomeTimeoutMs: 500 };
  const store = await openPostgresStore({ url: wire.url, connectionsMax: 4, ...waits });
  served = await serveParcels({
    store,
    notReady: () => Promise.resolve(store.apiKeyByHash("")).then(() => undefined, String),
  });
  url = await served.app.listen({ host: "127.0.0.1", port: 0 });
});

afterAll(async () => {
  await served.close();
  await wire.close();
});

const ask = (request: string, sent: Sent = {}): Promise<Answer> =>
  call(url, request, { key: served.keys.alice, ...sent });

const create = (Id: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  ask("POST /tdata/Parcels", { body: { Id, Owner: "alice" }, headers });

const itemsOf = async (id: string): Promise<unknown> => (await ask(`GET /tdata/Parcels('${id}')`)).body.Items;

function told({ status, body, headers }: Answer): readonly unknown[] {
  const { error } = body;
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return [status, code, headers.get("retry-after")];
}

const unavailable = [503, "StoreUnavailable", "1"];

describe("while the database is away", () => {
  test("every plane answers 503 and when to come again; afterwards all goes on by itself, and nothing is lost", async () => {
    expect((await create("kept")).status).toBe(201);
    expect((await ask("POST /tdata/Parcels('kept')/AddItem", { body: {} })).status).toBe(200);
    wire.cut();
    const until = Date.now() + awayMs;
    const { admin: key } = served.keys;
    do {
      expect(told(await ask("GET /tdata/Parcels('kept')"))).toEqual(unavailable);
      expect(told(await ask("GET /tdata/Parcels"))).toEqual(unavailable);
      expect(told(await create("refused"))).toEqual(unavailable);
      expect(told(await ask("GET /tdata/$events"))).toEqual(unavailable);
      expect(told(await ask("GET /api/keys", { key }))).toEqual(unavailable);
      expect(told(await ask("GET /api/tenants/default/decisions", { key }))).toEqual(unavailable);
      expect(told(await ask("GET /openapi.json"))).toEqual(unavailable);
      expect((await call(url, "GET /readyz")).status).toBe(503);
      expect((await call(url, "GET /healthz")).status).toBe(200);
      await sleep(isLong ? 500 : 50);
    } while (Date.now() < until);
    wire.mend();
    expect(await itemsOf("kept")).toBe(1);
    expect((await ask("GET /tdata/Parcels('refused')")).status).toBe(404);
    expect((await create("refused")).status).toBe(201);
    expect((await call(url, "GET /readyz")).status).toBe(200);
  });

  test("a write of which nobody can tell is asked to come again only where it is done once", async () => {
    const add = (headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
      ask("POST /tdata/Parcels('kept')/AddItem", { body: {}, headers });
    wire.cutAtCommit("for good");
    expect(told(await add())).toEqual([504, "OutcomeUnknown", null]);
    wire.mend();
    expect(await itemsOf("kept")).toBe(2);

    const keyed = { "idempotency-key": "add-once" };
    wire.cutAtCommit("for good");
    expect(told(await add(keyed))).toEqual([504, "OutcomeUnknown", "1"]);
    wire.mend();
    expect([(await add(keyed)).status, await itemsOf("kept")]).toEqual([200, 3]);
    expect([(await add(keyed)).status, await itemsOf("kept")]).toEqual([200, 3]);

    const batch = (): Promise<Answer> =>
      ask("POST /tdata/$batch", {
        headers: { "idempotency-key": "batch-once" },
        body: {
          requests: [
            { id: "1", atomicityGroup: "g", method: "POST", url: "Parcels('kept')/AddItem", body: {} },
            { id: "2", atomicityGroup: "g", method: "POST", url: "Parcels('kept')/AddItem", body: {} },
          ],
        },
      });
    wire.cutAtCommit("for good");
    expect((await batch()).text).toContain('"OutcomeUnknown"');
    wire.mend();
    expect([(await batch()).status, await itemsOf("kept")]).toEqual([200, 5]);
  });
});

test("a second server on the same database acts on what the first one keeps, and each sees the other's writes", async () => {
  const store = await openPostgresStore({ url: database, connectionsMax: 2 });
  const other = await serveParcels({ store });
  const otherUrl = await other.app.listen({ host: "127.0.0.1", port: 0 });
  expect((await create("shared")).status).toBe(201);
  const both = [url, otherUrl].flatMap((each) => [each, each, each]);
  // Where the other server is faster three times over, the caller is told so and asks again.
  const add = async (each: string): Promise<number> => {
    const { status } = await call(each, "POST /tdata/Parcels('shared')/AddItem", { key: served.keys.alice, body: {} });
    return status === 409 ? add(each) : status;
  };
  expect(await Promise.all(both.map(add))).toEqual(both.map(() => 200));
  for (const each of [url, otherUrl]) {
    const { body } = await call(each, "GET /tdata/Parcels('shared')", { key: served.keys.alice });
    expect(body).toMatchObject({ Items: 6 });
  }
  await other.close();
});
