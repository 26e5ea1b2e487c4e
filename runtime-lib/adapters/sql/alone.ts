/** Which commits are one event and its row, and can be refused for little but the event's sequence. */
import type { Commit } from "../../ports/index.ts";
import type { Projection } from "./projection.ts";

/** True where nothing else is written, read or checked along with it. */
export function isAlone(commit: Commit, projection: Projection): boolean {
  return commit.idempotency === undefined && isOneEvent(commit, projection);
}

/** The same where a reply may be kept too. */
export function isOneEvent(commit: Commit, { hasUniqueKeys }: Projection): boolean {
  const { also, reads, unreferenced, timers, outbox, delivers, media } = commit;
  const isOne = also === undefined && reads === undefined && unreferenced === undefined;
  const isPlain = timers === undefined && outbox === undefined && delivers === undefined && media === undefined;
  return isOne && isPlain && !hasUniqueKeys;
}
