/** `POST /api/authorize`: may the caller do this? Asked beforehand, answered as the call itself would be; nothing is done or recorded. */
import type { FastifyInstance } from "fastify";
import { named, type Value, type Values } from "../../kernel/index.ts";
import type { Failed } from "../call.ts";
import { failed, invalid, isFailed } from "../odata/failure.ts";
import type { PreflightQuestion } from "../preflight.ts";
import { type ApiAnswer, fieldsOf, forTenant, sendFailures, type TenantApi } from "./tenant-api.ts";

const namesMax = 512;
const paramsMax = 100;

/** Registers the one route. The body: `{ action: "Order::Pay", id?, params?, values? }`; `values` are those of what would be created. */
export async function authorizeRoutes(app: FastifyInstance, api: TenantApi): Promise<void> {
  sendFailures(app);
  app.post(
    "/api/authorize",
    forTenant(api, async ({ service, context, request }): Promise<ApiAnswer> => {
      const question = questionOf(request.body);
      if (isFailed(question)) return question;
      const permission = await service.preflight(context, question);
      if (isFailed(permission)) return permission;
      const { kind: _, ...body } = permission;
      return { kind: "json", status: 200, body };
    }),
  );
}

function questionOf(body: unknown): PreflightQuestion | Failed {
  const fields = fieldsOf(body, ["action", "id", "params", "values"]);
  if (isFailed(fields)) return fields;
  const { action, id } = fields;
  const named = typeof action === "string" && action.length <= namesMax ? /^(.+)::([^:]+)$/.exec(action) : null;
  const [, entityType, verb] = named ?? [];
  if (entityType === undefined || verb === undefined) {
    return invalid('action is an action as policies spell it, such as "Order::Pay"', "action");
  }
  if (id !== undefined && (typeof id !== "string" || id.length > namesMax))
    return invalid("id is an entity's id", "id");
  const params = valuesOf(fields.params ?? {}, "params");
  if (isFailed(params)) return params;
  const values = valuesOf(fields.values ?? {}, "values");
  if (isFailed(values)) return values;
  if (id === undefined && verb !== "list") return invalid("id is needed: only list is asked of a whole set", "id");
  return { entityType, action: verb, ...(id !== undefined && { entityId: id }), params, values };
}

function valuesOf(given: unknown, target: string): Values | Failed {
  const wrong = failed(
    "InvalidParameter",
    `${target} is an object of texts, numbers, truths and lists of them`,
    target,
  );
  if (typeof given !== "object" || given === null || Array.isArray(given)) return wrong;
  const entries = Object.entries(given);
  if (entries.length > paramsMax) return invalid(`${target} has more than ${paramsMax} members`, target);
  const values = named<Value>();
  for (const [name, value] of entries) {
    if (!isValue(value)) return wrong;
    values[name] = value;
  }
  return values;
}

function isValue(value: unknown): value is Value {
  return isScalar(value) || (Array.isArray(value) && value.every((each) => typeof each === "string"));
}

function isScalar(value: unknown): value is Exclude<Value, readonly string[]> {
  return value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
