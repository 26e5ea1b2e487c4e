/** How fresh added policies are: what another process revokes is revoked, whichever way the clock is set meanwhile. */
import { expect, test } from "vitest";
import { parcelService } from "../../../test/definitions/parcel.ts";
import { stillClock } from "../../../test/definitions/still-clock.ts";
import { cedarAuthorizer } from "../../adapters/cedar/authorizer.ts";
import { openMemoryStore } from "../../adapters/memory/store.ts";
import type { AddedPolicy, AuditRecord } from "../../ports/index.ts";
import { defaultLimits } from "../limits.ts";
import { Revision } from "../revision.ts";
import { AddedPolicies } from "./added-policies.ts";

const dayMs = 86_400_000;
const at = "2026-03-01T00:00:00.000Z";

const policy: AddedPolicy = {
  ...{ tenant: "t", id: "sending", version: 1, text: "permit(principal, action, resource is Parcel);" },
  ...{ session: null, expiresAt: null, isEnabled: true, decisionId: null },
  ...{ createdAt: at, createdBy: 'Admin::"a"', revokedAt: null, revokedBy: null },
};
const audit: AuditRecord = {
  ...{
    id: "1",
    tenant: "t",
    at,
    by: 'Admin::"a"',
    kind: "policy-put",
    decisionId: null,
    policyId: "sending",
    facts: {},
  },
};

test.each([
  ["goes on", 1_500],
  ["is set back by a day", -dayMs],
  ["is set on by a day", dayMs],
])("what another process has revoked is revoked where the clock %s", async (_name, ms) => {
  const store = openMemoryStore();
  let now = Date.parse(at);
  const clock = stillClock(() => now);
  const added = new AddedPolicies({ store, clock, limits: defaultLimits, authorizer: cedarAuthorizer });
  const revision = new Revision(parcelService(), "r1", cedarAuthorizer);
  const isAdded = async () => (await added.ruling(revision, { tenant: "t" })) !== revision.ruling;
  await store.decisions.putPolicy(policy, audit);
  expect(await isAdded()).toBe(true);
  await store.decisions.putPolicy(
    { ...policy, version: 2, revokedAt: at, revokedBy: 'Admin::"a"' },
    { ...audit, id: "2" },
  );
  expect(await isAdded()).toBe(true);
  now += ms;
  expect(await isAdded()).toBe(false);
});
