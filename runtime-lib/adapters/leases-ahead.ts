/** Leases of servers whose clock was ahead: by any clock they run out when they have been looked at for as long as they last. */
import type { LeaseRequest } from "../ports/index.ts";

type Lasting = Pick<LeaseRequest, "now" | "until">;

/** A lease that was given at a time that has not come yet; servers need not lease for equally long. */
export interface LeaseAhead {
  readonly token: string;
  readonly lastsMs: number;
}

export class LeasesAhead {
  #lookedAt: number | undefined;
  /** When each was seen first. */
  #seen: ReadonlyMap<string, number> = new Map();

  /** Whether it is time to look: as long after the last look as a lease lasts here, and anew where the clock was set back. */
  isDue({ now, until }: Lasting): boolean {
    const passed = this.#passed(now);
    return passed === undefined || passed >= until - now;
  }

  /** The tokens of those that have been seen for as long as they last. */
  over(leases: readonly LeaseAhead[], { now }: Lasting): readonly string[] {
    const earlier = this.#passed(now) === undefined ? new Map<string, number>() : this.#seen;
    this.#lookedAt = now;
    this.#seen = new Map(leases.map(({ token }) => [token, earlier.get(token) ?? now]));
    const isOver = ({ token, lastsMs }: LeaseAhead): boolean => now - (this.#seen.get(token) ?? now) >= lastsMs;
    return leases.filter(isOver).map(({ token }) => token);
  }

  /** Since the last look, if there was one by this clock. */
  #passed(now: number): number | undefined {
    return this.#lookedAt === undefined || now < this.#lookedAt ? undefined : now - this.#lookedAt;
  }
}
