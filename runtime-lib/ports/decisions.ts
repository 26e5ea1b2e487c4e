/** What is kept of refusals and of what people decided about them: pending decisions, added policies, and the trail of both. */
import type { Principal } from "./authorizer.ts";

/**
 * `pending` waits for a person. `refused` is a record only, of something that nobody can approve, such as deciding for oneself.
 */
export type DecisionState = "pending" | "approved" | "denied" | "refused";

/** Who was refused what, and what became of it. */
export interface DecisionRecord {
  /** `PD-` and a UUIDv7. */
  readonly id: string;
  readonly tenant: string;
  /** Refusals of the same have the same, and are one record as long as it is open: not approved and not expired. */
  readonly fold: string;
  readonly state: DecisionState;
  readonly principal: Principal;
  readonly entityType: string;
  readonly action: string;
  /** Null where the refusal is about a whole set. */
  readonly entityId: string | null;
  /** The clause that denied, in words. */
  readonly because: string;
  /** Policies that forbid, and those that failed to evaluate. */
  readonly policies: readonly string[];
  readonly errors: readonly string[];
  /** What the caller said that it wanted (`X-Intent`), the last time. */
  readonly intent: string | null;
  /** The session that it was in, the last time. */
  readonly session: string | null;
  readonly count: number;
  /** RFC 3339, UTC, milliseconds, as every time here. */
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  /** From then on it is gone. */
  readonly expiresAt: string;
  /** Grows with every change of any record of the tenant. */
  readonly mark: number;
  readonly verdict: DecisionVerdict | null;
}

/** What a person decided. */
export interface DecisionVerdict {
  /** `Type::"id"`. */
  readonly by: string;
  readonly at: string;
  /** In words: `narrow`, or the four parts of a cell. Null where it was denied. */
  readonly scope: string | null;
  readonly policyId: string | null;
  readonly note: string | null;
}

/** A policy that was added while the service ran. */
export interface AddedPolicy {
  readonly tenant: string;
  readonly id: string;
  /** 1 for the first text under this id, one more with each change. */
  readonly version: number;
  readonly text: string;
  /** It is in force for calls of this session only. */
  readonly session: string | null;
  readonly expiresAt: string | null;
  readonly isEnabled: boolean;
  /** The decision that it stands for. */
  readonly decisionId: string | null;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly revokedAt: string | null;
  readonly revokedBy: string | null;
}

export type AuditKind = "approved" | "denied" | "policy-put" | "policy-changed" | "policy-revoked";

/** One act of a person, never changed and never removed. */
export interface AuditRecord {
  readonly id: string;
  readonly tenant: string;
  readonly at: string;
  readonly by: string;
  readonly kind: AuditKind;
  readonly decisionId: string | null;
  readonly policyId: string | null;
  /** The policy's text as it was then, and what else is to be known. */
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
}

/** A refusal as it comes, or so many of the same: the store gives it its count and its mark. */
export type NewDecision = Omit<DecisionRecord, "count" | "firstSeenAt" | "mark" | "verdict"> & {
  readonly times: number;
};

export interface DecisionBounds {
  /** Records that are not approved, of one principal and of a tenant. */
  readonly perPrincipalMax: number;
  readonly perTenantMax: number;
}

export interface DecisionQuery {
  readonly tenant: string;
  /** What has expired by then is not among them. */
  readonly now: string;
  readonly states?: readonly DecisionState[];
  readonly principal?: { readonly type: string; readonly id: string };
  /** Only what has changed after this mark. */
  readonly afterMark?: number;
  /** By mark, the oldest change first. */
  readonly top: number;
}

export interface Settled {
  /** With its verdict. It takes the place of the pending record of its id. */
  readonly decision: DecisionRecord;
  readonly policy?: AddedPolicy;
  readonly audit: AuditRecord;
}

/** Durable when it resolves; rejects with `StoreUnavailable` where nothing was done. */
export interface Decisions {
  /**
   * Counts the refusal into the open record of the same fold, or begins one; what has expired by `lastSeenAt` is removed first.
   * Undefined where a bound is reached: then nothing is kept of it.
   */
  fold(refused: NewDecision, bounds: DecisionBounds): Promise<DecisionRecord | undefined>;
  decision(tenant: string, id: string, now: string): Promise<DecisionRecord | undefined>;
  decisions(query: DecisionQuery): Promise<readonly DecisionRecord[]>;
  /** All of it or nothing; false where the record is no longer pending or has expired, or the policy's id is taken. */
  settle(settled: Settled): Promise<boolean>;
  /** Every policy that was ever added and may still be in force or be looked at, by id. */
  addedPolicies(tenant: string): Promise<readonly AddedPolicy[]>;
  /** Another number after every change of the tenant's added policies. */
  policiesMark(tenant: string): Promise<number>;
  /** False where the policy has not the version before this one. */
  putPolicy(policy: AddedPolicy, audit: AuditRecord): Promise<boolean>;
  /** The latest first. */
  auditTrail(tenant: string, page: { readonly top: number; readonly skip: number }): Promise<readonly AuditRecord[]>;
}
