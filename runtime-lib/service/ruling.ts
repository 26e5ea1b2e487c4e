/** One set of policies in force: who may do what, and what of it a principal may list, remembered. */
import type { Authorizer, Principal, Readable } from "../ports/index.ts";

export class Ruling {
  readonly authorizer: Authorizer;
  readonly #readable = new Map<string, Readable>();

  constructor(authorizer: Authorizer) {
    this.authorizer = authorizer;
  }

  /** What the principal may list of a type; the policies of a ruling never change, so the answer is kept, for `cacheMax` principals. */
  readable(principal: Principal, entityType: string, cacheMax: number): Readable {
    const key = JSON.stringify([principal.type, principal.id, principal.tenant, principal.roles, entityType]);
    const known = this.#readable.get(key);
    if (known !== undefined) return known;
    const readable = this.authorizer.readable(principal, entityType);
    if (this.#readable.size >= cacheMax) this.#readable.clear();
    this.#readable.set(key, readable);
    return readable;
  }
}
