/** The outbox in memory: the same promises as a table's, kept by a list in order. */
import {
  type Delivery,
  type EntityCommit,
  type EntityRef,
  type Leased,
  type LeaseRequest,
  type OutboxCount,
  type OutboxEntry,
  type OutboxQuery,
  type OutboxRecord,
  type OutboxState,
  orderingTarget,
  type Settlement,
} from "../../ports/index.ts";
import { type LeaseAhead, LeasesAhead } from "../leases-ahead.ts";

interface Held {
  entry: OutboxEntry;
  state: OutboxState;
  readonly target: string | null;
  /** The entity and the slot of a timer. */
  slot: string | null;
  /** Null where it is under way, dead or done. */
  readyAt: number | null;
  lease: (LeaseAhead & { readonly until: number }) | null;
  keptUntil: number | null;
  attempts: number;
  note: string | null;
}

export class MemoryOutbox {
  readonly #leasesAhead = new LeasesAhead();
  #held: Held[] = [];

  /** True where the tenant has `max` queued entries already. */
  isFull(tenant: string, max: number): boolean {
    return this.#held.filter(({ entry, state }) => entry.tenant === tenant && state === "queued").length >= max;
  }

  isLeased({ key, token }: Delivery): boolean {
    return this.#leased(key, token) !== undefined;
  }

  /** The delivery is over; what is next takes its place. */
  conclude({ key, token, next }: Delivery): void {
    const index = this.#held.findIndex(({ entry, lease }) => entry.key === key && lease?.token === token);
    this.#held.splice(index, 1, ...(next === undefined ? [] : [heldOf(next, "queued", null)]));
  }

  put(entry: OutboxEntry): void {
    this.#held.push(heldOf(entry, "queued", null));
  }

  /** Applies what the commit changes about the timers of its entity. */
  changeTimers({ event, timers = [] }: EntityCommit): void {
    for (const change of timers) {
      const isInPlace = ({ slot }: Held): boolean =>
        slot !== null &&
        (change.kind === "cancel-all" ? slot.startsWith(ownerOf(event)) : slot === slotOf(event, change.slot));
      const isTaken = this.#held.some(isInPlace);
      if (change.kind === "arm-once" && isTaken) continue;
      this.#held = this.#held.filter((held) => !isInPlace(held));
      if (change.kind === "cancel" || change.kind === "cancel-all" || (change.kind === "replace" && !isTaken)) continue;
      this.#held.push(heldOf(change.entry, "timer", slotOf(event, change.slot)));
    }
  }

  lease(request: LeaseRequest): readonly Leased[] {
    const { now, until, token, max } = request;
    if (this.#leasesAhead.isDue(request)) this.#giveBack(request);
    this.#held = this.#held.filter(({ keptUntil }) => keptUntil === null || keptUntil > now);
    for (const held of this.#held) {
      if (held.lease === null || held.lease.until > now) continue;
      held.readyAt = held.lease.until;
      held.lease = null;
    }
    const ready = this.#ready(now).slice(0, max);
    for (const held of ready) {
      held.readyAt = null;
      held.lease = { token, until, lastsMs: until - now };
      held.attempts += 1;
    }
    return ready.map(({ entry, attempts }) => ({ entry, attempts }));
  }

  #giveBack(request: LeaseRequest): void {
    const ahead = this.#held.flatMap(({ lease }) =>
      lease !== null && lease.until - lease.lastsMs > request.now ? [lease] : [],
    );
    const over = this.#leasesAhead.over(ahead, request);
    for (const held of this.#held) {
      if (held.lease === null || !over.includes(held.lease.token)) continue;
      held.readyAt = request.now;
      held.lease = null;
    }
  }

  #ready(now: number): readonly Held[] {
    const waitedFor = new Set<string>();
    return this.#held.filter(({ state, target, readyAt }) => {
      const isReady = readyAt !== null && readyAt <= now;
      if (state !== "queued" || target === null) return isReady;
      if (!isReady) waitedFor.add(target);
      return isReady && !waitedFor.has(target);
    });
  }

  settle(key: string, token: string, settlement: Settlement): boolean {
    const held = this.#leased(key, token);
    if (held === undefined) return false;
    held.lease = null;
    this.#end(held, settlement);
    return true;
  }

  #end(held: Held, settlement: Settlement): void {
    switch (settlement.kind) {
      case "dropped":
        this.#held.splice(this.#held.indexOf(held), 1);
        return;
      case "done":
        Object.assign(held, { state: "done", slot: null, keptUntil: settlement.keptUntil, note: settlement.result });
        if (settlement.next !== undefined) this.put(settlement.next);
        return;
      case "retry":
        Object.assign(held, { readyAt: settlement.dueAt, note: settlement.reason });
        return;
      case "released":
        Object.assign(held, { readyAt: 0, attempts: held.attempts - 1 });
        return;
      case "advanced": {
        const { entry } = settlement;
        Object.assign(held, { entry, readyAt: entry.dueAt, attempts: 0, note: null });
        return;
      }
      case "dead":
        Object.assign(held, { state: "dead", slot: null, note: settlement.reason });
        return;
    }
  }

  nextDue(now: number): number | undefined {
    const times = this.#held.flatMap(({ readyAt, lease }) => {
      if (lease !== null) return [lease.until];
      return readyAt !== null && readyAt > now ? [readyAt] : [];
    });
    return times.length === 0 ? undefined : Math.min(...times);
  }

  counts(): readonly OutboxCount[] {
    const states = new Set(this.#held.map(({ state }) => state));
    return [...states].map((state) => ({ state, count: this.#held.filter((held) => held.state === state).length }));
  }

  list({ tenant, state, top, skip }: OutboxQuery): readonly OutboxRecord[] {
    return this.#held
      .filter((held) => held.entry.tenant === tenant && held.state === state)
      .slice(skip, skip + top)
      .map(({ entry, attempts, note, readyAt }) => ({ entry, state, attempts, note, dueAt: readyAt }));
  }

  retryDead(tenant: string, key: string, dueAt: number): boolean {
    const held = this.#dead(tenant, key);
    if (held !== undefined) Object.assign(held, { state: "queued", attempts: 0, readyAt: dueAt });
    return held !== undefined;
  }

  dropDead(tenant: string, key: string): boolean {
    const held = this.#dead(tenant, key);
    if (held !== undefined) this.#held.splice(this.#held.indexOf(held), 1);
    return held !== undefined;
  }

  #leased(key: string, token: string): Held | undefined {
    return this.#held.find(({ entry, lease }) => entry.key === key && lease?.token === token);
  }

  #dead(tenant: string, key: string): Held | undefined {
    return this.#held.find(({ entry, state }) => state === "dead" && entry.tenant === tenant && entry.key === key);
  }
}

function heldOf(entry: OutboxEntry, state: OutboxState, slot: string | null): Held {
  const { undeliverable } = entry;
  const fresh = { entry, target: orderingTarget(entry), lease: null, keptUntil: null, attempts: 0 };
  if (undeliverable !== undefined) return { ...fresh, state: "dead", slot: null, readyAt: null, note: undeliverable };
  return { ...fresh, state, slot, readyAt: entry.dueAt, note: null };
}

/** JSON of the parts, so that one entity's slots begin as no other's do. */
function ownerOf({ tenant, entityType, entityId }: EntityRef): string {
  return `${JSON.stringify([tenant, entityType, entityId])} `;
}

function slotOf(ref: EntityRef, slot: string): string {
  return `${ownerOf(ref)}${slot}`;
}
