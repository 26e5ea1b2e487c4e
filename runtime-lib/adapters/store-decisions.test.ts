/** What every store promises about decisions, added policies and the trail of both: one suite, run on each adapter. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { adapters } from "../../test/definitions/stores.ts";
import type { AddedPolicy, AuditRecord, DecisionRecord, NewDecision, Store } from "../ports/index.ts";

const bounds = { perPrincipalMax: 3, perTenantMax: 4 };
const now = "2026-01-02T00:00:00.000Z";

function refused(changes: Partial<NewDecision> = {}): NewDecision {
  return {
    id: `PD-${changes.fold ?? "f"}`,
    tenant: "t",
    fold: "f",
    state: "pending",
    principal: { type: "Agent", id: "a", tenant: "t", roles: ["r"] },
    entityType: "Parcel",
    action: "Send",
    entityId: 'x"\u0000',
    because: "no policy permits it",
    policies: [],
    errors: [],
    intent: null,
    session: null,
    times: 1,
    lastSeenAt: "2026-01-01T00:00:00.000Z",
    expiresAt: "2026-01-08T00:00:00.000Z",
    ...changes,
  };
}

function audit(changes: Partial<AuditRecord> = {}): AuditRecord {
  return {
    id: "audit",
    tenant: "t",
    at: now,
    by: 'Admin::"o"',
    kind: "approved",
    decisionId: "PD-f",
    policyId: "p",
    facts: { text: "permit…" },
    ...changes,
  };
}

function policy(changes: Partial<AddedPolicy> = {}): AddedPolicy {
  return {
    tenant: "t",
    id: "p",
    version: 1,
    text: "permit(principal, action, resource);",
    session: null,
    expiresAt: null,
    isEnabled: true,
    decisionId: "PD-f",
    createdAt: now,
    createdBy: 'Admin::"o"',
    revokedAt: null,
    revokedBy: null,
    ...changes,
  };
}

function approved(record: DecisionRecord): DecisionRecord {
  const verdict = { by: 'Admin::"o"', at: now, scope: "narrow", policyId: "p", note: null };
  return { ...record, state: "approved", verdict };
}

describe.each(adapters)("decisions in the store: $name", ({ open }) => {
  let store: Store;

  beforeEach(async () => {
    store = await open();
  });

  afterEach(() => store.close());

  async function pending(changes: Partial<NewDecision> = {}): Promise<DecisionRecord> {
    const record = await store.decisions.fold(refused(changes), bounds);
    if (record === undefined) throw new Error("a bound is reached");
    return record;
  }

  test("identical refusals fold into one, which counts them and keeps the first and the last time", async () => {
    await pending();
    const later = { id: "PD-other", lastSeenAt: "2026-01-01T01:00:00.000Z", expiresAt: "2026-01-09T00:00:00.000Z" };
    await Promise.all([pending(later), pending({ ...later, intent: "to ship it", times: 5 })]);
    const [one, ...others] = await store.decisions.decisions({ tenant: "t", now, top: 10 });
    expect(others).toEqual([]);
    const { times: _times, ...first } = refused({ ...later, id: "PD-f", intent: "to ship it" });
    expect(one).toEqual({
      ...first,
      count: 7,
      firstSeenAt: "2026-01-01T00:00:00.000Z",
      mark: 3,
      verdict: null,
    });
    expect(await store.decisions.decision("t", "PD-f", now)).toEqual(one);
  });

  test("a principal and a tenant have a bounded number, and what has expired makes room", async () => {
    for (const fold of ["1", "2", "3"]) await pending({ fold });
    expect(await store.decisions.fold(refused({ fold: "4" }), bounds)).toBeUndefined();
    const other = { principal: { type: "Agent", id: "b", tenant: "t", roles: [] } };
    await pending({ fold: "5", ...other });
    expect(await store.decisions.fold(refused({ fold: "6", ...other }), bounds)).toBeUndefined();
    expect(await pending({ fold: "1" })).toMatchObject({ count: 2 });
    const late = { lastSeenAt: "2026-01-08T00:00:00.000Z", expiresAt: "2026-01-15T00:00:00.000Z" };
    await pending({ fold: "4", ...late });
    const left = await store.decisions.decisions({ tenant: "t", now: late.lastSeenAt, top: 10 });
    expect(left.map(({ fold }) => fold)).toEqual(["4"]);
  });

  test("lists by state, by principal and by what has changed, of one tenant only", async () => {
    await pending({ fold: "1" });
    await pending({ fold: "2", state: "refused" });
    await pending({ fold: "3", principal: { type: "Agent", id: "b", tenant: "t", roles: [] } });
    await pending({ fold: "1", tenant: "u" });
    const folds = async (query: object): Promise<readonly string[]> =>
      (await store.decisions.decisions({ tenant: "t", now, top: 10, ...query })).map(({ fold }) => fold);
    expect(await folds({})).toEqual(["1", "2", "3"]);
    expect(await folds({ states: ["pending"] })).toEqual(["1", "3"]);
    expect(await folds({ principal: { type: "Agent", id: "b" } })).toEqual(["3"]);
    expect(await folds({ afterMark: 2 })).toEqual(["3"]);
    expect(await folds({ top: 1 })).toEqual(["1"]);
    expect(await folds({ now: "2026-01-08T00:00:00.000Z" })).toEqual([]);
    expect(await store.decisions.decision("t", "PD-none", now)).toBeUndefined();
  });

  test("is decided once, with its policy and its place in the trail, or not at all", async () => {
    const record = await pending();
    const settled = { decision: approved(record), policy: policy(), audit: audit() };
    const both = await Promise.all([store.decisions.settle(settled), store.decisions.settle(settled)]);
    expect(both).toEqual([true, false]);
    expect(await store.decisions.decision("t", "PD-f", now)).toEqual({ ...approved(record), mark: 2 });
    expect(await store.decisions.addedPolicies("t")).toEqual([policy()]);
    expect(await store.decisions.auditTrail("t", { top: 10, skip: 0 })).toEqual([audit()]);
    expect(await store.decisions.addedPolicies("u")).toEqual([]);
    const again = await pending({ id: "PD-again" });
    expect(again).toMatchObject({ id: "PD-again", state: "pending", count: 1 });
    const taken = { decision: approved(again), policy: policy(), audit: audit() };
    expect(await store.decisions.settle(taken)).toBe(false);
    const late = { decision: approved(again), audit: audit({ at: "2026-01-08T00:00:00.000Z" }) };
    expect(await store.decisions.settle(late)).toBe(false);
  });

  test("a change of a policy follows the version that it was made from, and moves the tenant's mark", async () => {
    expect(await store.decisions.policiesMark("t")).toBe(0);
    expect(await store.decisions.putPolicy(policy(), audit())).toBe(true);
    const mark = await store.decisions.policiesMark("t");
    const revoked = policy({ version: 2, revokedAt: now, revokedBy: 'Admin::"o"' });
    expect(await store.decisions.putPolicy(policy(), audit())).toBe(false);
    expect(await store.decisions.putPolicy(revoked, audit({ kind: "policy-revoked" }))).toBe(true);
    expect(await store.decisions.policiesMark("t")).toBeGreaterThan(mark);
    expect(await store.decisions.addedPolicies("t")).toEqual([revoked]);
    const trail = await store.decisions.auditTrail("t", { top: 1, skip: 0 });
    expect(trail.map(({ kind }) => kind)).toEqual(["policy-revoked"]);
    expect(await store.decisions.auditTrail("t", { top: 10, skip: 1 })).toHaveLength(1);
  });
});
