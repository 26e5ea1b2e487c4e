/** One set of policies in force: who may do what, and what of it a principal may list, remembered. */
import type { Authorizer, Readable } from "../ports/index.ts";
import type { CallContext } from "./call.ts";

type Asker = Pick<CallContext, "principal" | "sessionId">;

export class Ruling {
  readonly authorizer: Authorizer;
  readonly #readable = new Map<string, Readable>();

  constructor(authorizer: Authorizer) {
    this.authorizer = authorizer;
  }

  /** What the principal may list of a type; the policies of a ruling never change, so the answer is kept, for `cacheMax` principals. */
  readable({ principal, sessionId }: Asker, entityType: string, cacheMax: number): Readable {
    const session = this.authorizer.readsSession?.(principal, entityType) ? sessionId : undefined;
    const { type, id, tenant, roles, isTypeVerified } = principal;
    const key = JSON.stringify([type, id, tenant, roles, isTypeVerified, entityType, session]);
    const known = this.#readable.get(key);
    if (known !== undefined) return known;
    const readable = this.authorizer.readable(principal, entityType, session);
    if (this.#readable.size >= cacheMax) this.#readable.clear();
    this.#readable.set(key, readable);
    return readable;
  }
}
