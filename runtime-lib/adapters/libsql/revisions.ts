/** The table of revisions in the file. */
import type { RevisionRecord, RevisionSummary } from "../../ports/index.ts";
import { storable } from "../sql/columns.ts";
import { revisionCells, revisionRecord, revisionSummary, revisionsSql } from "../sql/revisions.ts";
import type { Connection } from "./connection.ts";

type Statement = ReturnType<Connection["prepare"]>;

/** Prepared when they are first asked for: most processes never do. */
export class RevisionTable {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  stage(record: RevisionRecord): boolean {
    return this.#prepared(revisionsSql.stage).run([...revisionCells(record)]).changes > 0;
  }

  settle(tenant: string, number: number, as: "live" | "dropped"): void {
    this.#prepared(revisionsSql[as]).run([storable(tenant), number]);
  }

  list(tenant: string, { top, skip }: { readonly top: number; readonly skip: number }): readonly RevisionSummary[] {
    const rows = this.#prepared(revisionsSql.list)
      .raw()
      .all([storable(tenant), top, skip]);
    return rows.map((cells) => revisionSummary(Array.isArray(cells) ? cells : []));
  }

  find(tenant: string, number: number): RevisionRecord | undefined {
    const cells = this.#prepared(revisionsSql.find)
      .raw()
      .get([storable(tenant), number]);
    return Array.isArray(cells) ? revisionRecord(cells) : undefined;
  }

  tenants(): readonly string[] {
    const rows = this.#prepared(revisionsSql.tenants).raw().all([]);
    return rows.map((cells) => String(Array.isArray(cells) ? cells[0] : ""));
  }

  #prepared(sql: string): Statement {
    return this.#connection.prepare(sql);
  }
}
