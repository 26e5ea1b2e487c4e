/** The table of API keys in libSQL. */
import type { ApiKeyRecord } from "../../ports/index.ts";
import { apiKeyCells, apiKeyFromCells, apiKeysSql, upsertApiKeySql } from "../sql/api-keys.ts";
import { KeysOfTurn } from "../sql/keys-of-turn.ts";
import type { Connection, Connections } from "./connection.ts";
import { guarded } from "./failures.ts";
import type { GroupCommit } from "./group-commit.ts";

export class ApiKeyTable {
  readonly #connections: Connections;
  readonly #commits: GroupCommit;
  readonly #select: ReturnType<Connection["prepare"]>;
  readonly #known = new KeysOfTurn();

  constructor(connections: Connections, commits: GroupCommit) {
    this.#connections = connections;
    this.#commits = commits;
    this.#select = connections.reading.prepare(`${apiKeysSql} WHERE hash = ?`).raw();
  }

  byHash(hash: string): ApiKeyRecord | undefined | Promise<ApiKeyRecord | undefined> {
    return this.#known.find(hash, async () => {
      const cells = guarded(() => this.#select.get([hash]));
      return Array.isArray(cells) ? apiKeyFromCells(cells) : undefined;
    });
  }

  list(): readonly ApiKeyRecord[] {
    const rows = guarded(() =>
      this.#connections.reading.prepare(`${apiKeysSql} ORDER BY created_at, id`).raw().all([]),
    );
    return rows.map((cells) => apiKeyFromCells(Array.isArray(cells) ? cells : []));
  }

  async put(key: ApiKeyRecord): Promise<void> {
    const { writing } = this.#connections;
    await this.#commits.commit(() => writing.prepare(upsertApiKeySql).run([...apiKeyCells(key)]));
    this.#known.forget();
  }
}
