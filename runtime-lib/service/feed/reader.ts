/** Reads the journal for one caller: the events that it asked for and may read, page by page. */
import { type Around, BrokenHistory, type Folded, fitValues, fold, foldFact, type Values } from "../../kernel/index.ts";
import type { EntityRef, FeedEvent, FeedPosition, JournalEvent } from "../../ports/index.ts";
import type { CallContext, EventFilter, EventPage, EventPages, Failed } from "../call.ts";
import { failed } from "../failures.ts";
import { hiddenAround, mayRead } from "../reading.ts";
import { Readings } from "../readings.ts";
import type { Revision } from "../revision.ts";
import { EntityStopped, stop } from "../stopped.ts";
import type { World } from "../world.ts";

/** Entities whose values a reader remembers, so that a history is not folded anew for each of its events. */
const rememberedMax = 1_000;

interface Reading {
  readonly world: World;
  /** The live one, asked for at every page. */
  readonly revision: () => Revision;
  readonly context: CallContext;
  readonly filter: EventFilter;
}

export class EventReader implements EventPages {
  readonly #reading: Reading;
  /** By entity, in order of use. */
  readonly #remembered = new Map<string, Folded>();

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  /** The page behind a position. `InvalidParameter` where it is no position of this journal, `StoreUnavailable` where it cannot be read. */
  async next(after: FeedPosition, max: number): Promise<EventPage | Failed> {
    const { world, context } = this.#reading;
    const page = await world.store.feed({ tenant: context.tenant, after, max });
    if (page === undefined) {
      return failed("InvalidParameter", `${JSON.stringify(after)} is no position of this journal`, {
        target: "Last-Event-ID",
      });
    }
    for (const stopped of page.unreadable) await stop(world, stopped);
    const events: FeedEvent[] = [];
    for (const each of page.events) if (await this.#isReadable(each.event)) events.push(each);
    return { kind: "events", events, through: page.through };
  }

  /** An entity that is stopped is told of no more, and keeps nobody from what others do. */
  async #isReadable(event: JournalEvent): Promise<boolean> {
    try {
      return await this.#isShown(event);
    } catch (error) {
      if (!(error instanceof BrokenHistory || error instanceof EntityStopped)) throw error;
      return false;
    }
  }

  /**
   * Both as the entity was then and, where it is still there, as it is now: nobody learns what was never theirs to read,
   * nor goes on reading what is theirs no longer. What is contained is read by whoever may read what is around it, as by its URL.
   */
  async #isShown(event: JournalEvent): Promise<boolean> {
    if (!this.#isWanted(event) || !(await this.#mayReach(event))) return false;
    const row = await this.#reading.world.store.row(event);
    if (row?.sequence === event.sequence) return this.#mayRead(event, row.values);
    const then = await this.#valuesThen(event);
    if (then === undefined || !(await this.#mayRead(event, then))) return false;
    return row === undefined || this.#mayRead(event, row.values);
  }

  #isWanted({ entityType, entityId, action }: JournalEvent): boolean {
    const { filter, revision } = this.#reading;
    if (revision().type(entityType) === undefined) return false;
    if (filter.entityType !== undefined && filter.entityType !== entityType) return false;
    if (filter.entityId !== undefined && filter.entityId !== entityId) return false;
    return filter.actions === undefined || filter.actions.has(action);
  }

  /** Whether the caller may read what is around the entity, as it is, or as it was at last. */
  async #mayReach({ tenant, entityType, entityId }: EntityRef): Promise<boolean> {
    const { world, revision, context } = this.#reading;
    const live = revision();
    const readings = new Readings(world.store, live, context.tenant);
    const valuesOf = async ({ parent, id }: Around): Promise<Values | undefined> => {
      const ref = { tenant, entityType: parent, entityId: id };
      const values = (await world.store.row(ref))?.values ?? (await this.#lastValues(ref));
      const type = live.type(parent);
      return values && type && fitValues(type.descriptor, values);
    };
    const standing = { world, revision: live, readings };
    return (await hiddenAround(standing, context, { entityType, entityId }, valuesOf)) === undefined;
  }

  async #lastValues(ref: EntityRef): Promise<Values | undefined> {
    const [last] = await this.#reading.world.store.events(ref, 1);
    return last && this.#valuesThen(last);
  }

  async #mayRead({ entityType, entityId }: EntityRef, values: Values): Promise<boolean> {
    const { world, revision, context } = this.#reading;
    const type = revision().type(entityType);
    if (type === undefined) return false;
    const fitted = fitValues(type.descriptor, values);
    const readings = new Readings(world.store, revision(), context.tenant);
    return mayRead({ world, revision: revision(), readings }, context, type, { id: entityId, values: fitted });
  }

  /** After the event; for a deletion, before it. */
  async #valuesThen(event: JournalEvent): Promise<Values | undefined> {
    const before = await this.#before(event);
    const after = foldFact(before, event);
    this.#remember(event, after);
    return event.kind === "deleted" ? before.values : after.values;
  }

  async #before(event: JournalEvent): Promise<Folded> {
    const known = this.#remembered.get(keyOf(event));
    if (known?.sequence === event.sequence - 1) return known;
    const events = await this.#reading.world.store.events(event);
    return fold(events.filter(({ sequence }) => sequence < event.sequence));
  }

  #remember(event: JournalEvent, folded: Folded): void {
    const key = keyOf(event);
    this.#remembered.delete(key);
    this.#remembered.set(key, folded);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > rememberedMax && oldest !== undefined) this.#remembered.delete(oldest);
  }
}

function keyOf({ entityType, entityId }: JournalEvent): string {
  return `${entityType}\0${entityId}`;
}
