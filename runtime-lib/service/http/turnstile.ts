/** The turnstile at the door: how many requests may be under way at once, of all and of one principal, and how fast one may ask. */
import type { FastifyInstance, FastifyReply } from "fastify";
import type { Principal } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import { failed } from "../failures.ts";
import { principalText as textOf } from "../idempotency.ts";
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
  /** The last of them: many requests in a row are mostly of one principal. */
  #latest: Bucket | undefined;
  /** Requests under way, by principal; who has none is not in it. */
  readonly #underWay = new Map<string, number>();
  #inFlight = 0;

  constructor(limits: TrafficLimits) {
    this.#limits = limits;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Lets a request of the principal in, or says why not. For whoever was let in there must be a `leave`. */
  enter(principal: Principal): Failed | undefined {
    const { requestsInFlightMax, requestsInFlightPerPrincipalMax } = this.#limits;
    const key = keyOf(principal);
    const own = this.#underWay.get(key) ?? 0;
    if (own >= requestsInFlightPerPrincipalMax) {
      const limit = "requestsInFlightPerPrincipalMax";
      const message = `${textOf(principal)} has ${own} requests under way already (${limit})`;
      return failed("TooManyRequests", message, { retryAfterSeconds: 1 });
    }
    if (this.#inFlight >= requestsInFlightMax) {
      const message = `${requestsInFlightMax} requests are under way already (requestsInFlightMax)`;
      return failed("Overloaded", message, { retryAfterSeconds: 1 });
    }
    this.#inFlight += 1;
    this.#underWay.set(key, own + 1);
    return undefined;
  }

  leave(principal: Principal): void {
    const key = keyOf(principal);
    const own = (this.#underWay.get(key) ?? 1) - 1;
    this.#inFlight -= 1;
    if (own === 0) this.#underWay.delete(key);
    else this.#underWay.set(key, own);
  }

  /** Counts one more request of the principal at `now`, in milliseconds; says so where it asks too fast. */
  rate(principal: Principal, now: number): Failed | undefined {
    const { requestsPerSecond, requestBurst } = this.#limits;
    if (!Number.isFinite(requestsPerSecond)) return undefined;
    const key = keyOf(principal);
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
    const message = `${textOf(principal)} asks more than ${requestsPerSecond} times a second (requestsPerSecond)`;
    return failed("TooManyRequests", message, { retryAfterSeconds });
  }

  /** Those that were used longest ago are forgotten first: their buckets are the fullest. */
  #keep(key: string, bucket: Bucket): void {
    if (bucket === this.#latest) return;
    this.#latest = bucket;
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size <= this.#limits.ratedPrincipalsMax) return;
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}

function keyOf({ tenant, type, id }: Principal): string {
  return `${tenant}\0${type}\0${id}`;
}

const ofServer = Symbol("turnstile");

/** Has every plane of the server go through one turnstile. */
export function setTurnstile(app: FastifyInstance, turnstile: Turnstile): void {
  app.decorate(ofServer, turnstile);
}

/** The one of the server; undefined in an app of somebody else, who counts for itself. */
export function turnstileOf(app: FastifyInstance): Turnstile | undefined {
  return app.hasDecorator(ofServer) ? app.getDecorator<Turnstile>(ofServer) : undefined;
}

/** Lets a request of the principal in until its reply has ended, or says why not. */
export function letIn(principal: Principal, reply: FastifyReply): Failed | undefined {
  const turnstile = turnstileOf(reply.server);
  const refused = turnstile?.rate(principal, Date.now()) ?? turnstile?.enter(principal);
  if (turnstile !== undefined && refused === undefined) reply.raw.once("close", () => turnstile.leave(principal));
  return refused;
}
