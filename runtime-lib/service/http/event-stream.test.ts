/** The stream of events over real sockets: what is told, to whom, since when, and how a stream ends. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type ServedParcels, serveParcels } from "../../../test/definitions/served-parcels.ts";
import { SseReader } from "../../../test/definitions/sse.ts";
import { openMemoryStore } from "../../adapters/memory/store.ts";
import type { Store } from "../../ports/index.ts";
import { revokeApiKey } from "../api-keys.ts";

let served: ServedParcels;
let url: string;
let store: Store;
let readers: SseReader[] = [];

beforeAll(async () => {
  store = openMemoryStore();
  const limits = { eventStreamsPerPrincipalMax: 3, streamHeartbeatMs: 50, streamBatchMs: 1, streamPageMax: 3 };
  served = await serveParcels({ store, limits });
  url = await served.app.listen({ host: "127.0.0.1", port: 0 });
});

afterEach(async () => {
  for (const reader of readers) reader.close();
  readers = [];
  // The service sees at its own time that they are gone.
  await new Promise((resolve) => setTimeout(resolve, 50));
});

afterAll(() => served.close());

function open(key: string, query = "", headers: Record<string, string> = {}): SseReader {
  const reader = new SseReader(`${url}/tdata/$events${query}`, { authorization: `Bearer ${key}`, ...headers });
  readers.push(reader);
  return reader;
}

/** Open, and at its first line. */
async function opened(key: string, query = "", headers: Record<string, string> = {}): Promise<SseReader> {
  const reader = open(key, query, headers);
  await reader.until(({ body }) => body !== "");
  return reader;
}

async function post(path: string, payload: object = {}, key = served.keys.admin, method = "POST") {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const reply = await fetch(`${url}/tdata/${path}`, {
    method,
    headers,
    ...(method !== "DELETE" && { body: JSON.stringify(payload) }),
  });
  expect(reply.status, await reply.text()).toBeLessThan(300);
}

const { alice, bob } = { alice: "alice", bob: "bob" };

function actions(reader: SseReader): readonly string[] {
  return reader.told.map(({ data }) => `${data.action} ${data.key}`);
}

