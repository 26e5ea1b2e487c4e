/** Leases of servers whose clock was ahead: by any clock they run out when they have been looked at for as long as a lease lasts. */
import type { LeaseRequest } from "../ports/index.ts";

type Lasting = Pick<LeaseRequest, "now" | "until">;

export class LeasesAhead {
  #lookedAt: number | undefined;
  #seen: ReadonlySet<string> = new Set();

  /** Whether it is time to look: as long after the last look as a lease lasts, and anew where the clock was set back. */
  isDue({ now, until }: Lasting): boolean {
    const passed = this.#passed(now);
    return passed === undefined || passed >= until - now;
  }

  /** Of the tokens whose leases run out later than one that is given now, those that did already when this was last asked. */
  over(tokens: readonly string[], { now }: Lasting): readonly string[] {
    const again = this.#passed(now) === undefined ? [] : tokens.filter((token) => this.#seen.has(token));
    this.#lookedAt = now;
    this.#seen = new Set(tokens);
    return again;
  }

  /** Since the last look, if there was one by this clock. */
  #passed(now: number): number | undefined {
    return this.#lookedAt === undefined || now < this.#lookedAt ? undefined : now - this.#lookedAt;
  }
}
