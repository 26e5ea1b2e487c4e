/** API keys that were looked up for the requests that have come together: each once. */
import type { ApiKeyRecord } from "../../ports/index.ts";

/**
 * Forgets what it knows with the turn of the event loop, before the next requests are read, and whenever this process
 * changes a key: a revocation acts at once, whoever made it.
 */
export class KeysOfTurn {
  readonly #found = new Map<string, Promise<ApiKeyRecord | undefined>>();

  /** The key of that hash, as `ask` finds it. */
  find(hash: string, ask: () => Promise<ApiKeyRecord | undefined>): Promise<ApiKeyRecord | undefined> {
    const known = this.#found.get(hash);
    if (known !== undefined) return known;
    if (this.#found.size === 0) setImmediate(() => this.forget());
    const found = ask();
    this.#found.set(hash, found);
    return found;
  }

  forget(): void {
    this.#found.clear();
  }
}
