/** What is shown of a decision, in lists, in answers and on the stream. */
import type { DecisionRecord } from "../../ports/index.ts";
import { principalText } from "../idempotency.ts";

/** All but how it is folded; the principal as Cedar spells it. */
export function published({ fold: _, principal, ...rest }: DecisionRecord): object {
  return { ...rest, principal: principalText(principal), roles: principal.roles };
}
