/** A reader that stops reading: it costs one page of memory, loses nothing, and is let go when it takes too long. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ServedParcels, serveParcels } from "../../../test/definitions/served-parcels.ts";
import { SseReader } from "../../../test/definitions/sse.ts";
import { openMemoryStore } from "../../adapters/memory/store.ts";
import type { FeedQuery, Store } from "../../ports/index.ts";

const many = 1_500;
let served: ServedParcels;
let url: string;
let pages = 0;

beforeAll(async () => {
  const inner = openMemoryStore();
  // The real store, with its pages counted.
  const counting: Partial<Store> = {
    feed: (query: FeedQuery) => {
      pages += 1;
      return inner.feed(query);
    },
  };
  const store = new Proxy(inner, {
    get: (target, name) => {
      const part = Reflect.get(counting, name) ?? Reflect.get(target, name);
      return typeof part === "function" ? part.bind(target) : part;
    },
  });
  served = await serveParcels({ store, limits: { streamStallMs: 500, streamPageMax: 100 } });
  url = await served.app.listen({ host: "127.0.0.1", port: 0 });
  const principal = { type: "Customer", id: "alice", tenant: "default", roles: [] };
  const context = { principal, tenant: "default", correlationId: "c" };
  const note = "n".repeat(8_000);
  await Promise.all(
    Array.from({ length: many }, (_, index) =>
      served.service.write(context, {
        entityType: "Parcel",
        entityId: `p${index}`,
        change: { kind: "create", values: { Owner: "alice", Note: note } },
      }),
    ),
  );
});

afterAll(() => served.close());

test("is sent no more than it takes, and everything once it comes back", { timeout: 30_000 }, async () => {
  const headers = { authorization: `Bearer ${served.keys.alice}` };
  const slow = new SseReader(`${url}/tdata/$events?after=start`, headers);
  await slow.until(({ told }) => told.length > 0);
  slow.pause();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  // What kernel and socket buffer is some hundred events; the rest is in the journal still, and the stream is gone.
  expect(pages).toBeLessThan(many / 100);
  slow.resume();
  await slow.until(({ isEnded }) => isEnded);
  expect(slow.told.length).toBeLessThan(many);
  const next = new SseReader(`${url}/tdata/$events`, { ...headers, "last-event-id": slow.told.at(-1)?.id ?? "" });
  await next.until(({ told }) => told.length + slow.told.length === many);
  const keys = [...slow.told, ...next.told].map(({ data }) => data.key);
  expect(new Set(keys).size).toBe(many);
  next.close();
});
