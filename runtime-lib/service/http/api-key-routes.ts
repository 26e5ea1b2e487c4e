/** `/api/keys`: an operator makes, lists and revokes the API keys of its tenant. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { canonicalInstant } from "../../kernel/index.ts";
import type { ApiKeyRecord, Store } from "../../ports/index.ts";
import { type ApiKeyGrant, createApiKey, revokeApiKey } from "../api-keys.ts";
import type { Authenticate, Failed, Identity } from "../call.ts";
import { mayDecide } from "../decisions/decide.ts";
import { type Governing, governanceOf } from "../decisions/governance.ts";
import { failed } from "../odata/failure.ts";
import { mayOperate, parsePrincipal } from "../principal.ts";
import { isScope } from "../scopes.ts";
import { unknownScopes } from "../unknown-scopes.ts";
import { type Attempted, admittedCaller } from "./caller.ts";
import { errorReply, sendReply } from "./replies.ts";
import { internalFailure, thrownFailure } from "./thrown.ts";

/** Where `service` is there, whoever makes a key is told of scopes that name nothing of what the tenant has live. */
export interface ApiKeyRouteOptions extends Partial<Governing> {
  readonly store: Store;
  readonly authenticate: Authenticate;
  /** Told of whoever manages keys without an operator's. */
  readonly attempted?: Attempted;
}

/** Registers `POST /api/keys`, `GET /api/keys` and `DELETE /api/keys/{id}`, for operators that are no agents. A secret is in the answer to the POST and nowhere else. */
export async function apiKeyRoutes(app: FastifyInstance, options: ApiKeyRouteOptions): Promise<void> {
  const { store, attempted } = options;
  const forOperator =
    (answer: (operator: Identity, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>) =>
    async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const caller = await admittedCaller(options.authenticate, reply, attempted);
      if ("code" in caller) return refuse(reply, caller);
      if (mayDecide(caller)) return answer(caller, request, reply);
      const refused = caller.kind === "operator" ? agent : stranger;
      const { tenant: entityId } = caller.principal;
      await attempted?.(caller.principal, { action: "manage", entityType: "Key", entityId, because: refused.message });
      return refuse(reply, refused);
    };
  app.setErrorHandler((error: Error, request, reply) => {
    const failure = thrownFailure(error, Number.MAX_SAFE_INTEGER) ?? internalFailure;
    if (failure === internalFailure) request.log.error({ err: error }, "a request failed for a reason of our own");
    return refuse(reply, failure);
  });
  app.post(
    "/api/keys",
    forOperator(async (operator, request, reply) => {
      const grant = grantOf(request.body, operator.principal.tenant);
      if ("code" in grant) return refuse(reply, grant);
      const { secret, record } = await createApiKey(store, grant, operator.principal);
      const unknown = unknownTo(options, record);
      return reply
        .code(201)
        .header("cache-control", "no-store")
        .send({ ...published(record), secret, ...(unknown.length > 0 && { unknownScopes: unknown }) });
    }),
  );
  app.get(
    "/api/keys",
    forOperator(async (operator, _request, reply) => {
      const own = (await store.apiKeys()).filter((key) => key.tenant === operator.principal.tenant);
      return reply.send({ value: own.map(published) });
    }),
  );
  app.delete<{ Params: { id: string } }>("/api/keys/:id", async (request, reply) =>
    forOperator(async (operator) => {
      const { id } = request.params;
      const known = (await store.apiKeys()).some((key) => key.id === id && key.tenant === operator.principal.tenant);
      if (!known) return refuse(reply, failed("NotFound", `there is no API key ${JSON.stringify(id)}`));
      await revokeApiKey(store, id, operator.principal);
      return reply.code(204).send();
    })(request, reply),
  );
}

function unknownTo({ service, serviceOf }: ApiKeyRouteOptions, { tenant, scopes }: ApiKeyRecord) {
  const governance = service && governanceOf({ service, ...(serviceOf && { serviceOf }) }, tenant);
  return governance === undefined ? [] : unknownScopes(governance.revision().definition, scopes);
}

/** Whoever makes keys can be anybody, and decide as such. */
const agent = failed("AuthorizationDenied", "agents manage no API keys, whatever their own");
const stranger = failed("AuthorizationDenied", "only an operator's key manages API keys");

function refuse(reply: FastifyReply, failure: Failed): FastifyReply {
  return sendReply(errorReply(failure, undefined), reply);
}

/** Everything but the hash, the principal as Cedar spells it. */
function published({ id, tenant, principalType, principalId, ...rest }: ApiKeyRecord): object {
  const { roles, kind, scopes, createdAt, createdBy, expiresAt, revokedAt, revokedBy } = rest;
  const principal = `${principalType}::${JSON.stringify(principalId)}`;
  return { id, tenant, principal, roles, kind, scopes, createdAt, createdBy, expiresAt, revokedAt, revokedBy };
}

const textLengthMax = 256;
const rolesMax = 64;

/** The body `{ principal: 'Customer::"alice"', roles?, kind?, scopes?, expiresAt? }`, parsed; any other name in it is refused. */
function grantOf(body: unknown, tenant: string): ApiKeyGrant | Failed {
  const fields: Partial<Record<string, unknown>> = typeof body === "object" && body !== null ? { ...body } : {};
  const { principal, roles = [], kind = "caller", scopes = [], expiresAt, ...others } = fields;
  const [other] = Object.keys(others);
  if (other !== undefined) return failed("InvalidParameter", `a key has no ${JSON.stringify(other)}`, other);
  const named = isText(principal) ? parsePrincipal(principal) : undefined;
  if (named === undefined) {
    return failed("InvalidParameter", 'principal is a Cedar entity such as Customer::"alice"', "principal");
  }
  if (!Array.isArray(roles) || roles.length > rolesMax || !roles.every(isText)) {
    return failed("InvalidParameter", `roles is a list of at most ${rolesMax} texts`, "roles");
  }
  if (kind !== "caller" && kind !== "operator") return failed("InvalidParameter", "kind is caller or operator", "kind");
  if (kind === "operator" && !mayOperate(named)) {
    return failed("InvalidParameter", "an agent is no operator: it would decide about itself", "kind");
  }
  const bounds = boundsOf(scopes, expiresAt);
  return "code" in bounds
    ? bounds
    : { tenant, principalType: named.type, principalId: named.id, roles, kind, ...bounds };
}

const scopesMax = 64;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

function boundsOf(scopes: unknown, expiresAt: unknown): Pick<ApiKeyGrant, "scopes" | "expiresAt"> | Failed {
  if (!Array.isArray(scopes) || scopes.length > scopesMax || !scopes.every((each) => isText(each) && isScope(each))) {
    const message = `scopes is a list of read, write, manage, Order or Order::SubmitOrder, at most ${scopesMax}`;
    return failed("InvalidParameter", message, "scopes");
  }
  if (expiresAt === undefined || expiresAt === null) return { scopes };
  const isInstant = isText(expiresAt) && instant.test(expiresAt) && canonicalInstant(expiresAt) !== undefined;
  return isInstant
    ? { scopes, expiresAt }
    : failed("InvalidParameter", "expiresAt is an instant in UTC, such as 2027-01-01T00:00:00Z", "expiresAt");
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= textLengthMax && !value.includes("\0");
}
