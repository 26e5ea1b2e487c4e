/** The server processes of a simulation: each is the production service on simulated ports, crashes, and starts again. */
import type { Limits, Service, ServiceOptions, Store, Swapped } from "@temperc/runtime";
import type { Runtime } from "../runtime.ts";
import type { Chance } from "../simulated/chance.ts";
import { simulatedClock, simulatedIds } from "../simulated/clock.ts";
import type { Misfortune } from "../simulated/misfortune.ts";
import { simulatedAuthorizer } from "../simulated/policies.ts";
import type { Life, Schedule } from "../simulated/schedule.ts";
import { type StoreWatch, simulatedStore } from "../simulated/store.ts";
import { simulatedWebhooks } from "../simulated/webhooks.ts";
import type { SimulatedRevision } from "./revisions.ts";

export interface Grounds {
  readonly runtime: Runtime;
  readonly store: Store;
  readonly schedule: Schedule;
  readonly chance: Chance;
  readonly misfortune: Misfortune;
  readonly ids: { value: number };
  readonly watch: StoreWatch;
  readonly onCalled: (key: string) => void;
  readonly onReached: (key: string) => void;
  readonly onSwapped: () => void;
  /** What was still being written when a process had ended in good order. */
  readonly onUnfinished: (life: Life, writes: readonly string[]) => void;
  readonly onInternalError: (error: unknown) => void;
}

/** Short, so that a run of a few hundred steps meets each of them. */
const limits: Partial<Limits> = {
  // So that entities are also found by their snapshots.
  foldedEventsMax: 3,
  mailboxMax: 8,
  residentsMax: 3,
  deliveryAttemptsMax: 4,
  retryBaseMs: 150,
  retryCapMs: 500,
  leaseMs: 800,
  outboxIdleMs: 3_000,
  webhookTimeoutMs: 400,
  webhookTimeoutMaxMs: 500,
  outboxPendingMax: 40,
  idempotencyTtlMs: 100 * 365 * 24 * 60 * 60 * 1_000,
};

/** How long a process that could not start waits before it is started again. */
const restartMs = 200;
const skewMsMax = 5_000;

export class Server {
  readonly #grounds: Grounds;
  readonly #name: string;
  #life: Life;
  #isClosing = false;
  service: Service | undefined;
  revision: SimulatedRevision;
  /** The revision that is being swapped in. */
  #next: SimulatedRevision | undefined;
  /** Revisions whose calls need not have ended: those that were taken over from without waiting. */
  #overlapping: readonly string[] = [];
  /** What was live in a life when it ended. */
  readonly #ended = new Map<Life, readonly string[]>();

  constructor(name: string, revision: SimulatedRevision, grounds: Grounds) {
    this.#grounds = grounds;
    this.#name = name;
    this.revision = revision;
    this.#life = { name, isAlive: true, skewMs: 0, revisions: [revision.hash] };
  }

  get life(): Life {
    return this.#life;
  }

