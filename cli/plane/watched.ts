/** What metrics ask a live host for: of its own program and of those of its tenants together. */
import {
  type OutboxCount,
  type OutboxState,
  type Store,
  StoreUnavailable,
  type Vitals,
  type Watched,
} from "@temperc/runtime";
import type { Live, Tenants } from "./tenants.ts";

/** Sums over all programs that are served at the moment; a tenant whose store is away is left out of what its store is asked. */
export function watchedPrograms(tenants: Tenants): Watched {
  return {
    vitals: () => tenants.live.map(({ service }) => service.vitals).reduce(together),
    store: {
      outboxCounts: async () => counted((await ofAll(tenants, (store) => store.outboxCounts())).flat()),
      quarantine: {
        count: async () => sum(await ofAll(tenants, (store) => store.quarantine.count())),
      },
    },
  };
}

function together(one: Vitals, other: Vitals): Vitals {
  return {
    actors: one.actors + other.actors,
    mailboxes: one.mailboxes + other.mailboxes,
    admissions: one.admissions + other.admissions,
    held: one.held + other.held,
    deliveries: one.deliveries + other.deliveries,
  };
}

async function ofAll<T>(tenants: Tenants, ask: (store: Store) => Promise<T>): Promise<readonly T[]> {
  const answers = await Promise.all(tenants.live.map((live) => ofOne(live, tenants.host, ask)));
  return answers.flat();
}

async function ofOne<T>({ store }: Live, host: Live, ask: (store: Store) => Promise<T>): Promise<readonly T[]> {
  try {
    return [await ask(store)];
  } catch (error) {
    if (store === host.store || !(error instanceof StoreUnavailable)) throw error;
    return [];
  }
}

function counted(counts: readonly OutboxCount[]): readonly OutboxCount[] {
  const sums = new Map<OutboxState, number>();
  for (const { state, count } of counts) sums.set(state, (sums.get(state) ?? 0) + count);
  return [...sums].map(([state, count]) => ({ state, count }));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => one + other, 0);
}
