/** Admission before the actor: so many creations and actions of an entity type at a time, and a queue in order of arrival. */
import type { AdmissionDescriptor } from "../kernel/index.ts";
import type { Clock } from "../ports/index.ts";
import type { Failed, Write } from "./call.ts";
import { failed } from "./failures.ts";

/** Whom a write queues up with. */
export interface Entrance {
  readonly tenant: string;
  readonly entityType: string;
  readonly change: Write["change"];
}

export class Admissions {
  readonly #clock: Clock;
  readonly #retryAfterSeconds: number;
  readonly #lanes = new Map<string, Lane>();

  constructor(clock: Clock, { retryAfterSeconds }: { readonly retryAfterSeconds: number }) {
    this.#clock = clock;
    this.#retryAfterSeconds = retryAfterSeconds;
  }

  /** How many writes wait for admission. */
  get waiting(): number {
    return [...this.#lanes.values()].reduce((sum, { waiting }) => sum + waiting.size, 0);
  }

  /** Runs `call` when its turn has come. `Overloaded` where the queue is full, or where the turn does not come in time. */
  async pass<T>(admission: AdmissionDescriptor, entrance: Entrance, call: () => Promise<T>): Promise<T | Failed> {
    const { max, name } = slotsFor(admission, entrance);
    if (max === undefined) return call();
    const key = JSON.stringify([entrance.tenant, entrance.entityType, name]);
    const lane = this.#lanes.get(key) ?? { running: 0, waiting: new Set() };
    this.#lanes.set(key, lane);
    const refused = await this.#admitted(lane, max, admission);
    if (refused !== undefined) return refused;
    try {
      return await call();
    } finally {
      this.#leave(key, lane, max);
    }
  }

  /** Takes the slot that is free and gives the way to leave it; `Overloaded` where it would have to wait. */
  enter(admission: AdmissionDescriptor, entrance: Entrance): (() => void) | Failed {
    const { max, name } = slotsFor(admission, entrance);
    if (max === undefined) return () => undefined;
    const key = JSON.stringify([entrance.tenant, entrance.entityType, name]);
    const lane = this.#lanes.get(key) ?? { running: 0, waiting: new Set() };
    if (lane.running >= max || lane.waiting.size > 0) return this.#overloaded("a group of writes does not wait");
    this.#lanes.set(key, lane);
    lane.running += 1;
    return () => this.#leave(key, lane, max);
  }

  #leave(key: string, lane: Lane, max: number): void {
    lane.running -= 1;
    admitNext(lane, max);
    if (lane.running === 0 && lane.waiting.size === 0) this.#lanes.delete(key);
  }

  async #admitted(lane: Lane, max: number, admission: AdmissionDescriptor): Promise<Failed | undefined> {
    if (lane.running < max && lane.waiting.size === 0) {
      lane.running += 1;
      return undefined;
    }
    const { queueDepth, queueTimeoutSeconds } = admission;
    if (lane.waiting.size >= queueDepth)
      return this.#overloaded(`as many calls of its kind wait as may: ${queueDepth}`);
    const isAdmitted = await this.#turn(lane, queueTimeoutSeconds * 1_000);
    return isAdmitted ? undefined : this.#overloaded(`its turn has not come within ${queueTimeoutSeconds} s`);
  }

  /** True when it is admitted, false when the time is up. */
  #turn(lane: Lane, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (isAdmitted: boolean): void => {
        cancel();
        lane.waiting.delete(admit);
        resolve(isAdmitted);
      };
      const admit = (): void => end(true);
      const cancel = this.#clock.wakeAt(this.#clock.now() + timeoutMs, () => end(false));
      lane.waiting.add(admit);
    });
  }

  #overloaded(why: string): Failed {
    return failed("Overloaded", `the call is not admitted: ${why}`, { retryAfterSeconds: this.#retryAfterSeconds });
  }
}

/** Writes that share slots; those that wait are in order of arrival. */
interface Lane {
  running: number;
  readonly waiting: Set<() => void>;
}

function admitNext(lane: Lane, max: number): void {
  for (const admit of lane.waiting) {
    if (lane.running >= max) return;
    lane.running += 1;
    admit();
  }
}

function slotsFor(
  { concurrentCreatesMax, concurrentActionsMax }: AdmissionDescriptor,
  { change }: Entrance,
): { readonly name: string; readonly max?: number | undefined } {
  if (change.kind === "create" || change.kind === "put") return { name: "create", max: concurrentCreatesMax };
  if (change.kind !== "action") return { name: change.kind };
  const max = Object.hasOwn(concurrentActionsMax, change.action) ? concurrentActionsMax[change.action] : undefined;
  return { name: `action ${change.action}`, max };
}