describe("a stream", () => {
  test("tells what happens from now on, as OData names it", async () => {
    await post("Parcels", { Id: "before", Owner: alice }, served.keys.alice);
    const reader = await opened(served.keys.alice);
    expect(reader.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
    await post("Parcels", { Id: "a1", Owner: alice }, served.keys.alice);
    await post("Parcels/a1/AddItem", {}, served.keys.alice);
    await reader.until(({ told }) => told.length === 2);
    expect(reader.told[1]?.data).toMatchObject({
      set: "Parcels",
      key: "a1",
      "@odata.id": `${url}/tdata/Parcels('a1')`.replaceAll("'", "'"),
      sequence: 2,
      kind: "action",
      action: "AddItem",
      from: "Open",
      to: "Open",
      changes: { Items: 1 },
      revision: "revision-1",
    });
    expect(Object.keys(reader.told[1]?.data ?? {})).not.toContain("principal");
  });

  test("goes on where the reader was, without gap or repetition", async () => {
    const first = await opened(served.keys.alice);
    for (const id of ["b1", "b2", "b3", "b4", "b5"]) await post("Parcels", { Id: id, Owner: alice }, served.keys.alice);
    await first.until(({ told }) => told.length === 5);
    const third = first.told[2]?.id ?? "";
    first.close();
    await post("Parcels/b1/AddItem", {}, served.keys.alice);
    const next = await opened(served.keys.alice, "", { "last-event-id": third });
    await next.until(({ told }) => told.length === 3);
    expect(actions(next)).toEqual(["created b4", "created b5", "AddItem b1"]);
    const again = await opened(served.keys.alice, `?after=${third}`);
    await again.until(({ told }) => told.length === 3);
    expect(actions(again)).toEqual(actions(next));
  });

  test("tells each reader what it may read, as it was then and as it is now", async () => {
    await post("Parcels", { Id: "c1", Owner: alice }, served.keys.alice);
    await post("Parcels", { Id: "c2", Owner: bob }, served.keys.bob);
    await post("Parcels", { Id: "c3", Owner: alice }, served.keys.alice);
    await post("Parcels", { Id: "c4", Owner: alice }, served.keys.alice);
    await post("Parcels/c4", {}, served.keys.alice, "DELETE");
    const of = async (key: string) => {
      const reader = await opened(key, "?after=start&set=Parcels");
      await post("Parcels", { Id: `end-${readers.length}`, Owner: key === served.keys.bob ? bob : alice }, key);
      await reader.until(({ told }) => told.some(({ data }) => data.key === `end-${readers.length}`));
      return actions(reader).filter((text) => / c\d/.test(text));
    };
    expect(await of(served.keys.alice)).toEqual(["created c1", "created c3", "created c4", "deleted c4"]);
    expect(await of(served.keys.bob)).toEqual(["created c2"]);
  });

  test("is narrowed to a set, an entity and actions", async () => {
    const narrow = await opened(served.keys.alice, "?set=Parcels&entity=d1&action=AddItem,deleted");
    for (const id of ["d1", "d2"]) await post("Parcels", { Id: id, Owner: alice }, served.keys.alice);
    for (const id of ["d2", "d1"]) await post(`Parcels/${id}/AddItem`, {}, served.keys.alice);
    await post("Parcels/d1", {}, served.keys.alice, "DELETE");
    await narrow.until(({ told }) => told.length === 2);
    expect(actions(narrow)).toEqual(["AddItem d1", "deleted d1"]);
  });

  test.each([
    ["?after=nowhere", 400, "Last-Event-ID"],
    ["?after=999999", 400, "Last-Event-ID"],
    ["?set=Nothing", 404, "set"],
    ["?entity=p", 400, "entity"],
    ["?action=", 400, "action"],
    ["?filter=x", 400, "filter"],
    ["?set=Parcels&set=Depots", 400, "set"],
  ])("%s is refused with %i for %s", async (query, status, target) => {
    const reader = open(served.keys.alice, query);
    await reader.until(({ isEnded }) => isEnded);
    expect([reader.status, JSON.parse(reader.body).error.target]).toEqual([status, target]);
  });

  test("shows that it is alive, and where it stands in what is not for its reader", async () => {
    const reader = await opened(served.keys.bob);
    const before = reader.lastId;
    await post("Parcels", { Id: "e1", Owner: alice }, served.keys.alice);
    await reader.until(({ comments, lastId }) => comments > 0 && lastId !== before);
    expect(reader.told).toEqual([]);
  });

  test("ends when its key is revoked", async () => {
    const key = await served.key({ type: "Customer", id: "carol" });
    const reader = await opened(key);
    const record = (await store.apiKeys()).find(({ principalId }) => principalId === "carol");
    await revokeApiKey(store, record?.id ?? "");
    await reader.until(({ isEnded }) => isEnded);
    expect(reader.told).toMatchObject([{ name: "end", data: { reason: "the credential is not good any more" } }]);
  });

  test("is one of so many for each caller; the next one is told to wait", async () => {
    const key = await served.key({ type: "Customer", id: "dave" });
    for (let index = 0; index < 3; index += 1) await opened(key);
    const fourth = open(key);
    await fourth.until(({ isEnded }) => isEnded);
    expect([fourth.status, fourth.headers["retry-after"]]).toEqual([503, "5"]);
    await opened(served.keys.alice);
  });

  test("needs a credential", async () => {
    expect((await fetch(`${url}/tdata/$events`)).status).toBe(401);
  });
});

test("a closing service ends its streams, and each reader can come back with its last id", async () => {
  const other = await serveParcels();
  const address = await other.app.listen({ host: "127.0.0.1", port: 0 });
  const reader = new SseReader(`${address}/tdata/$events`, { authorization: `Bearer ${other.keys.alice}` });
  await reader.until(({ body }) => body !== "");
  await other.close();
  await reader.until(({ isEnded }) => isEnded);
  expect(reader.told).toMatchObject([{ name: "end", data: { reason: "the service is closing" } }]);
});
