/** The table of revisions: a record a row, its files beside what is told of it in a list. */
import type { RevisionFile, RevisionRecord, RevisionSummary } from "../../ports/index.ts";
import { storable } from "../sql/columns.ts";
import type { Connection } from "./connection.ts";

type Statement = ReturnType<Connection["prepare"]>;

/** Prepared when they are first asked for: most processes never do. */
export class RevisionTable {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  stage({ files, state, ...about }: RevisionRecord): boolean {
    const cells = [storable(about.tenant), about.number, state, JSON.stringify(about), JSON.stringify(files)];
    return (
      this.#prepared(
        "INSERT INTO revisions (tenant, number, state, about, files) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
      ).run(cells).changes > 0
    );
  }

  settle(tenant: string, number: number, as: "live" | "dropped"): void {
    const sql =
      as === "live"
        ? "UPDATE revisions SET state = 'live' WHERE tenant = ? AND number = ?"
        : "DELETE FROM revisions WHERE tenant = ? AND number = ?";
    this.#prepared(sql).run([storable(tenant), number]);
  }

  list(tenant: string, { top, skip }: { readonly top: number; readonly skip: number }): readonly RevisionSummary[] {
    const sql = "SELECT state, about FROM revisions WHERE tenant = ? ORDER BY number DESC LIMIT ? OFFSET ?";
    return this.#prepared(sql)
      .raw()
      .all([storable(tenant), top, skip])
      .map((cells) => summaryOf(Array.isArray(cells) ? cells : []));
  }

  find(tenant: string, number: number): RevisionRecord | undefined {
    const sql = "SELECT state, about, files FROM revisions WHERE tenant = ? AND number = ?";
    const cells = this.#prepared(sql)
      .raw()
      .get([storable(tenant), number]);
    if (!Array.isArray(cells)) return undefined;
    // Written by `stage` alone.
    const files = JSON.parse(String(cells[2])) as readonly RevisionFile[];
    return { ...summaryOf(cells), files };
  }

  tenants(): readonly string[] {
    return this.#prepared("SELECT DISTINCT tenant FROM revisions ORDER BY tenant")
      .raw()
      .all([])
      .map((cells) => String(Array.isArray(cells) ? cells[0] : ""));
  }

  #prepared(sql: string): Statement {
    return this.#connection.prepare(sql);
  }
}

function summaryOf(cells: readonly unknown[]): RevisionSummary {
  // Written by `stage` alone.
  const about = JSON.parse(String(cells[1])) as Omit<RevisionSummary, "state">;
  return { ...about, state: cells[0] === "live" ? "live" : "staged" };
}
