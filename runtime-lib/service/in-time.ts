/** Whether a call that has waited may still begin: what nobody waits for any more is dropped, not run. */
import type { CallContext, Failed } from "./call.ts";
import { failed } from "./failures.ts";
import type { World } from "./world.ts";

/** Why the call is not begun any more; undefined where it is. */
export function notBegun({ clock, limits }: World, { deadlineAt, isGone }: CallContext): Failed | undefined {
  if (isGone?.() === true) return failed("DeadlineExceeded", "the caller has gone before the request could start");
  if (deadlineAt === undefined || clock.now() <= deadlineAt) return undefined;
  const { retryAfterSeconds } = limits;
  return failed("DeadlineExceeded", "the deadline passed before the request could start", { retryAfterSeconds });
}
