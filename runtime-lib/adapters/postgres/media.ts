/** The table of media on the server. */
import type { EntityRef, Media } from "../../ports/index.ts";
import { storable } from "../sql/columns.ts";
import { mediaSql, placeCells } from "../sql/media.ts";
import { type Connections, numbered, prepared, type Session } from "./connections.ts";
import { type Draft, partsOf } from "./draft.ts";

const sql = {
  put: prepared(numbered(mediaSql.put)),
  remove: prepared(numbered(mediaSql.remove)),
  find: prepared(numbered(mediaSql.find).replace("SELECT bytes", "SELECT encode(bytes, 'hex')")),
};

export class PostgresMedia implements Media {
  readonly #connections: Connections;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  async find(ref: EntityRef, property: string, hash: string): Promise<Uint8Array | undefined> {
    const cells = [...placeCells(ref, property), hash];
    const [row] = await this.#connections.useFor([storable(ref.tenant)], (session) => session.run(sql.find, cells));
    return row === undefined ? undefined : Buffer.from(String(row[0]), "hex");
  }
}

/** Writes what the commits leave at streams. */
export async function writeMedia(session: Session, drafts: readonly Draft[]): Promise<void> {
  for (const { part } of partsOf(drafts)) {
    for (const { property, content } of part.media ?? []) {
      const place = placeCells(part.event, property);
      if (content === null) await session.run(sql.remove, place);
      else await session.run(sql.put, [...place, content.hash, Buffer.from(content.bytes)]);
    }
  }
}
