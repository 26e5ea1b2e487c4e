/** A person decides about what was refused: approves it as far as a cell goes, or denies it; once, never for oneself, never as an agent. */
import type { PolicyText } from "../../kernel/index.ts";
import type { AddedPolicy, AuditRecord, DecisionRecord, DecisionVerdict } from "../../ports/index.ts";
import type { Failed, Identity } from "../call.ts";
import { failed } from "../failures.ts";
import { principalText } from "../idempotency.ts";
import { mayOperate } from "../principal.ts";
import type { Governance } from "./governance.ts";
import { prohibitionsOf } from "./prohibitions.ts";
import { type Cell, cellText, draftOf, type ScopeName, scopeNames, scopes } from "./scopes.ts";

/** How long a policy is in force. */
export type Duration =
  | { readonly kind: "always" }
  /** In the session that the refused call was in. */
  | { readonly kind: "session" }
  | { readonly kind: "until"; readonly at: string };

export interface Approval {
  readonly cell: Cell;
  readonly duration: Duration;
  readonly note: string | null;
  /** The policy's text as the decider was shown it; another than what would be added is a conflict. */
  readonly text?: string;
}

/** A policy before anybody has agreed to it, and those that forbid what it is to permit. */
export interface ProposedPolicy {
  readonly kind: "proposed";
  readonly policy: AddedPolicy;
  readonly forbids: readonly PolicyText[];
}

/** Who may say who may do what: an operator that is no agent. */
export function mayDecide({ kind, principal }: Identity): boolean {
  return kind === "operator" && mayOperate(principal);
}

/** Anybody who may not decide is refused, and the attempt recorded. */
export async function operatorFault(
  governance: Governance,
  identity: Identity,
  attempt: { readonly action: string; readonly entityType: string; readonly entityId: string | null },
): Promise<Failed | undefined> {
  if (mayDecide(identity)) return undefined;
  const { principal } = identity;
  const because =
    principal.type === "Agent" ? "agents decide nothing, whatever their key" : "only an operator's key may do this";
  await governance.refused(principal, { ...attempt, because });
  return failed("AuthorizationDenied", because);
}

/** The decision with that id, where this identity may decide it now. */
async function decidable(
  governance: Governance,
  identity: Identity,
  { id, action }: { readonly id: string; readonly action: string },
): Promise<{ readonly kind: "decidable"; readonly decision: DecisionRecord } | Failed> {
  const { store } = governance.world;
  const { principal } = identity;
  const attempt = { action, entityType: "Decision", entityId: id };
  const fault = await operatorFault(governance, identity, attempt);
  if (fault !== undefined) return fault;
  const decision = await store.decisions.decision(principal.tenant, id, timeOf(governance));
  if (decision === undefined) return failed("NotFound", `there is no decision ${JSON.stringify(id)}`);
  const because = objectionTo(decision, identity);
  if (because === undefined) return { kind: "decidable", decision };
  await governance.refused(principal, { ...attempt, because });
  return failed(decision.state === "pending" ? "AuthorizationDenied" : "Conflict", because);
}

function objectionTo(decision: DecisionRecord, { principal }: Identity): string | undefined {
  const { state, verdict } = decision;
  const isOwn = decision.principal.type === principal.type && decision.principal.id === principal.id;
  if (state === "refused") return `${decision.id} is a record of what nobody can approve`;
  if (state !== "pending") return `${decision.id} was ${state} by ${verdict?.by ?? ""} at ${verdict?.at ?? ""}`;
  return isOwn ? "nobody decides about what they asked for themselves" : undefined;
}

/** What each named scope would add, or why it would add nothing. */
export function proposals(
  governance: Governance,
  decision: DecisionRecord,
): Readonly<Record<ScopeName, { readonly text: string } | { readonly fault: string }>> {
  const proposed = (scope: ScopeName): { readonly text: string } | { readonly fault: string } => {
    const text = textOf(governance, decision, scopes[scope]);
    return typeof text === "string" ? { text } : { fault: text.message };
  };
  const [narrow, medium, broad] = scopeNames;
  return { narrow: proposed(narrow), medium: proposed(medium), broad: proposed(broad) };
}

/** The valid text of the cell's policy. */
export function textOf({ judge, revision }: Governance, decision: DecisionRecord, cell: Cell): string | Failed {
  const { definition } = revision();
  const draft = draftOf(definition, decision, cell);
  if (draft.kind === "failed") return draft;
  const text = judge.written(draft);
  const [fault] = typeof text === "string" ? judge.faultsOf(text, definition.authorization.schema) : [text.fault];
  if (fault !== undefined) return failed("InvalidParameter", `no valid policy says this: ${fault}`);
  return typeof text === "string" ? text : failed("InvalidParameter", text.fault);
}

/** The policy that approving would add; nothing is changed. */
export async function propose(
  governance: Governance,
  identity: Identity,
  { id, approval }: { readonly id: string; readonly approval: Approval },
): Promise<ProposedPolicy | Failed> {
  const found = await decidable(governance, identity, { id, action: "approve" });
  return found.kind === "failed" ? found : proposal(governance, identity, { decision: found.decision, approval });
}

interface Approved {
  readonly decision: DecisionRecord;
  readonly approval: Approval;
}

