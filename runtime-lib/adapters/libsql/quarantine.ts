/** The table of stopped entities in the file. */
import type { EntityRef, Quarantine, StoppedEntity, StoppedQuery } from "../../ports/index.ts";
import { storable } from "../sql/columns.ts";
import { refCells } from "../sql/journal.ts";
import { quarantineSql, stoppedCells, stoppedFromCells } from "../sql/quarantine.ts";
import { type Connection, type Connections, scalar } from "./connection.ts";
import { guarded } from "./failures.ts";
import type { GroupCommit } from "./group-commit.ts";

export class LibsqlQuarantine implements Quarantine {
  readonly #connections: Connections;
  readonly #commits: GroupCommit;

  constructor(connections: Connections, commits: GroupCommit) {
    this.#connections = connections;
    this.#commits = commits;
  }

  put(stopped: StoppedEntity): Promise<void> {
    return this.#commits.commit(() => putStopped(this.#connections.writing, stopped));
  }

  async find(ref: EntityRef): Promise<StoppedEntity | undefined> {
    const cells = guarded(() =>
      this.#connections.reading
        .prepare(quarantineSql.find)
        .raw()
        .get([...refCells(ref)]),
    );
    return Array.isArray(cells) ? stoppedFromCells(cells) : undefined;
  }

  async list({ tenant, top, skip }: StoppedQuery): Promise<readonly StoppedEntity[]> {
    const rows = guarded(() =>
      this.#connections.reading
        .prepare(quarantineSql.list)
        .raw()
        .all([storable(tenant), top, skip]),
    );
    return rows.map((cells) => stoppedFromCells(Array.isArray(cells) ? cells : []));
  }

  async count(): Promise<number> {
    return guarded(() => scalar(this.#connections.reading, quarantineSql.count));
  }
}

/** Inside the transaction that is open. */
export function putStopped(connection: Connection, stopped: StoppedEntity): void {
  connection.prepare(quarantineSql.put).run([...stoppedCells(stopped)]);
}
