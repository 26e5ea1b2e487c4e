/** The table of API keys in libSQL. */
import type { ApiKeyRecord } from "../../ports/index.ts";
import { apiKeyCells, apiKeyFromCells, apiKeysSql, upsertApiKeySql } from "../sql/api-keys.ts";
import { KeysOfTurn } from "../sql/keys-of-turn.ts";
import type { Connection } from "./connection.ts";
import { guarded } from "./failures.ts";

export class ApiKeyTable {
  readonly #connection: Connection;
  readonly #select: ReturnType<Connection["prepare"]>;
  readonly #known = new KeysOfTurn();

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#select = connection.prepare(`${apiKeysSql} WHERE hash = ?`).raw();
  }

  byHash(hash: string): Promise<ApiKeyRecord | undefined> {
    return this.#known.find(hash, async () => {
      const cells = guarded(() => this.#select.get([hash]));
      return Array.isArray(cells) ? apiKeyFromCells(cells) : undefined;
    });
  }

  list(): readonly ApiKeyRecord[] {
    const rows = guarded(() => this.#connection.prepare(`${apiKeysSql} ORDER BY created_at, id`).raw().all([]));
    return rows.map((cells) => apiKeyFromCells(Array.isArray(cells) ? cells : []));
  }

  put(key: ApiKeyRecord): void {
    guarded(() => this.#connection.prepare(upsertApiKeySql).run([...apiKeyCells(key)]));
    this.#known.forget();
  }
}
