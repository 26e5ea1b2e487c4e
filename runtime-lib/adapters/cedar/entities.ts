/** Principal, action and resource as Cedar entities, with only the attributes that the policies look at. */
import type { EntityJson } from "@cedar-policy/cedar-wasm/nodejs";
import type { AuthorizationBindings, CedarValue, Values } from "../../kernel/index.ts";
import type { AuthorizationRequest, Principal } from "../../ports/index.ts";
import type { Needs } from "./needs.ts";

type Attributes = Readonly<Record<string, CedarValue>>;
type CedarJson = EntityJson["attrs"][string];

/** The caller's attributes; `kind` is its type in lower case. */
export function principalAttributes(principal: Principal): Attributes & { readonly kind: string } {
  const { id, type, tenant, roles } = principal;
  return { id, kind: type.toLowerCase(), tenant, roles };
}

export function principalEntity(principal: Principal, attributes: Attributes, needs: Needs): EntityJson {
  return entity(principal.type, principal.id, pruned(attributes, needs.principal));
}

/** `Action::"Order::Pay"` below the group `Action::"Pay"`, so that policies can use either. */
export function actionEntity(entityType: string, action: string): EntityJson {
  return {
    ...entity("Action", `${entityType}::${action}`, {}),
    parents: [{ type: "Action", id: action }],
  };
}

/** All entities of one request. A resource that is the caller itself is one entity with the attributes of both. */
export function entitiesOf(
  bindings: AuthorizationBindings,
  request: AuthorizationRequest,
  needs: Needs,
): readonly EntityJson[] {
  const { principal, entityType, resource, action } = request;
  const { caller, own } = attributesOf(bindings, request);
  const acted = actionEntity(entityType, action);
  if (isCallerItself(request)) {
    return [
      entity(entityType, resource.id, { ...pruned(own, needs.principal), ...pruned(own, needs.resource) }),
      acted,
    ];
  }
  return [
    principalEntity(principal, caller, needs),
    entity(entityType, resource.id, pruned(own, needs.resource)),
    acted,
  ];
}

/** What policies see of the caller and of the resource; the same for both where they are one entity. */
export function attributesOf(
  bindings: AuthorizationBindings,
  request: AuthorizationRequest,
): { readonly caller: Attributes; readonly own: Attributes } {
  const { principal, entityType } = request;
  const caller = principalAttributes(principal);
  const own = resourceAttributes(bindings, request);
  if (principal.type !== entityType) return { caller, own };
  if (!isCallerItself(request)) return { caller, own: { kind: caller.kind, roles: [], ...own } };
  const both = { ...own, ...caller };
  return { caller: both, own: both };
}

function isCallerItself({ principal, entityType, resource }: AuthorizationRequest): boolean {
  return principal.type === entityType && principal.id === resource.id;
}

function resourceAttributes(bindings: AuthorizationBindings, request: AuthorizationRequest): Attributes {
  const { entityType, resource, principal } = request;
  const published = Object.hasOwn(bindings.resources, entityType)
    ? bindings.resources[entityType]?.(resource.values)
    : undefined;
  return { ...published, id: resource.id, tenant: principal.tenant };
}

function pruned(attributes: Attributes, needed: ReadonlySet<string> | "all"): Attributes {
  if (needed === "all") return attributes;
  const kept: Record<string, CedarValue> = {};
  for (const name of needed) {
    const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

function entity(type: string, id: string, attributes: Attributes): EntityJson {
  return { uid: { type, id }, attrs: jsonOf(attributes), parents: [] };
}

/** A call's parameters as Cedar's context: null is absent, and what is no integer has no Cedar type. */
export function contextOf(params: Values): readonly (readonly [name: string, value: CedarValue])[] {
  const fields: [string, CedarValue][] = [];
  for (const [name, value] of Object.entries(params)) {
    if (value === null || (typeof value === "number" && !Number.isSafeInteger(value))) continue;
    fields.push([name, value]);
  }
  return fields;
}

/** Attributes as Cedar's WebAssembly build takes them. */
export function jsonOf(attributes: Attributes): Record<string, CedarJson> {
  const json: Record<string, CedarJson> = {};
  for (const [name, value] of Object.entries(attributes)) json[name] = cedarJson(value);
  return json;
}

function cedarJson(value: CedarValue): CedarJson {
  if (typeof value !== "object") return value;
  if ("__entity" in value) return { __entity: value.__entity };
  if ("__extn" in value) return { __extn: value.__extn };
  return value.map(cedarJson);
}
