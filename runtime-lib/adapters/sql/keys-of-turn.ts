/** API keys that were looked up for the requests that have come together: each once. */
import type { ApiKeyRecord } from "../../ports/index.ts";

type Key = ApiKeyRecord | undefined;

/**
 * Forgets what it knows with the turn of the event loop, before the next requests are read, and whenever this process
 * changes a key: a revocation acts at once, whoever made it.
 */
export class KeysOfTurn {
  readonly #found = new Map<string, Key | Promise<Key>>();

  /** The key of that hash, as `ask` finds it; no promise where it has been found already. */
  find(hash: string, ask: () => Promise<Key>): Key | Promise<Key> {
    if (this.#found.has(hash)) return this.#found.get(hash);
    if (this.#found.size === 0) setImmediate(() => this.forget());
    const asking = ask().then((key) => {
      if (this.#found.get(hash) === asking) this.#found.set(hash, key);
      return key;
    });
    this.#found.set(hash, asking);
    return asking;
  }

  forget(): void {
    this.#found.clear();
  }
}
