/** Which entities of a type were changed behind a position of the journal, and what they were before: what delta links ask. */
import { BrokenHistory, fitValues, fold, type Values } from "../../kernel/index.ts";
import type { FeedPosition } from "../../ports/index.ts";
import type { Before, CallContext, Changes, ChangesQuery, Failed, Following, Touched, TouchedOf } from "../call.ts";
import { failed } from "../failures.ts";
import { mayRead, type Standing } from "../reading.ts";
import { Readings } from "../readings.ts";
import { stop } from "../stopped.ts";

/** Events that one question to the store looks at. */
const pageMax = 1_000;

/** The same of whichever revision serves the request. */
export function servedFollowing(
  serving: <T>(request: (calls: { readonly following: Following }) => Promise<T | Failed>) => Promise<T | Failed>,
): Following {
  return {
    end: () => serving(({ following }) => following.end()),
    changes: (context, asked) => serving(({ following }) => following.changes(context, asked)),
    before: (context, asked) => serving(({ following }) => following.before(context, asked)),
  };
}

/** `InvalidParameter` where the position is none of this journal. Nothing is said of who may read: the ids are for questions that ask. */
export async function changesBehind(
  { world }: Standing,
  { tenant }: CallContext,
  { entityType, after, max }: ChangesQuery,
): Promise<Changes | Failed> {
  const firsts = new Map<string, number>();
  let through: FeedPosition = after;
  for (let looked = 0; looked < max; looked += pageMax) {
    const page = await world.store.feed({ tenant, after: through, max: Math.min(pageMax, max - looked) });
    if (page === undefined) {
      const message = `${JSON.stringify(after)} is no position of this journal`;
      return failed("InvalidParameter", message, { target: "$deltatoken" });
    }
    for (const stopped of page.unreadable) await stop(world, stopped);
    for (const { event } of page.events) {
      const isFirst = event.entityType === entityType && !firsts.has(event.entityId);
      if (isFirst) firsts.set(event.entityId, event.sequence);
    }
    if (page.through === through) return { kind: "changes", touched: touchedBy(firsts), through, isLast: true };
    through = page.through;
  }
  return { kind: "changes", touched: touchedBy(firsts), through, isLast: false };
}

function touchedBy(firsts: ReadonlyMap<string, number>): readonly Touched[] {
  return [...firsts].map(([entityId, sequence]) => ({ entityId, sequence }));
}

const none: Before = { kind: "none" };

/** The values that the caller might have read before that event; none where there were none, or none for this caller. */
export async function valuesBefore(
  standing: Standing,
  context: CallContext,
  { entityType, entityId, sequence }: TouchedOf,
): Promise<Before> {
  const { world, revision } = standing;
  const type = revision.type(entityType);
  if (type === undefined || sequence <= 1) return none;
  const events = await world.store.events({ tenant: context.tenant, entityType, entityId });
  const values = valuesIn(events.filter((event) => event.sequence < sequence));
  if (values === undefined) return none;
  const fitted = fitValues(type.descriptor, values);
  const readings = new Readings(world.store, revision, context.tenant);
  const isReadable = await mayRead({ ...standing, readings }, context, type, { id: entityId, values: fitted });
  return isReadable ? { kind: "values", values: fitted } : none;
}

/** An entity whose history cannot be read is told of no more. */
function valuesIn(events: Parameters<typeof fold>[0]): Values | undefined {
  try {
    return fold(events).values;
  } catch (error) {
    if (error instanceof BrokenHistory) return undefined;
    throw error;
  }
}
