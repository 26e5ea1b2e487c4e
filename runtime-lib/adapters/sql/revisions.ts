/** The table of revisions: its statements, and how a record is written and read back: its files beside what is told of it in a list. */
import type { RevisionFile, RevisionRecord, RevisionSummary } from "../../ports/index.ts";
import { type Cell, storable } from "./columns.ts";

export const revisionsSql = {
  stage: "INSERT INTO revisions (tenant, number, state, about, files) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
  live: "UPDATE revisions SET state = 'live' WHERE tenant = ? AND number = ?",
  dropped: "DELETE FROM revisions WHERE tenant = ? AND number = ?",
  list: "SELECT state, about FROM revisions WHERE tenant = ? ORDER BY number DESC LIMIT ? OFFSET ?",
  find: "SELECT state, about, files FROM revisions WHERE tenant = ? AND number = ?",
  tenants: "SELECT DISTINCT tenant FROM revisions ORDER BY tenant",
} as const;

/** The cells of `stage`. */
export function revisionCells({ files, state, ...about }: RevisionRecord): readonly Cell[] {
  return [storable(about.tenant), about.number, state, JSON.stringify(about), JSON.stringify(files)];
}

/** What `list` and `find` give. */
export function revisionSummary(cells: readonly unknown[]): RevisionSummary {
  // Written by `revisionCells` alone.
  const about = JSON.parse(String(cells[1])) as Omit<RevisionSummary, "state">;
  return { ...about, state: cells[0] === "live" ? "live" : "staged" };
}

/** What `find` gives. */
export function revisionRecord(cells: readonly unknown[]): RevisionRecord {
  // Written by `revisionCells` alone.
  const files = JSON.parse(String(cells[2])) as readonly RevisionFile[];
  return { ...revisionSummary(cells), files };
}
