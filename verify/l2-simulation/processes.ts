/** The server processes of a simulation: each is the production service on simulated ports, crashes, and starts again. */
import type { Commit, Service, Store, Swapped } from "@temperc/runtime";
import type { Runtime } from "../runtime.ts";
import type { Chance } from "../simulated/chance.ts";
import { simulatedClock, simulatedIds } from "../simulated/clock.ts";
import { simulatedAuthorizer } from "../simulated/policies.ts";
import type { Life, Schedule } from "../simulated/schedule.ts";
import { type StoreFaults, type StoreOptions, simulatedStore } from "../simulated/store.ts";
import { simulatedWebhooks } from "../simulated/webhooks.ts";
import type { SimulatedRevision } from "./revisions.ts";

export interface Grounds {
  readonly runtime: Runtime;
  readonly store: Store;
  readonly schedule: Schedule;
  readonly chance: Chance;
  readonly ids: { value: number };
  readonly faults: () => StoreFaults;
  /** With the revisions under which the process might commit when it did. */
  readonly onCommitted: (commit: Commit, live: readonly string[]) => void;
  readonly onFault: StoreOptions["onFault"];
  readonly onInternalError: (error: unknown) => void;
}

/** Short, so that a run of a few hundred steps meets each of them. */
const limits = {
  mailboxMax: 1,
  residentsMax: 4,
  deliveryAttemptsMax: 4,
  retryBaseMs: 50,
  retryCapMs: 500,
  leaseMs: 1_500,
  outboxIdleMs: 1_000,
  webhookTimeoutMs: 400,
  webhookTimeoutMaxMs: 500,
  outboxPendingMax: 40,
  idempotencyTtlMs: 100 * 365 * 24 * 60 * 60 * 1_000,
};

/** How long a process that could not start waits before it is started again. */
const restartMs = 200;

export class Server {
  readonly #grounds: Grounds;
  readonly #name: string;
  #life: Life;
  service: Service | undefined;
  revision: SimulatedRevision;
  /** The revision that is being swapped in. */
  #next: SimulatedRevision | undefined;
  /** What was live in a life when it ended. */
  readonly #ended = new Map<Life, readonly string[]>();

  constructor(name: string, revision: SimulatedRevision, grounds: Grounds) {
    this.#grounds = grounds;
    this.#name = name;
    this.revision = revision;
    this.#life = { name, isAlive: true, skewMs: 0 };
  }

  get life(): Life {
    return this.#life;
  }

  /** Revisions under which it may commit at this moment. */
  get live(): readonly string[] {
    return this.#next === undefined ? [this.revision.hash] : [this.revision.hash, this.#next.hash];
  }

  start(): void {
    const { runtime, schedule, chance, ids, onInternalError } = this.#grounds;
    const life = this.#life;
    const store = this.#store(life);
    const options = {
      store,
      authorizer: simulatedAuthorizer,
      clock: simulatedClock(schedule, life, chance),
      ids: simulatedIds(schedule, ids),
      random: () => chance.next(),
      http: simulatedWebhooks(schedule, life, chance),
      secrets: () => "simulated",
      limits,
      onInternalError,
    };
    runtime.Service.open(this.revision.definition, this.revision.hash, options).then(
      (service) => {
        if (life.isAlive) this.service = service;
      },
      (error: unknown) => this.#restart(life, error),
    );
  }

  #store(life: Life): Store {
    const { store: inner, schedule, chance, faults, onCommitted, onFault, runtime } = this.#grounds;
    const unavailable = (message: string): Error => new runtime.StoreUnavailable(message);
    const committed = (commit: Commit): void => onCommitted(commit, this.#ended.get(life) ?? this.live);
    return simulatedStore({ inner, schedule, life, chance, faults, unavailable, onCommitted: committed, onFault });
  }

  #restart(life: Life, error: unknown): void {
    const { runtime, schedule, onInternalError } = this.#grounds;
    if (!(error instanceof runtime.StoreUnavailable)) onInternalError(error);
    const readyAt = schedule.now + restartMs;
    schedule.add({ life, label: `${this.#name} starts again`, readyAt, run: () => this.start() });
  }

  /** Kills the process where it stands; it comes back with an empty memory. */
  crash(): void {
    const { schedule } = this.#grounds;
    schedule.note(`${this.#name} crashes`);
    this.#ended.set(this.#life, this.live);
    schedule.end(this.#life);
    this.service = undefined;
    this.revision = this.#next ?? this.revision;
    this.#next = undefined;
    this.#life = { name: this.#name, isAlive: true, skewMs: this.#life.skewMs };
    const readyAt = schedule.now + restartMs;
    const run = (): void => this.start();
    schedule.add({ life: this.#life, label: `${this.#name} starts`, readyAt, run });
  }

  /** False where it is down, or in the middle of another swap. */
  swap(next: SimulatedRevision): boolean {
    const { schedule, onInternalError } = this.#grounds;
    const { service } = this;
    const life = this.#life;
    if (service === undefined || this.#next !== undefined) return false;
    this.#next = next;
    schedule.note(`${this.#name} swaps to ${next.hash}`);
    void service.swap(next.definition, next.hash).then((swapped: Swapped) => {
      if (!life.isAlive) return;
      this.#next = undefined;
      if (swapped.kind === "swapped") this.revision = next;
      else if (!swapped.reasons.every((reason) => reason.includes("simulated store")))
        onInternalError(swapped.reasons[0]);
    });
    return true;
  }
}
