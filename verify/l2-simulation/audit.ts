/** What the store holds of an entity, beside its history: the journal, its fold and the projection row are one. */
import type { EntityRef, Store } from "@temperc/runtime";
import type { Fail } from "./commit-oracles.ts";
import { difference, type History } from "./history.ts";

/** Asked after every step that appended, whatever came of it, and of all entities at the end. */
export async function audit(store: Store, history: History, ref: EntityRef, fail: Fail): Promise<void> {
  const { events, values } = history.pastOf(ref);
  const whom = `${ref.entityType} ${ref.entityId}`;
  const stored = await store.events(ref);
  const wrong = events.findIndex(({ eventId }, index) => stored[index]?.eventId !== eventId);
  if (wrong >= 0) fail("acknowledged-durable", `event ${wrong + 1} of ${whom} is no longer in the journal as it was`);
  if (stored.length > events.length) fail("projection", `the journal of ${whom} has an event that was never committed`);
  const row = await store.row(ref);
  const present = values.at(-1);
  if ((row === undefined) !== (present === undefined)) {
    const found = row === undefined ? "no row" : "a row";
    fail("projection", `there is ${found} of ${whom} after ${events.length} events`);
  }
  if (row === undefined || present === undefined) return;
  const differs = difference(row.values, present);
  if (differs !== undefined) fail("projection", `the row of ${whom} and its history differ in ${differs}`);
  if (row.sequence !== events.length) fail("projection", `the row of ${whom} is that of event ${row.sequence}`);
}