  /** Revisions under which a life may commit at this moment: one, two while a swap is under way, and those that were taken over from without waiting. */
  liveIn(life: Life): readonly string[] {
    const ended = this.#ended.get(life);
    if (ended !== undefined) return ended;
    const own = [this.revision.hash, ...this.#overlapping];
    return this.#next === undefined ? own : [...own, this.#next.hash];
  }

  /** Where among the revisions of its life those begin that may serve what comes now. */
  get firstRevision(): number {
    return this.#life.revisions.length - (this.#next === undefined ? 1 : 2);
  }

  start(): void {
    const { runtime, schedule, chance, misfortune } = this.#grounds;
    const life = this.#life;
    if (misfortune.strikes("clock-skew")) this.#skew(life);
    const options: ServiceOptions = {
      ...this.#ports(life),
      authorizer: simulatedAuthorizer,
      clock: simulatedClock(schedule, life, chance, misfortune),
      random: () => chance.next(),
      secrets: () => "simulated",
      limits: misfortune.isChosen("mailbox-full") ? { ...limits, mailboxMax: 1 } : limits,
    };
    runtime.Service.open(this.revision.definition, this.revision.hash, options).then(
      (service) => {
        if (life.isAlive) this.service = service;
      },
      (error: unknown) => this.#restart(life, error),
    );
  }

  #ports(life: Life): Pick<ServiceOptions, "store" | "ids" | "http" | "onInternalError"> {
    const { store: inner, schedule, chance, misfortune, watch, runtime, ids, onInternalError } = this.#grounds;
    const unavailable = (message: string): Error => new runtime.StoreUnavailable(message);
    return {
      store: simulatedStore({ inner, schedule, life, chance, misfortune, unavailable, watch }),
      ids: simulatedIds(schedule, ids),
      http: simulatedWebhooks(life, this.#grounds),
      onInternalError,
    };
  }

  #restart(life: Life, error: unknown): void {
    const { runtime, schedule, onInternalError } = this.#grounds;
    if (!(error instanceof runtime.StoreUnavailable)) onInternalError(error);
    const readyAt = schedule.now + restartMs;
    schedule.add({ life, who: this.#name, label: "starts again", readyAt, run: () => this.start() });
  }

  jumpClock(): void {
    this.#skew(this.#life);
  }

  #skew(life: Life): void {
    const { chance, schedule } = this.#grounds;
    life.skewMs = chance.below(2 * skewMsMax) - skewMsMax;
    schedule.note(life.name, `has a clock that is ${Math.abs(life.skewMs)} ms ${life.skewMs < 0 ? "slow" : "fast"}`);
  }

  /** Kills the process where it stands; it comes back with an empty memory, after so long. */
  crash(how: string, downMs = restartMs): void {
    const { schedule } = this.#grounds;
    schedule.note(this.#name, how);
    this.#ended.set(this.#life, this.liveIn(this.#life));
    schedule.end(this.#life);
    this.service = undefined;
    this.#isClosing = false;
    this.revision = this.#next ?? this.revision;
    this.#next = undefined;
    this.#overlapping = [];
    const { skewMs } = this.#life;
    this.#life = { name: this.#name, isAlive: true, skewMs, revisions: [this.revision.hash] };
    const readyAt = schedule.now + downMs;
    schedule.add({ life: this.#life, who: this.#name, label: "starts", readyAt, run: () => this.start() });
  }

  /** Ends the process in good order, and starts another. False where it is down, or ends already. */
  restart(): boolean {
    const { schedule, onUnfinished } = this.#grounds;
    const { service } = this;
    const life = this.#life;
    if (service === undefined || this.#isClosing) return false;
    this.#isClosing = true;
    schedule.note(this.#name, "is asked to end");
    void service.close().then(() => {
      if (!life.isAlive) return;
      const writes = schedule.writesOf(life);
      if (writes.length > 0) onUnfinished(life, writes);
      this.crash("has ended in good order");
    });
    return true;
  }

  /** False where it is down, ends, or is in the middle of another swap. */
  swap(next: SimulatedRevision): boolean {
    const { schedule, onSwapped, onInternalError } = this.#grounds;
    const { service } = this;
    const life = this.#life;
    if (service === undefined || this.#isClosing || this.#next !== undefined) return false;
    this.#next = next;
    life.revisions.push(next.hash);
    schedule.note(this.#name, `swaps to ${next.hash}`);
    void service.swap(next.definition, next.hash).then((swapped: Swapped) => {
      if (!life.isAlive) return;
      this.#next = undefined;
      if (swapped.kind === "swapped") {
        this.#overlapping = swapped.drained ? [] : [...this.#overlapping, this.revision.hash];
        this.revision = next;
        onSwapped();
        return;
      }
      life.revisions.push(this.revision.hash);
      if (!swapped.reasons.every((reason) => reason.includes("simulated store"))) onInternalError(swapped.reasons[0]);
    });
    return true;
  }
}
