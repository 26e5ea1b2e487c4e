/** The table of revisions in the file. */
import type { RevisionRecord, RevisionSummary } from "../../ports/index.ts";
import { storable } from "../sql/columns.ts";
import { revisionCells, revisionRecord, revisionSummary, revisionsSql } from "../sql/revisions.ts";
import type { Connections } from "./connection.ts";

/** Prepared when they are first asked for: most processes never do. */
export class RevisionTable {
  readonly #connections: Connections;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  stage(record: RevisionRecord): boolean {
    return this.#connections.writing.prepare(revisionsSql.stage).run([...revisionCells(record)]).changes > 0;
  }

  settle(tenant: string, number: number, as: "live" | "dropped"): void {
    this.#connections.writing.prepare(revisionsSql[as]).run([storable(tenant), number]);
  }

  list(tenant: string, { top, skip }: { readonly top: number; readonly skip: number }): readonly RevisionSummary[] {
    const rows = this.#connections.reading
      .prepare(revisionsSql.list)
      .raw()
      .all([storable(tenant), top, skip]);
    return rows.map((cells) => revisionSummary(Array.isArray(cells) ? cells : []));
  }

  find(tenant: string, number: number): RevisionRecord | undefined {
    const cells = this.#connections.reading
      .prepare(revisionsSql.find)
      .raw()
      .get([storable(tenant), number]);
    return Array.isArray(cells) ? revisionRecord(cells) : undefined;
  }

  tenants(): readonly string[] {
    const rows = this.#connections.reading.prepare(revisionsSql.tenants).raw().all([]);
    return rows.map((cells) => String(Array.isArray(cells) ? cells[0] : ""));
  }
}
