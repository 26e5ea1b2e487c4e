/** What actors cost in memory, and how fast histories are folded: `node --expose-gc life-process.mjs FOLDER` prints both as JSON. */
import { join } from "node:path";
import { cedarAuthorizer, fold, openLibsqlStore, Service, systemClock, uuidv7Ids } from "@temperc/runtime";
import { loadExample } from "../load-example.mjs";
import { eventOf } from "./journal-event.mjs";
import { orderOf } from "./order.mjs";

const entities = 20_000;
const [histories, eventsEach, rounds] = [200, 1_000, 3];
const definition = await loadExample("ecommerce");
const [, , folder] = process.argv;
const principal = { type: "Customer", id: "bench", tenant: "default", roles: [] };

const liveBytes = await bytesAnEntity("live.db", { residentsMax: 2 * entities });
const passivatedBytes = await bytesAnEntity("passivated.db", { residentsMax: 1 });
console.log(JSON.stringify({ entities, liveBytes, passivatedBytes, replayPerSecond: await replay() }));

/** The heap that as many entities more have taken, by entity; as many before them, so that all else is warm. */
async function bytesAnEntity(file, limits) {
  const store = await openLibsqlStore({ path: join(folder, file) });
  const world = { store, authorizer: cedarAuthorizer, clock: systemClock, ids: uuidv7Ids, limits };
  const service = await Service.open(definition, "bench", world);
  const before = await heapAfter(service, 0);
  const after = await heapAfter(service, entities);
  await service.close();
  await store.close();
  return (after - before) / entities;
}

async function heapAfter(service, from) {
  for (let n = from; n < from + entities; n++) {
    const change = { kind: "create", values: { Id: `o-${n}`, CustomerId: principal.id } };
    const context = { principal, tenant: principal.tenant, correlationId: "bench" };
    const written = await service.write(context, { entityType: "Order", entityId: `o-${n}`, change });
    if (written.kind !== "written") throw new Error(written.message);
  }
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

/** Events a second from the database to the values of entities with long histories. */
async function replay() {
  const store = await openLibsqlStore({ path: join(folder, "replay.db"), batchMax: eventsEach });
  await store.prepare(definition.entityTypes);
  const rows = Array.from({ length: histories }, (_, n) => orderOf({ Id: `o-${n}` }));
  for (const row of rows) await Promise.all(history(row).map((commit) => store.append(commit)));
  const perSecond = [];
  for (let round = 0; round <= rounds; round++) {
    const startedAt = performance.now();
    for (const { Id } of rows) {
      const { sequence } = fold(await store.events({ tenant: "default", entityType: "Order", entityId: Id }));
      if (sequence !== eventsEach) throw new Error(`${sequence} of ${eventsEach} events have been folded`);
    }
    perSecond.push((histories * eventsEach) / ((performance.now() - startedAt) / 1000));
  }
  await store.close();
  return perSecond.slice(1);
}

/** A creation and then the address, set again and again. */
function history(row) {
  const set = {
    kind: "action",
    action: "SetAddress",
    params: { AddressId: "a-1" },
    from: "Draft",
    delta: { HasAddress: true },
  };
  return Array.from({ length: eventsEach }, (_, index) => {
    const event = index === 0 ? eventOf(row) : eventOf(row, { ...set, sequence: index + 1 });
    return { event, row };
  });
}
