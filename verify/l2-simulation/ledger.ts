/** What commits have asked for, delivery by delivery: each takes effect once, in its order, not too early, and is never lost. */
import type { Commit, Leased, LeaseRequest, OutboxEntry, Settlement, Store } from "@temperc/runtime";
import type { Life, Schedule } from "../simulated/schedule.ts";
import type { Fail } from "./commit-oracles.ts";

interface Owed {
  readonly entry: OutboxEntry;
  /** Where it stands in the order of what is to be done for its target; null for timers and what has no target. */
  readonly place: number | null;
  /** Who asked for it. */
  readonly life: Life;
  end?: "effect" | Settlement["kind"] | "withdrawn";
}

export class Ledger {
  readonly #schedule: Schedule;
  readonly #fail: Fail;
  readonly #owed = new Map<string, Owed>();
  /** The timer in each slot of each entity, by its key. */
  readonly #slots = new Map<string, string>();
  readonly #reached = new Set<string>();
  readonly #begun = new Set<string>();
  readonly counts = { deliveries: 0, timers: 0, timersAfterRestart: 0, calls: 0 };
  #places = 0;

  constructor(schedule: Schedule, fail: Fail) {
    this.#schedule = schedule;
    this.#fail = fail;
  }

  committed(commit: Commit, life: Life): void {
    if (commit.delivers !== undefined) this.#conclude(commit.delivers, life);
    for (const part of [commit, ...(commit.also ?? [])]) this.#changeTimers(part, life);
    for (const entry of commit.outbox ?? []) this.#put(entry, this.#nextPlace(), life);
  }

