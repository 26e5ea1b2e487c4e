/** The turnstile at the door: how many requests may be under way at once, and how fast one principal may ask. */
import type { Principal } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import { failed } from "../failures.ts";
import type { TrafficLimits } from "./traffic-limits.ts";

/** A token bucket: what is left of it, and when that was. */
interface Bucket {
  tokens: number;
  at: number;
}

export class Turnstile {
  readonly #limits: TrafficLimits;
  /** By principal, in order of use; who is not in it has a full bucket. */
  readonly #buckets = new Map<string, Bucket>();
  #inFlight = 0;

  constructor(limits: TrafficLimits) {
    this.#limits = limits;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Lets a request in, or says why not. Whoever was let in must `leave`. */
  enter(): Failed | undefined {
    const { requestsInFlightMax } = this.#limits;
    if (this.#inFlight >= requestsInFlightMax) {
      const message = `${requestsInFlightMax} requests are under way already (requestsInFlightMax)`;
      return failed("Overloaded", message, { retryAfterSeconds: 1 });
    }
    this.#inFlight += 1;
    return undefined;
  }

  leave(): void {
    this.#inFlight -= 1;
  }

  /** Counts one more request of the principal at `now`, in milliseconds; says so where it asks too fast. */
  rate({ tenant, type, id }: Principal, now: number): Failed | undefined {
    const { requestsPerSecond, requestBurst } = this.#limits;
    if (!Number.isFinite(requestsPerSecond)) return undefined;
    const key = `${tenant}\0${type}\0${id}`;
    const size = Math.max(1, Math.min(requestBurst, Number.MAX_SAFE_INTEGER));
    const bucket = this.#buckets.get(key) ?? { tokens: size, at: now };
    bucket.tokens = Math.min(size, bucket.tokens + (Math.max(0, now - bucket.at) * requestsPerSecond) / 1_000);
    bucket.at = now;
    this.#keep(key, bucket);
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return undefined;
    }
    const retryAfterSeconds = Math.max(1, Math.ceil((1 - bucket.tokens) / Math.max(requestsPerSecond, 0.001)));
    const message = `${type}::${JSON.stringify(id)} asks more than ${requestsPerSecond} times a second (requestsPerSecond)`;
    return failed("TooManyRequests", message, { retryAfterSeconds });
  }

  /** Those that were used longest ago are forgotten first: their buckets are the fullest. */
  #keep(key: string, bucket: Bucket): void {
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > this.#limits.ratedPrincipalsMax && oldest !== undefined) this.#buckets.delete(oldest);
  }
}
