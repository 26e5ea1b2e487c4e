/** The dispatcher: leases what is due in the outbox, has it delivered, and sleeps until there is more to do. */
import { type Clock, type Ids, type Leased, orderingTarget, type Store, StoreUnavailable } from "../ports/index.ts";
import type { Limits } from "./limits.ts";
import type { Delivered } from "./trial.ts";

export interface DispatcherPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly limits: Limits;
  readonly deliver: (leased: Leased, token: string) => Promise<Delivered>;
  readonly onInternalError: (error: unknown) => void;
}

/** Entries that are delivered one after the other, under one lease. */
interface Lane {
  readonly entries: readonly Leased[];
  readonly token: string;
  readonly until: number;
}

/** What was delivered is out of the way of what follows it for the same target. */
const isOutOfTheWay: Readonly<Record<Delivered["kind"], boolean>> = {
  over: true,
  dropped: true,
  done: true,
  dead: true,
  continued: false,
  retry: false,
  advanced: false,
  released: false,
};

export class Dispatcher {
  readonly #ports: DispatcherPorts;
  #isStopped = false;
  #isLeasing = false;
  /** Somebody has put in more since the last lease. */
  #isWoken = false;
  #inFlight = 0;
  #alarm: { readonly at: number; readonly cancel: () => void } | undefined;
  #waiting: (() => void)[] = [];

  constructor(ports: DispatcherPorts) {
    this.#ports = ports;
  }

  /** Deliveries under way. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Begins with what an earlier process has left. */
  async start(): Promise<void> {
    this.wake((await this.#ports.store.nextDue(-1)) ?? Number.POSITIVE_INFINITY);
  }

  /** There is something to do at `at`: now, or later. */
  wake(at: number): void {
    if (at > this.#ports.clock.now()) this.#sleepUntil(at);
    else this.#pump();
  }

  /** Resolves when nothing is under way: what is left is due later, or dead. */
  quiet(): Promise<void> {
    if (this.#isQuiet) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** Leases nothing any more; resolves when what is under way has ended and the rest is given back. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#alarm?.cancel();
    this.#alarm = undefined;
    await this.quiet();
  }

  get #isQuiet(): boolean {
    return !this.#isLeasing && this.#inFlight === 0;
  }

  #ended(): void {
    if (!this.#isQuiet) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #pump(): void {
    this.#isWoken = true;
    if (this.#isLeasing || this.#isStopped) return;
    this.#isLeasing = true;
    void this.#leaseWhileWoken().then(() => {
      this.#isLeasing = false;
      if (this.#isWoken && this.#hasRoom) this.#pump();
      this.#ended();
    });
  }

  get #hasRoom(): boolean {
    return this.#inFlight < this.#ports.limits.deliveriesMax;
  }

  async #leaseWhileWoken(): Promise<void> {
    const { store, clock, limits } = this.#ports;
    try {
      while (this.#isWoken && this.#hasRoom && !this.#isStopped) {
        this.#isWoken = false;
        const now = clock.now();
        await this.#leaseAt(now);
        this.#sleepUntil((await store.nextDue(now)) ?? Number.POSITIVE_INFINITY);
      }
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) this.#ports.onInternalError(error);
      this.#sleepUntil(clock.now() + limits.retryBaseMs);
    }
  }

  async #leaseAt(now: number): Promise<void> {
    const { store, ids, limits } = this.#ports;
    const lease = { now, until: now + limits.leaseMs, token: ids.next(), max: limits.deliveriesMax - this.#inFlight };
    const leased = await store.lease(lease);
    if (leased.length === lease.max) this.#isWoken = true;
    this.#inFlight += leased.length;
    for (const entries of byTarget(leased)) void this.#run({ entries, ...lease });
  }

  /** Never long, whatever is next: another process may have put something there, and a clock may be set. */
  #sleepUntil(due: number): void {
    const { clock, limits } = this.#ports;
    const at = Math.min(due, clock.now() + limits.outboxIdleMs);
    if (this.#isStopped || (this.#alarm !== undefined && this.#alarm.at <= at)) return;
    this.#alarm?.cancel();
    const wake = (): void => {
      this.#alarm = undefined;
      this.#pump();
    };
    this.#alarm = { at, cancel: clock.wakeAt(at, wake) };
  }

  async #run(lane: Lane): Promise<void> {
    try {
      await this.#deliverInOrder(lane);
    } catch (error) {
      // The store is away: the lease runs out, and the entries' turn comes again.
      if (!(error instanceof StoreUnavailable)) this.#ports.onInternalError(error);
    }
    this.#inFlight -= lane.entries.length;
    this.#pump();
    this.#ended();
  }

  async #deliverInOrder({ entries, token, until }: Lane): Promise<void> {
    const { store, clock, limits, deliver } = this.#ports;
    const latest = until - limits.webhookTimeoutMaxMs;
    let isClear = true;
    for (const [index, leased] of entries.entries()) {
      isClear &&= !this.#isStopped && (index === 0 || clock.now() <= latest);
      const delivered: Delivered = isClear ? await deliver(leased, token) : { kind: "released" };
      if (delivered.kind !== "over" && delivered.kind !== "continued") {
        await store.settle(leased.entry.key, token, delivered);
      }
      isClear &&= isOutOfTheWay[delivered.kind];
    }
  }
}

/** One lane a target; what has no target has a lane of its own. */
function byTarget(leased: readonly Leased[]): readonly (readonly Leased[])[] {
  const lanes = new Map<string, Leased[]>();
  for (const each of leased) {
    const target = orderingTarget(each.entry) ?? `webhook ${each.entry.key}`;
    const lane = lanes.get(target);
    if (lane === undefined) lanes.set(target, [each]);
    else lane.push(each);
  }
  return [...lanes.values()];
}
