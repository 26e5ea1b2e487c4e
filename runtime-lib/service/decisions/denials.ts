/** Records what was refused: one pending decision for all refusals of the same, and a bounded number of them. */
import { createHash } from "node:crypto";
import type { DecisionBounds, DecisionRecord, NewDecision, Principal } from "../../ports/index.ts";
import type { Denial } from "../call.ts";
import type { Limits } from "../limits.ts";
import type { World } from "../world.ts";

/** Who asked, and what it said of why. */
export interface Asker {
  readonly principal: Principal;
  readonly intent?: string;
  readonly sessionId?: string;
  /** How often; once where absent. */
  readonly times?: number;
}

/** The record that the denial is counted into; undefined where the principal or the tenant has as many as it may. */
export function recordDenial(
  world: Pick<World, "store" | "clock" | "ids" | "limits">,
  { principal, intent, sessionId, times = 1 }: Asker,
  denial: Denial,
): Promise<DecisionRecord | undefined> {
  const { action, entityType, entityId, because, policies, errors, state = "pending" } = denial;
  const now = world.clock.now();
  const tenant = principal.tenant;
  const told = { because: shortened(because), policies, errors: errors.slice(0, errorsKeptMax).map(shortened) };
  const what = { tenant, state, principal, entityType, action, entityId, ...told } as const;
  const record: NewDecision = {
    ...what,
    id: `PD-${world.ids.next()}`,
    fold: foldOf([state === "refused", principal.type, principal.id, entityType, action, entityId]),
    intent: intent ?? null,
    session: sessionId ?? null,
    times,
    lastSeenAt: new Date(now).toISOString(),
    expiresAt: new Date(now + world.limits.decisionTtlMs).toISOString(),
  };
  return world.store.decisions.fold(record, boundsOf(world.limits));
}

/** How much is kept of what others had a part in saying. */
const textKeptMax = 1_000;
const errorsKeptMax = 20;

function shortened(text: string): string {
  return text.length <= textKeptMax ? text : `${text.slice(0, textKeptMax)}…`;
}

function foldOf(parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
}

function boundsOf({ decisionsPerPrincipalMax, decisionsPerTenantMax }: Limits): DecisionBounds {
  return { perPrincipalMax: decisionsPerPrincipalMax, perTenantMax: decisionsPerTenantMax };
}
