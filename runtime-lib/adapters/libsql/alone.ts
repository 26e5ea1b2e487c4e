/** Which commits are one statement that can conflict, and one that cannot. */
import type { Commit } from "../../ports/index.ts";

/** True for one event and its row alone, which need no savepoint. */
export function isAlone({ idempotency, also, reads, unreferenced, timers, outbox, delivers, media }: Commit): boolean {
  const isOne = idempotency === undefined && also === undefined && reads === undefined && unreferenced === undefined;
  return isOne && timers === undefined && outbox === undefined && delivers === undefined && media === undefined;
}
