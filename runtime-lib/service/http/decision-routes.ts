/** `/api/tenants/{t}/decisions`: what was refused, and what people decide about it. */
import type { FastifyInstance } from "fastify";
import type { DecisionRecord, DecisionState } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import {
  type Approval,
  approve,
  type Duration,
  deny,
  operatorFault,
  proposals,
  propose,
  timeOf,
} from "../decisions/decide.ts";
import { prohibitionsOf } from "../decisions/prohibitions.ts";
import { actionScopes, type Cell, principalScopes, resourceScopes, scopeNames, scopes } from "../decisions/scopes.ts";
import { failed, invalid, isFailed } from "../odata/failure.ts";
import { published } from "./decision-json.ts";
import { DecisionStreams } from "./decision-stream.ts";
import {
  type ApiAnswer,
  type ApiCall,
  type Fields,
  fieldsOf,
  forTenant,
  instantOf,
  lookerFault,
  sendFailures,
  type TenantApi,
} from "./tenant-api.ts";

const states: readonly DecisionState[] = ["pending", "approved", "denied", "refused"];
const pageMax = 1_000;
const noteLengthMax = 2_000;

/**
 * Registers the list, one decision, the stream of changes (SSE), approve, deny and the audit trail. Operators see all of their
 * tenant, and decide; any other caller sees what it was refused itself.
 */
export async function decisionRoutes(app: FastifyInstance, api: TenantApi): Promise<void> {
  sendFailures(app);
  const root = "/api/tenants/:tenant/decisions";
  const streams = new DecisionStreams();
  app.addHook("preClose", () => streams.end());
  app.get(root, forTenant(api, list));
  app.get(
    `${root}/stream`,
    forTenant(api, (call) => streams.open(call, seenBy(call))),
  );
  app.get(`${root}/audit`, forTenant(api, auditTrail));
  app.get(`${root}/:id`, forTenant(api, get));
  app.post(`${root}/:id/approve`, forTenant(api, approved));
  app.post(`${root}/:id/deny`, forTenant(api, denied));
}

/** Whose decisions the caller may look at: everybody's for an operator, its own otherwise. */
function seenBy({ identity: { kind, principal } }: ApiCall) {
  return kind === "operator" ? {} : { principal: { type: principal.type, id: principal.id } };
}

async function list(call: ApiCall): Promise<ApiAnswer> {
  const { governance, identity } = call;
  const page = pageOf(call);
  if (isFailed(page)) return page;
  const { state, top, after } = page;
  const value = await governance.world.store.decisions.decisions({
    ...{ tenant: identity.principal.tenant, now: timeOf(governance), top, afterMark: after, ...seenBy(call) },
    ...(state !== undefined && { states: [state] }),
  });
  const last = value.length === top ? value.at(-1) : undefined;
  return ok({ value: value.map((each) => published(each, identity.kind)), ...(last && { next: last.mark }) });
}

interface Page {
  readonly state?: DecisionState;
  readonly top: number;
  readonly after: number;
}

function pageOf({ request }: ApiCall): Page | Failed {
  const query: Fields = { ...(typeof request.query === "object" ? request.query : {}) };
  const { state, top = "100", after = "0", skip = "0", ...others } = query;
  const [other] = Object.keys(others);
  if (other !== undefined) return invalid(`there is no option ${JSON.stringify(other)} here`, other);
  const known = states.find((each) => each === state);
  if (state !== undefined && known === undefined) return invalid(`state is one of ${states.join(", ")}`, "state");
  const isCount = (text: unknown): text is string => typeof text === "string" && /^\d{1,15}$/.test(text);
  if (!isCount(top) || Number(top) > pageMax) return invalid(`top is a number up to ${pageMax}`, "top");
  if (!isCount(after) || !isCount(skip)) return invalid("after is the `next` of an earlier page", "after");
  return { ...(known && { state: known }), top: Number(top), after: Math.max(Number(after), Number(skip)) };
}

async function get(call: ApiCall): Promise<ApiAnswer> {
  const { governance, identity, id } = call;
  const { tenant } = identity.principal;
  const found = await governance.world.store.decisions.decision(tenant, id, timeOf(governance));
  if (found === undefined || !maySee(call, found)) {
    return failed("NotFound", `there is no decision ${JSON.stringify(id)}`);
  }
  const shown = published(found, identity.kind);
  if (found.state !== "pending" || identity.kind !== "operator") return ok(shown);
  const forbids = await prohibitionsOf(governance, found);
  return ok({ ...shown, forbids, scopes: proposals(governance, found) });
}

function maySee({ identity: { kind, principal } }: ApiCall, decision: DecisionRecord): boolean {
  const isOwn = decision.principal.type === principal.type && decision.principal.id === principal.id;
  return kind === "operator" || isOwn;
}

