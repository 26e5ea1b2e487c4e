/** What is shown of a decision, in lists, in answers and on the stream. */
import type { DecisionRecord } from "../../ports/index.ts";
import type { Identity } from "../call.ts";
import { principalText } from "../idempotency.ts";

/**
 * All but how it is folded; the principal as Cedar spells it. What failing policies say of their failure is for operators:
 * it may speak of what the caller may not read.
 */
export function published({ fold: _, principal, errors, ...rest }: DecisionRecord, kind: Identity["kind"]): object {
  const shown = { ...rest, principal: principalText(principal), roles: principal.roles };
  return kind === "operator" ? { ...shown, errors } : shown;
}