async function proposal(
  governance: Governance,
  { principal }: Identity,
  { decision, approval }: Approved,
): Promise<ProposedPolicy | Failed> {
  const { store, limits } = governance.world;
  const now = timeOf(governance);
  const text = textOf(governance, decision, approval.cell);
  if (typeof text !== "string") return text;
  if (approval.text !== undefined && approval.text !== text) {
    return failed("Conflict", "the policy that would be added is another than the one that was shown: look again");
  }
  const span = spanOf(decision, approval.duration, now);
  if (span.kind === "failed") return span;
  const fault = roomFault(await store.decisions.addedPolicies(decision.tenant), now, limits.addedPoliciesMax);
  if (fault !== undefined) return fault;
  const policy = {
    ...{ tenant: decision.tenant, id: decision.id, version: 1, text, isEnabled: true, decisionId: decision.id },
    ...{ session: span.session, expiresAt: span.expiresAt, createdAt: now, createdBy: principalText(principal) },
    ...{ revokedAt: null, revokedBy: null },
  };
  return { kind: "proposed", policy, forbids: await prohibitionsOf(governance, decision) };
}

/** Refused where the tenant has as many policies in force as it may. */
export function roomFault(policies: readonly AddedPolicy[], now: string, most: number): Failed | undefined {
  const standing = policies.filter(({ revokedAt, expiresAt }) => revokedAt === null && (expiresAt ?? now) >= now);
  if (standing.length < most) return undefined;
  return failed("Conflict", `${most} added policies are in force (addedPoliciesMax): revoke some first`);
}

type Span = { readonly kind: "span"; readonly session: string | null; readonly expiresAt: string | null } | Failed;

function spanOf({ session }: DecisionRecord, duration: Duration, now: string): Span {
  switch (duration.kind) {
    case "always":
      return { kind: "span", session: null, expiresAt: null };
    case "session":
      if (session !== null) return { kind: "span", session, expiresAt: null };
      return failed("InvalidParameter", "the refused call named no session (X-Session-Id)", { target: "duration" });
    case "until":
      if (duration.at > now) return { kind: "span", session: null, expiresAt: duration.at };
      return failed("InvalidParameter", "this time has passed already", { target: "duration" });
  }
}

/** Adds the policy, records who approved what, and has it in force when it resolves. */
export async function approve(
  governance: Governance,
  identity: Identity,
  { id, approval }: { readonly id: string; readonly approval: Approval },
): Promise<(Omit<ProposedPolicy, "kind"> & { readonly kind: "decided"; readonly decision: DecisionRecord }) | Failed> {
  const found = await decidable(governance, identity, { id, action: "approve" });
  if (found.kind === "failed") return found;
  const proposed = await proposal(governance, identity, { decision: found.decision, approval });
  if (proposed.kind === "failed") return proposed;
  const { policy, forbids } = proposed;
  const { cell, note } = approval;
  const decision = decided(governance, found.decision, {
    ...{ by: policy.createdBy, at: policy.createdAt, scope: cellText(cell), policyId: policy.id, note },
  });
  const facts = {
    text: policy.text,
    scope: cellText(cell),
    session: policy.session,
    expiresAt: policy.expiresAt,
    note,
  };
  const audit = auditOf(governance, decision, { kind: "approved", facts });
  const isSettled = await governance.world.store.decisions.settle({ decision, policy, audit });
  if (!isSettled) return lostRace(governance, identity, { id, action: "approve" });
  governance.policies.forget(decision.tenant);
  governance.changed(decision.tenant);
  return { kind: "decided", decision, policy, forbids };
}

/** Denies it: the same refusal is counted on, and asks nobody again until the decision expires. */
export async function deny(
  governance: Governance,
  identity: Identity,
  { id, note }: { readonly id: string; readonly note: string | null },
): Promise<{ readonly kind: "decided"; readonly decision: DecisionRecord } | Failed> {
  const found = await decidable(governance, identity, { id, action: "deny" });
  if (found.kind === "failed") return found;
  const by = principalText(identity.principal);
  const verdict = { by, at: timeOf(governance), scope: null, policyId: null, note };
  const decision = decided(governance, found.decision, verdict);
  const audit = auditOf(governance, decision, { kind: "denied", facts: { note } });
  if (!(await governance.world.store.decisions.settle({ decision, audit }))) {
    return lostRace(governance, identity, { id, action: "deny" });
  }
  governance.changed(decision.tenant);
  return { kind: "decided", decision };
}

function decided({ world }: Governance, decision: DecisionRecord, verdict: DecisionVerdict): DecisionRecord {
  const { decidedKeptMs, decisionTtlMs } = world.limits;
  const isApproved = verdict.policyId !== null;
  const expiresAt = new Date(world.clock.now() + (isApproved ? decidedKeptMs : decisionTtlMs)).toISOString();
  return { ...decision, state: isApproved ? "approved" : "denied", expiresAt, verdict };
}

/** Somebody else was faster: said as to whoever comes later. */
async function lostRace(
  governance: Governance,
  identity: Identity,
  attempt: { readonly id: string; readonly action: string },
): Promise<Failed> {
  const now = await decidable(governance, identity, attempt);
  return now.kind === "failed" ? now : failed("Conflict", `${attempt.id} could not be decided just now: try again`);
}

function auditOf(
  { world }: Governance,
  { tenant, id, verdict }: DecisionRecord,
  { kind, facts }: Pick<AuditRecord, "kind" | "facts">,
): AuditRecord {
  const { by = "", at = "", policyId = null } = verdict ?? {};
  return { id: world.ids.next(), tenant, at, by, kind, decisionId: id, policyId, facts };
}

export function timeOf({ world }: Governance): string {
  return new Date(world.clock.now()).toISOString();
}
