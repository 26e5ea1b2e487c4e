/** From compiled policies to a decision, as Cedar decides: default-deny, `forbid` wins, a policy that fails is skipped and named. */
import type { CedarRequest } from "./entities.ts";
import { CedarFailure } from "./failure.ts";

/** One policy: its head and its conditions as a function that is true where it applies, and that throws where it fails. */
export interface CompiledPolicy {
  readonly id: string;
  readonly effect: "permit" | "forbid";
  readonly applies: (request: CedarRequest) => boolean;
}

/** What the policies say, before it is one decision. */
export interface Opinions {
  /** Ids of those that apply, in the order in which they were asked. */
  readonly permits: readonly string[];
  readonly forbids: readonly string[];
  readonly failures: readonly { readonly policy: string; readonly message: string }[];
}

/** The decision function of an action: what all policies that can speak about it say of one request. */
export type Decide = (request: CedarRequest) => Opinions;

export interface CedarDecision {
  readonly allowed: boolean;
  /** The policies that determined it: those that permit, or those that forbid. */
  readonly reasons: readonly string[];
  readonly failures: Opinions["failures"];
}

export function permit(id: string, applies: CompiledPolicy["applies"]): CompiledPolicy {
  return { id, effect: "permit", applies };
}

export function forbid(id: string, applies: CompiledPolicy["applies"]): CompiledPolicy {
  return { id, effect: "forbid", applies };
}

/** The decision function that asks each of these. */
export function deciding(...policies: readonly CompiledPolicy[]): Decide {
  return (request) => {
    const said: Record<CompiledPolicy["effect"], string[]> = { permit: [], forbid: [] };
    const failures: { policy: string; message: string }[] = [];
    for (const { id, effect, applies } of policies) {
      try {
        if (applies(request)) said[effect].push(id);
      } catch (error) {
        if (!(error instanceof CedarFailure)) throw error;
        failures.push({ policy: id, message: error.message });
      }
    }
    return { permits: said.permit, forbids: said.forbid, failures };
  };
}

/** Cedar's rule: allowed where a policy permits and none forbids. */
export function decisionOf({ permits, forbids, failures }: Opinions): CedarDecision {
  const allowed = permits.length > 0 && forbids.length === 0;
  return { allowed, reasons: allowed ? permits : forbids, failures };
}
