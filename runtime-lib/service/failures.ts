/** No entity of that type has the values of an alternate key, or none that the caller may read. */
export function notFoundBy(entityType: string): Failed {
  return failed("NotFound", `there is no ${entityType} with this alternate key`);
}

/** Failed calls: each refusal of the kernel, and each of the service's own, as the answer that a client can rely on. */
import type { Refused } from "../kernel/index.ts";
import { BeyondStore, type Decision, OutcomeUnknown, StoreUnavailable } from "../ports/index.ts";
import type { Denial, ErrorCode, Failed, Write } from "./call.ts";
import type { Limits } from "./limits.ts";
import type { EntityType } from "./revision.ts";
import { EntityStopped } from "./stopped.ts";

type Extras = Omit<Failed, "kind" | "code" | "message">;

export function failed(code: ErrorCode, message: string, extras: Extras = {}): Failed {
  return { kind: "failed", code, message, ...extras };
}

export function notFound(entityType: string, entityId: string): Failed {
  return failed("NotFound", `there is no ${entityType} ${JSON.stringify(entityId)}`);
}

export function unknownType(entityType: string): Failed {
  return failed("NotFound", `there is no entity type ${JSON.stringify(entityType)}`);
}

export function unknownAction(entityType: string, action: string): Failed {
  return failed("UnknownAction", `${entityType} has no action ${JSON.stringify(action)}`, { target: action });
}

/** What makes a call that is sent twice take effect once. */
export type Repeatable = Pick<Write, "idempotency" | "expectedSequences">;

/** What was asked for and denied. */
export interface Asked {
  readonly entityType: string;
  readonly entityId: string;
  readonly action: string;
}

/**
 * What a store throws that serves no more, or never what was asked; undefined for anything else. A call that may have been
 * done already is asked to come again only where the same twice is done once: by its idempotency key, or because the entity
 * must be as the caller has seen it.
 */
export function storeFailure(
  error: unknown,
  { retryAfterSeconds }: Pick<Limits, "retryAfterSeconds">,
  { idempotency, expectedSequences }: Repeatable = {},
): Failed | undefined {
  if (error instanceof OutcomeUnknown) {
    const isRepeatable = idempotency !== undefined || expectedSequences !== undefined;
    return failed("OutcomeUnknown", error.message, isRepeatable ? { retryAfterSeconds } : {});
  }
  if (error instanceof StoreUnavailable) return failed("StoreUnavailable", error.message, { retryAfterSeconds });
  if (error instanceof EntityStopped) {
    return failed("EntityStopped", error.message, { details: { sequence: error.stopped.sequence } });
  }
  if (error instanceof BeyondStore) return failed("InvalidParameter", error.message, { target: error.target });
  return undefined;
}

/** Denied, with the clause that did it. What a failing policy says of its failure is for the log: it may speak of what the caller may not read. */
export function denied({ entityType, entityId, action }: Asked, { reasons, errors }: Decision): Failed {
  const failing = errors.map(failingPolicy);
  const policies = failing.length > 0 ? failing : reasons;
  const because = clause(reasons, failing);
  return failed("AuthorizationDenied", `${action} on ${entityType} is not allowed: ${because}`, {
    details: { action, policies },
    denial: { action, entityType, entityId, because, policies: failing.length > 0 ? [] : reasons, errors },
  });
}

/** `owner: attribute …` is about the policy `owner`; what Cedar says of a whole request names none. */
function failingPolicy(error: string): string {
  const end = error.indexOf(": ");
  return end < 0 ? "a policy" : error.slice(0, end);
}

/** Why a decision denies, where these policies forbid and those fail to evaluate. */
export function clause(reasons: readonly string[], failing: readonly string[] = []): string {
  if (failing.length > 0) return `${failing.join(", ")} cannot be evaluated here, and what cannot be decided is denied`;
  return reasons.length === 0 ? "no policy permits it" : `forbidden by ${reasons.join(", ")}`;
}

/** The set cannot be listed by this caller. */
export function deniedList(entityType: string, because: string, policies: readonly string[]): Failed {
  return failed("AuthorizationDenied", `${entityType} cannot be listed: ${because}`, {
    details: { action: "list", policies },
    denial: { action: "list", entityType, entityId: null, because, policies, errors: [] },
  });
}

/** No policy can permit what the credential is not good for. */
export function outOfScope({
  entityType,
  entityId,
  action,
}: Omit<Asked, "entityId"> & Pick<Denial, "entityId">): Failed {
  const because = "it is not in the scopes of this credential";
  return failed("AuthorizationDenied", `${action} on ${entityType} is not in the scopes of this credential`, {
    details: { action },
    denial: { action, entityType, entityId, because, policies: [], errors: [], state: "refused" },
  });
}

/** What the step's refusal means to the caller. */
export function refusal(type: EntityType, status: string, action: string, outcome: Refused): Failed {
  const possible = type.possible.get(status) ?? [];
  switch (outcome.reason) {
    case "unknown-action":
      return unknownAction(type.descriptor.name, action);
    case "no-rule-here":
      return failed("ActionNotAllowed", `${action} is not possible while the status is ${status}`, {
        details: { status, action, possible },
      });
    case "guard-false":
      return failed("GuardFailed", `${action} is not possible because this does not hold: ${outcome.detail}`, {
        details: { status, action, guard: outcome.detail, possible },
      });
    case "field-invariant":
      return failed("InvariantViolated", outcome.detail, { details: { status, action } });
    case "counter-overflow":
      return failed("InvariantViolated", `${outcome.detail} would exceed the largest counter`, {
        target: outcome.detail,
        details: { status, action },
      });
    case "bad-parameter":
      return failed("InvalidParameter", `the parameter ${outcome.detail} has no value that ${action} can use`, {
        target: outcome.detail,
      });
  }
}
