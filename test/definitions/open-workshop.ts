/** A workshop's service on a store that stays when the service is gone: for tests of what happens after a commit. */

import type { CallContext, Failed, Store, Write, Written } from "@temperc/runtime";
import {
  cedarAuthorizer,
  type HttpSender,
  type Limits,
  openLibsqlStore,
  type Random,
  type Secrets,
  Service,
} from "@temperc/runtime";
import type { ServiceDefinition, Value, Values } from "@temperc/runtime/kernel";
import { SimulatedClock } from "./simulated-clock.ts";

export const startOfTime = Date.parse("2026-01-01T00:00:00Z");

export const alice: CallContext = {
  principal: { type: "Customer", id: "alice", tenant: "t", roles: ["buyer"] },
  tenant: "t",
  correlationId: "c",
};

export interface WorkshopOptions {
  readonly limits?: Partial<Limits>;
  readonly http?: HttpSender;
  readonly secrets?: Secrets;
  readonly random?: Random;
  readonly delivers?: boolean;
  /** The store as the service sees it. */
  readonly through?: (store: Store) => Store;
}

let lives = 0;

/** One store and its clock, and one life of a service after another. */
export class Workshop {
  readonly clock = new SimulatedClock(startOfTime);
  readonly path: string;
  readonly errors: unknown[] = [];
  #store: Store | undefined;
  #service: Service | undefined;

  constructor(path: string) {
    this.path = path;
  }

  get service(): Service {
    if (this.#service === undefined) throw new Error("no service is open");
    return this.#service;
  }

  get store(): Store {
    if (this.#store === undefined) throw new Error("no store is open");
    return this.#store;
  }

  async open(definition: ServiceDefinition, options: WorkshopOptions = {}): Promise<void> {
    const { through = (store) => store, ...others } = options;
    lives += 1;
    const life = lives;
    let made = 0;
    this.#store = await openLibsqlStore({ path: this.path });
    this.#service = await Service.open(definition, "r1", {
      store: through(this.#store),
      authorizer: cedarAuthorizer,
      clock: this.clock,
      ids: { next: () => `${life}-${++made}` },
      random: () => 0.5,
      onInternalError: (error) => this.errors.push(error),
      ...others,
    });
  }

  async close(): Promise<void> {
    await this.#service?.close();
    await this.#store?.close();
    this.#service = undefined;
    this.#store = undefined;
  }

  /** As a kill does it: nothing is ended or given back, and who slept never wakes. The file is all that is left. */
  async kill(): Promise<void> {
    await this.#store?.close();
    this.clock.forget();
    this.#service = undefined;
    this.#store = undefined;
  }

  write(entityType: string, entityId: string, change: Write["change"], as = alice): Promise<Written | Failed> {
    return this.service.write(as, { entityType, entityId, change });
  }

  create(entityType: string, entityId: string, values: Values = {}): Promise<Written | Failed> {
    return this.write(entityType, entityId, { kind: "create", values });
  }

  act(entityType: string, entityId: string, action: string, params: Values = {}): Promise<Written | Failed> {
    return this.write(entityType, entityId, { kind: "action", action, params });
  }

  /** Lets everything that is due be done. */
  quiet(): Promise<void> {
    return this.service.quiet();
  }

  /** Resolves when a delivery is under way. */
  async leased(): Promise<void> {
    for (let turn = 0; turn < 1_000; turn += 1) {
      const queued = await this.store.outbox({ tenant: "t", state: "queued", top: 1, skip: 0 });
      if (queued.every(({ dueAt }) => dueAt === null)) break;
      await new Promise(setImmediate);
    }
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  }

  /** Time goes on, and what falls due is done. */
  pass(seconds: number): Promise<void> {
    return this.clock.advance(seconds * 1_000, () => this.quiet());
  }

  async values(entityType: string, entityId: string): Promise<Values | undefined> {
    return (await this.store.row({ tenant: "t", entityType, entityId }))?.values;
  }

  async count(entityType: string, entityId: string): Promise<Value | undefined> {
    return (await this.values(entityType, entityId))?.Count;
  }

  /** The actions of an entity's events, with who asked. */
  async history(entityType: string, entityId: string): Promise<readonly string[]> {
    const events = await this.store.events({ tenant: "t", entityType, entityId });
    return events.map(({ action, principal }) => `${principal} ${action}`);
  }

  /** Why each dead letter is one. */
  async dead(): Promise<readonly (string | null)[]> {
    const letters = await this.service.deadLetters("t", { top: 100, skip: 0 });
    return letters.map(({ note }) => note);
  }
}
