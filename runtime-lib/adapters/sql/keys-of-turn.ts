/** API keys that were looked up for the requests that have come together: each once. */
import type { ApiKeyRecord } from "../../ports/index.ts";

type Key = ApiKeyRecord | undefined;

/** Being looked up, and what was found. */
interface Found {
  readonly asking: Promise<Key>;
  isAnswered: boolean;
  key: Key;
}

/**
 * Forgets what it knows with the turn of the event loop, before the next requests are read, and whenever this process
 * changes a key: a revocation acts at once, whoever made it.
 */
export class KeysOfTurn {
  readonly #found = new Map<string, Found>();

  /** The key of that hash, as `ask` finds it; no promise where it has been found already. */
  find(hash: string, ask: () => Promise<Key>): Key | Promise<Key> {
    const known = this.#found.get(hash);
    if (known !== undefined) return known.isAnswered ? known.key : known.asking;
    if (this.#found.size === 0) setImmediate(() => this.forget());
    const asking = ask();
    const found: Found = { asking, isAnswered: false, key: undefined };
    this.#found.set(hash, found);
    return asking.then((key) => {
      found.isAnswered = true;
      found.key = key;
      return key;
    });
  }

  forget(): void {
    this.#found.clear();
  }
}
