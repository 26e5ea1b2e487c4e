/** The table of media in the file. */
import type { EntityCommit, EntityRef, Media } from "../../ports/index.ts";
import { mediaSql, placeCells } from "../sql/media.ts";
import type { Connections } from "./connection.ts";
import { guarded } from "./failures.ts";

export class LibsqlMedia implements Media {
  readonly #connections: Connections;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  async find(ref: EntityRef, property: string, hash: string): Promise<Uint8Array | undefined> {
    const cells = guarded(() =>
      this.#connections.reading
        .prepare(mediaSql.find)
        .raw()
        .get([...placeCells(ref, property), hash]),
    );
    const [bytes]: readonly unknown[] = Array.isArray(cells) ? cells : [];
    return bytes instanceof Uint8Array ? bytes : undefined;
  }

  /** Inside the transaction that is open. */
  change({ event, media = [] }: EntityCommit): void {
    const { writing } = this.#connections;
    for (const { property, content } of media) {
      const place = placeCells(event, property);
      if (content === null) writing.prepare(mediaSql.remove).run([...place]);
      else writing.prepare(mediaSql.put).run([...place, content.hash, Buffer.from(content.bytes)]);
    }
  }
}