  #nextPlace(): number {
    this.#places += 1;
    return this.#places;
  }

  #put(entry: OutboxEntry, place: number | null, life: Life): void {
    const owed: Owed = { entry, place: targetOf(entry) === null ? null : place, life };
    this.#owed.set(entry.key, entry.undeliverable === undefined ? owed : { ...owed, end: "dead" });
  }

  #conclude({ key, next }: NonNullable<Commit["delivers"]>, life: Life): void {
    const owed = this.#owed.get(key);
    if (owed === undefined) {
      this.#fail("effect-once", `the delivery ${key} took effect, and nobody asked for it`);
      return;
    }
    if (owed.end !== undefined)
      this.#fail("effect-once", `${nameOf(owed)} took effect, and was ${ends[owed.end]} before`);
    this.#checkOrder(owed);
    owed.end = "effect";
    this.counts.deliveries += 1;
    if (owed.place === null) {
      this.counts.timers += 1;
      if (!owed.life.isAlive) this.counts.timersAfterRestart += 1;
    }
    if (next !== undefined) this.#put(next, owed.place, life);
  }

  #checkOrder({ entry, place }: Owed): void {
    if (place === null) return;
    const target = targetOf(entry);
    for (const earlier of this.#owed.values()) {
      if (earlier.end !== undefined || earlier.place === null || earlier.place >= place) continue;
      if (targetOf(earlier.entry) !== target) continue;
      this.#fail("order", `${entry.key} took effect before ${nameOf(earlier)}, which was asked for earlier`);
      return;
    }
  }

  #changeTimers({ event, timers = [] }: Pick<Commit, "event" | "timers">, life: Life): void {
    const owner = JSON.stringify([event.tenant, event.entityType, event.entityId]);
    for (const change of timers) {
      if (change.kind === "cancel-all") {
        for (const slot of [...this.#slots.keys()]) if (slot.startsWith(owner)) this.#withdraw(slot);
        continue;
      }
      const slot = `${owner} ${change.slot}`;
      const isTaken = this.#isTaken(slot);
      if (change.kind === "arm-once" && isTaken) continue;
      this.#withdraw(slot);
      if (change.kind === "cancel" || (change.kind === "replace" && !isTaken)) continue;
      this.#slots.set(slot, change.entry.key);
      this.#put(change.entry, null, life);
    }
  }

  #isTaken(slot: string): boolean {
    const owed = this.#owed.get(this.#slots.get(slot) ?? "");
    return owed !== undefined && owed.end === undefined;
  }

  #withdraw(slot: string): void {
    const owed = this.#owed.get(this.#slots.get(slot) ?? "");
    if (owed !== undefined) owed.end ??= "withdrawn";
    this.#slots.delete(slot);
  }

  /** What has been tried before is tried again by whatever clock that process has. */
  leased({ now }: LeaseRequest, leased: readonly Leased[], { name }: Life): void {
    const early = leased.find(({ entry }) => entry.dueAt > now && !this.#begun.has(entry.key));
    for (const { entry } of leased) this.#begun.add(entry.key);
    if (early !== undefined) this.#fail("not-early", `${name} was given ${early.entry.key} before it was due`);
  }

  settled(key: string, settlement: Settlement, life: Life): void {
    const owed = this.#owed.get(key);
    if (owed === undefined) return;
    if (settlement.kind === "advanced") {
      this.#owed.set(key, { ...owed, entry: settlement.entry });
      return;
    }
    if (settlement.kind === "retry" || settlement.kind === "released") return;
    const { deed } = owed.entry;
    const mayDrop = deed.kind === "watch" || ("dropOk" in deed && deed.dropOk);
    if (settlement.kind === "dropped" && !mayDrop)
      this.#fail("delivered", `${nameOf(owed)} was dropped without a word`);
    owed.end ??= settlement.kind;
    if (settlement.kind !== "done") return;
    const isClaimed = deed.kind === "webhook" && settlement.result.startsWith("HTTP 2");
    if (isClaimed && !this.#reached.has(key))
      this.#fail("outgoing", `${nameOf(owed)} is called done, and never arrived`);
    if (settlement.next !== undefined) this.#put(settlement.next, this.#nextPlace(), life);
  }

  /** When the first timer that still waits is due, in virtual milliseconds since the epoch; undefined where none does. */
  get nextTimer(): number | undefined {
    const waiting = [...this.#owed.values()].filter(
      ({ entry, place, end }) => end === undefined && place === null && entry.dueAt > this.#schedule.now,
    );
    return waiting.length === 0 ? undefined : Math.min(...waiting.map(({ entry }) => entry.dueAt));
  }

  /** A request goes out: a commit that is durable has asked for it. */
  called(key: string): void {
    this.counts.calls += 1;
    if (!this.#owed.has(key))
      this.#fail("outgoing", `${key} was sent to a partner, and no durable commit asked for it`);
  }

  reached(key: string): void {
    this.#reached.add(key);
  }

  /** At the end: whatever has not ended is still in the store. */
  async audit(store: Store, tenant: string): Promise<void> {
    const there = new Set<string>();
    for (const state of ["queued", "timer", "dead", "done"] as const) {
      const records = await store.outbox({ tenant, state, top: 100_000, skip: 0 });
      for (const { entry } of records) there.add(entry.key);
    }
    const lost = [...this.#owed.values()].find(({ entry, end }) => end === undefined && !there.has(entry.key));
    if (lost !== undefined) this.#fail("delivered", `${nameOf(lost)} has vanished from the outbox`);
    const risen = [...this.#owed.values()].find(({ entry, end }) => end === "effect" && there.has(entry.key));
    if (risen !== undefined) this.#fail("effect-once", `${nameOf(risen)} has taken effect, and is to be done again`);
  }

  /** An entry that was due a while ago, if there is one. */
  async overdue(store: Store, tenant: string, sinceMs: number): Promise<string | undefined> {
    for (const state of ["queued", "timer"] as const) {
      const records = await store.outbox({ tenant, state, top: 1_000, skip: 0 });
      const late = records.find(({ entry }) => entry.dueAt < this.#schedule.now - sinceMs);
      if (late !== undefined) return late.entry.key;
    }
    return undefined;
  }
}

const ends: Readonly<Record<NonNullable<Owed["end"]>, string>> = {
  effect: "done already",
  done: "done already",
  dead: "given up",
  dropped: "dropped",
  withdrawn: "withdrawn",
  advanced: "replaced",
  retry: "put off",
  released: "given back",
};

/** What keeps its order: told here by itself, so that the runtime's own answer is one of those under test. */
function targetOf({ tenant, deed }: OutboxEntry): string | null {
  return deed.kind === "action" || deed.kind === "create"
    ? JSON.stringify([tenant, deed.entityType, deed.entityId])
    : null;
}

function nameOf({ entry }: Owed): string {
  return `${entry.origin.name} of ${entry.origin.entityType} ${entry.origin.entityId} (${entry.key})`;
}
