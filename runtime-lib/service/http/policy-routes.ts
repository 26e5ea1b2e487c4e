/** `/api/tenants/{t}/policies`: the policies in force, of the spec and added ones; operators put, change and revoke the latter. */
import type { FastifyInstance } from "fastify";
import type { AddedPolicy } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import {
  changePolicy,
  type PolicyChange,
  type PolicyWish,
  putPolicy,
  revokePolicy,
} from "../decisions/change-policies.ts";
import { timeOf } from "../decisions/decide.ts";
import { suggestionsFrom } from "../decisions/suggestions.ts";
import { failed, invalid, isFailed } from "../odata/failure.ts";
import {
  type ApiAnswer,
  type ApiCall,
  fieldsOf,
  forTenant,
  instantOf,
  lookerFault,
  sendFailures,
  type TenantApi,
} from "./tenant-api.ts";

/** Registers list, rules, suggestions, get, put, patch and delete. */
export async function policyRoutes(app: FastifyInstance, api: TenantApi): Promise<void> {
  sendFailures(app);
  const root = "/api/tenants/:tenant/policies";
  app.get(
    root,
    forOperators(api, async (call) => ok({ value: await allOf(call) })),
  );
  app.get(`${root}/rules`, forOperators(api, rules));
  app.get(`${root}/suggestions`, forOperators(api, suggestions));
  app.get(`${root}/:id`, forOperators(api, get));
  app.put(`${root}/:id`, forTenant(api, put));
  app.patch(`${root}/:id`, forTenant(api, patch));
  app.delete(`${root}/:id`, forTenant(api, remove));
}

/** Reading asks for an operator's key; changing asks more. */
function forOperators(api: TenantApi, handle: (call: ApiCall) => Promise<ApiAnswer>) {
  return forTenant(api, async (call) => (await lookerFault(call, "Policy")) ?? handle(call));
}

/** A policy as it is shown. */
type PolicyView = {
  readonly id: string;
  readonly text: string;
  readonly source: "spec" | "added";
} & Partial<AddedPolicy>;

async function allOf({ governance, identity }: ApiCall): Promise<readonly PolicyView[]> {
  const { policies } = governance.revision().definition.authorization;
  const added = await governance.world.store.decisions.addedPolicies(identity.principal.tenant);
  return [
    ...policies.map(({ id, text }) => ({ id, text, source: "spec" as const })),
    ...added.map((policy) => ({ ...policy, source: "added" as const })),
  ];
}

async function get(call: ApiCall): Promise<ApiAnswer> {
  const found = (await allOf(call)).find(({ id }) => id === call.id);
  return found === undefined ? failed("NotFound", `there is no policy ${JSON.stringify(call.id)}`) : ok(found);
}

/** What each policy in force says, part by part. */
async function rules(call: ApiCall): Promise<ApiAnswer> {
  const { governance } = call;
  const now = timeOf(governance);
  const inForce = (await allOf(call)).filter(({ revokedAt = null, isEnabled = true, expiresAt = null }) => {
    return revokedAt === null && isEnabled && (expiresAt === null || expiresAt > now);
  });
  const value = inForce.map(({ id, source, text }) => ({ id, source, ...governance.judge.outlineOf(text) }));
  return ok({ value });
}

async function suggestions({ governance, identity }: ApiCall): Promise<ApiAnswer> {
  const { store, limits } = governance.world;
  const query = { tenant: identity.principal.tenant, now: timeOf(governance), top: limits.decisionsPerTenantMax };
  const pending = await store.decisions.decisions({ ...query, states: ["pending"] });
  return ok({ value: suggestionsFrom(governance, pending, limits.suggestedFrom) });
}

async function put({ governance, identity, id, request }: ApiCall): Promise<ApiAnswer> {
  if (!/^[\w.-]{1,128}$/.test(id) || ["rules", "suggestions"].includes(id)) {
    return invalid("an id has letters, digits and . _ - only, 128 at most", "id");
  }
  const wish = wishOf(request.body);
  if (isFailed(wish)) return wish;
  const stored = await putPolicy(governance, identity, { id, wish });
  if (stored.kind === "failed") return stored;
  return { kind: "json", status: stored.created ? 201 : 200, body: { ...stored.policy, source: "added" } };
}

async function patch({ governance, identity, id, request }: ApiCall): Promise<ApiAnswer> {
  const change = changeOf(request.body);
  if (isFailed(change)) return change;
  const stored = await changePolicy(governance, identity, { id, change });
  return stored.kind === "failed" ? stored : ok({ ...stored.policy, source: "added" });
}

async function remove({ governance, identity, id }: ApiCall): Promise<ApiAnswer> {
  const stored = await revokePolicy(governance, identity, id);
  return stored.kind === "failed" ? stored : { kind: "json", status: 204 };
}

function wishOf(body: unknown): PolicyWish | Failed {
  const fields = fieldsOf(body, ["text", "session", "expiresAt"]);
  if (isFailed(fields)) return fields;
  const { text, session = null } = fields;
  if (typeof text !== "string" || text.trim() === "") return invalid("text is one Cedar policy", "text");
  if (session !== null && !isSession(session)) return invalid("session is a session's id", "session");
  const expiresAt = expiryOf(fields.expiresAt ?? null);
  return isFailed(expiresAt) ? expiresAt : { text, session, expiresAt };
}

function isSession(value: unknown): value is string {
  return typeof value === "string" && /^[\x21-\x7e]{1,128}$/.test(value);
}

function changeOf(body: unknown): PolicyChange | Failed {
  const fields = fieldsOf(body, ["isEnabled", "expiresAt"]);
  if (isFailed(fields)) return fields;
  const { isEnabled, expiresAt: until } = fields;
  if (isEnabled !== undefined && typeof isEnabled !== "boolean")
    return invalid("isEnabled is true or false", "isEnabled");
  const expiresAt = until === undefined ? undefined : expiryOf(until);
  if (isFailed(expiresAt)) return expiresAt;
  return { ...(isEnabled !== undefined && { isEnabled }), ...(expiresAt !== undefined && { expiresAt }) };
}

function expiryOf(value: unknown): string | null | Failed {
  if (value === null) return null;
  return instantOf(value) ?? invalid("expiresAt is a time such as 2026-12-31T00:00:00Z, or null", "expiresAt");
}

function ok(body: object): ApiAnswer {
  return { kind: "json", status: 200, body };
}