async function auditTrail(call: ApiCall): Promise<ApiAnswer> {
  const { governance, identity } = call;
  const fault = await lookerFault(call, "Audit");
  if (fault !== undefined) return fault;
  const page = pageOf(call);
  if (isFailed(page)) return page;
  const { tenant } = identity.principal;
  const value = await governance.world.store.decisions.auditTrail(tenant, { top: page.top, skip: page.after });
  return ok({ value });
}

async function approved({ governance, identity, id, request }: ApiCall): Promise<ApiAnswer> {
  const fault = await operatorFault(governance, identity, { action: "approve", entityType: "Decision", entityId: id });
  if (fault !== undefined) return fault;
  const asked = approvalOf(request.body);
  if (asked.kind === "failed") return asked;
  const { approval, isPreview } = asked;
  if (isPreview) {
    const proposed = await propose(governance, identity, { id, approval });
    return proposed.kind === "failed" ? proposed : ok({ policy: proposed.policy, forbids: proposed.forbids });
  }
  const done = await approve(governance, identity, { id, approval });
  if (done.kind === "failed") return done;
  const { decision, policy, forbids } = done;
  return ok({ ...published(decision, identity.kind), policy, forbids });
}

async function denied({ governance, identity, id, request }: ApiCall): Promise<ApiAnswer> {
  const fault = await operatorFault(governance, identity, { action: "deny", entityType: "Decision", entityId: id });
  if (fault !== undefined) return fault;
  const fields = fieldsOf(request.body ?? {}, ["note"]);
  if (fields.kind === "failed") return fields;
  const note = noteOf(fields.note);
  if (isFailed(note)) return note;
  const done = await deny(governance, identity, { id, note });
  return done.kind === "failed" ? done : ok(published(done.decision, identity.kind));
}

type Asked = { readonly kind: "asked"; readonly approval: Approval; readonly isPreview: boolean } | Failed;

const approvalNames = ["scope", "principal", "action", "resource", "role", "duration", "note", "text", "preview"];

function approvalOf(body: unknown): Asked {
  const fields = fieldsOf(body, approvalNames);
  if (fields.kind === "failed") return fields;
  const { text, preview = false } = fields;
  const cell = cellOf(fields);
  if (isFailed(cell)) return cell;
  const duration = durationOf(fields.duration ?? "always");
  if (duration.kind === "failed") return duration;
  const note = noteOf(fields.note);
  if (isFailed(note)) return note;
  if (text !== undefined && typeof text !== "string") return invalid("text is the policy as it was shown", "text");
  if (typeof preview !== "boolean") return invalid("preview is true or false", "preview");
  const approval = { cell, duration, note, ...(text !== undefined && { text }) };
  return { kind: "asked", approval, isPreview: preview };
}

/** A named scope, or the three parts of a cell. */
function cellOf({ scope, principal, action, resource, role }: Fields): Cell | Failed {
  const isCell = [principal, action, resource].some((part) => part !== undefined);
  if (scope !== undefined) {
    const named = scopeNames.find((each) => each === scope);
    if (named === undefined) return invalid(`scope is one of ${scopeNames.join(", ")}`, "scope");
    if (isCell || role !== undefined)
      return invalid("a scope stands for all parts: give the one or the others", "scope");
    return scopes[named];
  }
  const who = principalScopes.find((each) => each === principal);
  if (who === undefined) return invalid(`scope, or principal: one of ${principalScopes.join(", ")}`, "principal");
  const what = actionScopes.find((each) => each === action);
  if (what === undefined) return invalid(`action is one of ${actionScopes.join(", ")}`, "action");
  const which = resourceScopes.find((each) => each === resource);
  if (which === undefined) return invalid(`resource is one of ${resourceScopes.join(", ")}`, "resource");
  if (role !== undefined && (typeof role !== "string" || who !== "agents_with_role")) {
    return invalid("role is a role's name, with agents_with_role", "role");
  }
  return { principal: who, action: what, resource: which, ...(role !== undefined && { role }) };
}

function durationOf(value: unknown): Duration | Failed {
  if (value === "always" || value === "session") return { kind: value };
  const at = instantOf(value);
  if (at !== undefined) return { kind: "until", at };
  return invalid("duration is always, session, or a time such as 2026-12-31T00:00:00Z", "duration");
}

function noteOf(value: unknown): string | null | Failed {
  if (value === undefined || value === null) return null;
  if (typeof value === "string" && value.length <= noteLengthMax && !value.includes("\0")) return value;
  return invalid(`note is a text of at most ${noteLengthMax} characters`, "note");
}

function ok(body: object): ApiAnswer {
  return { kind: "json", status: 200, body };
}
