/** Operators put, change and revoke policies by hand; nobody writes themselves a permit for what they were refused. */
import type { AddedPolicy, AuditKind, DecisionRecord } from "../../ports/index.ts";
import type { Failed, Identity } from "../call.ts";
import { failed } from "../failures.ts";
import { principalText } from "../idempotency.ts";
import { operatorFault, roomFault, timeOf } from "./decide.ts";
import type { Governance } from "./governance.ts";

export type Stored = { readonly kind: "stored"; readonly policy: AddedPolicy; readonly created: boolean } | Failed;

/** What a caller may say of a policy; the rest is the service's. */
export interface PolicyWish {
  readonly text: string;
  readonly session: string | null;
  readonly expiresAt: string | null;
}

/** Adds a policy under that id, or gives it another text. */
export async function putPolicy(
  governance: Governance,
  identity: Identity,
  { id, wish }: { readonly id: string; readonly wish: PolicyWish },
): Promise<Stored> {
  const refused = await operatorFault(governance, identity, { action: "put", entityType: "Policy", entityId: id });
  if (refused !== undefined) return refused;
  const present = await policyOf(governance, identity, id);
  const fault = rewriteFault(id, present);
  if (fault !== undefined) return fault;
  const { policies } = governance.revision().definition.authorization;
  if (policies.some((each) => each.id === id)) {
    return failed("Conflict", `the spec has a policy ${JSON.stringify(id)}: choose another id`, { target: "id" });
  }
  const now = timeOf(governance);
  const by = principalText(identity.principal);
  const made = present?.revokedAt === null ? present : { createdAt: now, createdBy: by };
  const policy: AddedPolicy = {
    ...{ tenant: identity.principal.tenant, id, version: (present?.version ?? 0) + 1, ...wish, isEnabled: true },
    ...{ decisionId: null, createdAt: made.createdAt, createdBy: made.createdBy, revokedAt: null, revokedBy: null },
  };
  const wrong = await contentFault(governance, identity, policy);
  return wrong ?? store(governance, identity, { policy, kind: "policy-put", created: present?.revokedAt !== null });
}

function rewriteFault(id: string, present: AddedPolicy | undefined): Failed | undefined {
  const isOfDecision = typeof present?.decisionId === "string" || /^PD-/.test(id);
  if (!isOfDecision) return undefined;
  const message = "the policy of a decision is never rewritten: revoke it, and put another";
  return failed("Conflict", message, { target: "id" });
}

/** What may change of a policy without its text. */
export interface PolicyChange {
  readonly isEnabled?: boolean;
  readonly expiresAt?: string | null;
}

export async function changePolicy(
  governance: Governance,
  identity: Identity,
  { id, change }: { readonly id: string; readonly change: PolicyChange },
): Promise<Stored> {
  const refused = await operatorFault(governance, identity, { action: "patch", entityType: "Policy", entityId: id });
  if (refused !== undefined) return refused;
  const present = await standingPolicy(governance, identity, id);
  if (present.kind === "failed") return present;
  const policy = { ...present.policy, ...change, version: present.policy.version + 1 };
  const wrong = await contentFault(governance, identity, policy);
  return wrong ?? store(governance, identity, { policy, kind: "policy-changed", created: false });
}

/** From then on it is in force for nobody. */
export async function revokePolicy(governance: Governance, identity: Identity, id: string): Promise<Stored> {
  const refused = await operatorFault(governance, identity, { action: "revoke", entityType: "Policy", entityId: id });
  if (refused !== undefined) return refused;
  const present = await standingPolicy(governance, identity, id);
  if (present.kind === "failed") return present;
  const gone = { revokedAt: timeOf(governance), revokedBy: principalText(identity.principal) };
  const policy = { ...present.policy, ...gone, version: present.policy.version + 1 };
  return store(governance, identity, { policy, kind: "policy-revoked", created: false });
}

async function policyOf({ world }: Governance, { principal }: Identity, id: string): Promise<AddedPolicy | undefined> {
  return (await world.store.decisions.addedPolicies(principal.tenant)).find((policy) => policy.id === id);
}

async function standingPolicy(
  governance: Governance,
  identity: Identity,
  id: string,
): Promise<{ readonly kind: "standing"; readonly policy: AddedPolicy } | Failed> {
  const policy = await policyOf(governance, identity, id);
  if (policy !== undefined && policy.revokedAt === null) return { kind: "standing", policy };
  const { policies } = governance.revision().definition.authorization;
  const isOfSpec = policies.some((each) => each.id === id);
  if (isOfSpec) return failed("Conflict", `${JSON.stringify(id)} stands in the spec: change it there`);
  return failed("NotFound", `there is no added policy ${JSON.stringify(id)}`);
}

/** Why the policy may not be in force as it would be. */
async function contentFault(
  governance: Governance,
  identity: Identity,
  policy: AddedPolicy,
): Promise<Failed | undefined> {
  const { judge, revision, world } = governance;
  const now = timeOf(governance);
  if (policy.expiresAt !== null && policy.expiresAt <= now) {
    return failed("InvalidParameter", "this time has passed already", { target: "expiresAt" });
  }
  const faults = judge.faultsOf(policy.text, revision().definition.authorization.schema);
  if (faults.length > 0) return failed("InvalidParameter", faults.join("; "), { target: "text" });
  const others = await world.store.decisions.addedPolicies(policy.tenant);
  const room = roomFault(
    others.filter(({ id }) => id !== policy.id),
    now,
    world.limits.addedPoliciesMax,
  );
  return room ?? ownFault(governance, identity, policy);
}

/** A permit that could let its author do what it was refused is a decision for oneself by another name. */
async function ownFault(
  governance: Governance,
  { principal }: Identity,
  policy: AddedPolicy,
): Promise<Failed | undefined> {
  const { store, limits } = governance.world;
  const query = { tenant: principal.tenant, now: timeOf(governance), principal, top: limits.decisionsPerPrincipalMax };
  const own = await store.decisions.decisions({ ...query, states: ["pending", "denied"] });
  const concerned = own.find((decision) => governance.judge.concerns(policy.text, questionOf(decision)));
  if (concerned === undefined) return undefined;
  const because = `nobody permits themselves what they were refused (${concerned.id}): another operator decides that`;
  await governance.refused(principal, { action: "put", entityType: "Policy", entityId: policy.id, because });
  return failed("AuthorizationDenied", because, { details: { decisionId: concerned.id } });
}

function questionOf({ principal, entityType, action, entityId }: DecisionRecord) {
  return { principal, entityType, action, entityId };
}

interface Storing {
  readonly policy: AddedPolicy;
  readonly kind: AuditKind;
  readonly created: boolean;
}

async function store(governance: Governance, identity: Identity, storing: Storing): Promise<Stored> {
  const { policy, kind, created } = storing;
  const { world } = governance;
  const { tenant, id, text, isEnabled, expiresAt, session, decisionId } = policy;
  const audit = {
    ...{ id: world.ids.next(), tenant, at: timeOf(governance), by: principalText(identity.principal), kind },
    ...{ decisionId, policyId: id, facts: { text, isEnabled, expiresAt, session } },
  };
  if (!(await world.store.decisions.putPolicy(policy, audit))) {
    return failed("Conflict", "somebody else has changed this policy meanwhile: read it again");
  }
  governance.policies.forget(tenant);
  governance.changed(tenant);
  return { kind: "stored", policy, created };
}
