/** What commits change about timers and leave to be delivered, worked out against the slots that are taken. */
import type { EntityCommit, OutboxEntry, TimerChange } from "../../ports/index.ts";
import { type Cell, storable } from "../sql/columns.ts";
import { outboxCells, ownerOf } from "../sql/outbox.ts";
import { turned } from "./arrays.ts";
import { prepared, type Session } from "./connections.ts";
import type { Draft } from "./draft.ts";

const taken = prepared("SELECT owner, slot FROM outbox WHERE owner = ANY($1::text[]) ORDER BY position FOR UPDATE");
const cancel = prepared(`DELETE FROM outbox USING unnest($1::text[], $2::text[]) AS gone (owner, slot)
  WHERE outbox.owner = gone.owner AND outbox.slot = gone.slot`);
const insert = prepared(`INSERT INTO outbox (key, tenant, state, target, owner, slot, ready_at, attempts, note, entry)
  SELECT key, tenant, state, target, owner, slot, ready_at, 0, note, entry
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[])
    WITH ORDINALITY AS entry (key, tenant, state, target, owner, slot, ready_at, note, entry, place) ORDER BY place`);

/** The multi-row insert that puts entries into the outbox. */
export async function putEntries(session: Session, rows: readonly (readonly Cell[])[]): Promise<void> {
  if (rows.length > 0) await session.run(insert, turned(rows));
}

/** Applies the changes to timers, and puts what is to be delivered behind them. */
export async function writeOutbox(session: Session, drafts: readonly Draft[]): Promise<void> {
  const parts = drafts.flatMap(({ commit }) => [commit, ...(commit.also ?? [])]);
  const owners = new Set(parts.filter(({ timers = [] }) => timers.length > 0).map(({ event }) => ownerOf(event)));
  const slots = new Slots(owners.size === 0 ? [] : await session.run(taken, [[...owners]]));
  for (const { commit } of drafts) {
    for (const part of [commit, ...(commit.also ?? [])]) slots.change(part);
    for (const entry of commit.outbox ?? []) slots.put(entry);
  }
  if (slots.cancelled.length > 0) await session.run(cancel, turned(slots.cancelled));
  await putEntries(session, slots.added);
}

interface Armed {
  readonly place: string;
  readonly cells: readonly Cell[];
}

/** The slots of entities as the changes leave them, one after the other. */
class Slots {
  /** Owner and slot of each timer that is in the store. */
  readonly #stored = new Map<string, readonly [string, string]>();
  readonly #cancelled: (readonly [string, string])[] = [];
  #added: Armed[] = [];

  constructor(rows: readonly (readonly Cell[])[]) {
    for (const [owner, slot] of rows)
      this.#stored.set(placeOf(String(owner), String(slot)), [String(owner), String(slot)]);
  }

  get cancelled(): readonly (readonly [string, string])[] {
    return this.#cancelled;
  }

  get added(): readonly (readonly Cell[])[] {
    return this.#added.map(({ cells }) => cells);
  }

  put(entry: OutboxEntry): void {
    this.#added.push({ place: "", cells: outboxCells(entry) });
  }

  change({ event, timers = [] }: EntityCommit): void {
    const owner = ownerOf(event);
    for (const change of timers) {
      if (change.kind === "cancel-all") this.#cancelAll(owner);
      else this.#changeSlot(owner, change);
    }
  }

  #changeSlot(owner: string, change: Exclude<TimerChange, { readonly kind: "cancel-all" }>): void {
    const slot = storable(change.slot);
    const place = placeOf(owner, slot);
    if (change.kind === "arm-once" && this.#isTaken(place)) return;
    const wasTaken = this.#free(place);
    if (change.kind === "cancel" || (change.kind === "replace" && !wasTaken)) return;
    const isDead = change.entry.undeliverable !== undefined;
    this.#added.push({ place: isDead ? "" : place, cells: outboxCells(change.entry, { owner, slot }) });
  }

  #isTaken(place: string): boolean {
    return this.#stored.has(place) || this.#added.some((armed) => armed.place === place);
  }

  /** True where something was in the slot. */
  #free(place: string): boolean {
    const stored = this.#stored.get(place);
    if (stored !== undefined) this.#cancelled.push(stored);
    const kept = this.#added.filter((armed) => armed.place !== place);
    const wasAdded = kept.length < this.#added.length;
    this.#added = kept;
    return this.#stored.delete(place) || wasAdded;
  }

  #cancelAll(owner: string): void {
    for (const [place, [its]] of [...this.#stored]) if (its === owner) this.#free(place);
    this.#added = this.#added.filter(({ place }) => place === "" || !place.startsWith(`${owner}\0`));
  }
}

function placeOf(owner: string, slot: string): string {
  return `${owner}\0${slot}`;
}
