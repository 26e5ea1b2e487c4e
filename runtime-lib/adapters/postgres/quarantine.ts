/** The table of stopped entities. */
import type { EntityRef, Quarantine, StoppedEntity, StoppedQuery } from "../../ports/index.ts";
import { storable } from "../sql/columns.ts";
import { refCells } from "../sql/journal.ts";
import { quarantineSql, stoppedCells, stoppedFromCells } from "../sql/quarantine.ts";
import { type Connections, numbered, prepared, type Session } from "./connections.ts";

const sql = {
  put: prepared(numbered(quarantineSql.put)),
  find: prepared(numbered(quarantineSql.find)),
  list: prepared(numbered(quarantineSql.list)),
};

export class PostgresQuarantine implements Quarantine {
  readonly #connections: Connections;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  async put(stopped: StoppedEntity): Promise<void> {
    await this.#connections.useFor([storable(stopped.tenant)], (session) => putStopped(session, stopped));
  }

  async find(ref: EntityRef): Promise<StoppedEntity | undefined> {
    const [cells] = await this.#connections.useFor([storable(ref.tenant)], (session) =>
      session.run(sql.find, refCells(ref)),
    );
    return cells && stoppedFromCells(cells);
  }

  async list({ tenant, top, skip }: StoppedQuery): Promise<readonly StoppedEntity[]> {
    const page = [storable(tenant), top, skip];
    return (await this.#connections.useFor([storable(tenant)], (session) => session.run(sql.list, page))).map(
      stoppedFromCells,
    );
  }

  async count(): Promise<number> {
    const [row] = await this.#connections.useFor("everybody", (session) => session.run(quarantineSql.count));
    return Number(row?.[0]);
  }
}

export async function putStopped(session: Session, stopped: StoppedEntity): Promise<void> {
  await session.run(sql.put, stoppedCells(stopped));
}
