/** What a caller reads of one revision: an entity, a page, the entity behind an alternate key. */
import { keyValue, type Values } from "../kernel/index.ts";
import type { FilterNode, Query, StoredRow } from "../ports/index.ts";
import type { CallContext, Failed, Found, Listed, ListRead } from "./call.ts";
import { valueFault } from "./check-values.ts";
import { statusOf } from "./evaluate.ts";
import { failed, notFound, notFoundBy, unknownType } from "./failures.ts";
import { contextStatuses } from "./permit.ts";
import { reachedTypes } from "./reached-types.ts";
import { Readings } from "./readings.ts";
import type { EntityType, Revision } from "./revision.ts";
import { isInScope } from "./scopes.ts";
import type { World } from "./world.ts";

/** One revision, on what it stands. */
export interface Standing {
  readonly world: World;
  readonly revision: Revision;
}

/** The id in its one spelling, or undefined where it is no value of the key's type. */
export function spelledId({ limits }: World, type: EntityType, text: string): string | undefined {
  if (text.length === 0 || text.length > limits.entityIdLengthMax) return undefined;
  const key = keyValue(type.key, text);
  return key === undefined || valueFault(type.key, key) !== undefined ? undefined : String(key);
}

/** The entity as `find` has it; what the caller may not read is `NotFound`, as what does not exist. */
export async function readEntity(
  { world, revision }: Standing,
  context: CallContext,
  { entityType, entityId }: { readonly entityType: string; readonly entityId: string },
  given?: Readings,
): Promise<Found | Failed> {
  const type = revision.type(entityType);
  if (type === undefined) return unknownType(entityType);
  const missing = notFound(entityType, entityId);
  const id = spelledId(world, type, entityId);
  if (id === undefined) return missing;
  const row =
    given === undefined
      ? await world.store.row({ tenant: context.tenant, entityType, entityId: id })
      : rowOf(await given.present(entityType, id));
  if (row === undefined) return missing;
  const readings = given ?? new Readings(world.store, revision, context.tenant);
  if (!(await mayRead({ revision, readings }, context, type, { id, values: row.values }))) return missing;
  const status = statusOf(type.descriptor.statusProperty, row.values);
  const availableActions = status === null ? [] : (type.possible.get(status) ?? []);
  return { kind: "found", row, type: type.descriptor, availableActions, revision: revision.hash };
}

/** By tenant, by the scopes of the credential, and by policy, which sees the values that are given. */
export async function mayRead(
  { revision, readings }: { readonly revision: Revision; readonly readings: Readings },
  { principal, tenant, scopes }: CallContext,
  type: EntityType,
  resource: { readonly id: string; readonly values: Values },
): Promise<boolean> {
  const entityType = type.descriptor.name;
  if (principal.tenant !== tenant || !isInScope(scopes, entityType, "read")) return false;
  const context = await contextStatuses(type, resource.values, readings);
  return revision.authorizer.authorize({ principal, entityType, action: "read", resource, context }).allowed;
}

function rowOf(present: { readonly values?: Values; readonly sequence: number } | undefined): StoredRow | undefined {
  return present?.values === undefined ? undefined : { values: present.values, sequence: present.sequence };
}

/** The id of the entity that has these values of an alternate key. A key of which a part is not set names nobody. */
export async function idByKey(
  { world, revision }: Standing,
  context: CallContext,
  entityType: string,
  key: Values,
): Promise<string | Failed> {
  const type = revision.type(entityType);
  if (type === undefined) return unknownType(entityType);
  const missing = notFoundBy(entityType);
  const isSet = Object.values(key).every((value) => value !== null && value !== "");
  if (!isSet || context.principal.tenant !== context.tenant) return missing;
  const { rows } = await world.store.query(queryOf(context, keyRead(entityType, key), type));
  const id = rows[0]?.values[type.key.name];
  return id === undefined || id === null ? missing : String(id);
}

/** A page of the entities that the caller may read and the filter selects. */
export async function listEntities(standing: Standing, context: CallContext, read: ListRead): Promise<Listed | Failed> {
  const { world, revision } = standing;
  const type = revision.type(read.entityType);
  if (type === undefined) return unknownType(read.entityType);
  const restriction = restrictionOf(standing, context, read.entityType);
  if (restriction.kind === "failed") return restriction;
  const restrictions = restrictionsOf(standing, context, reachedTypes(read));
  if (isRefused(restrictions)) return restrictions;
  const page = await world.store.query({ ...queryOf(context, read, type, restriction), restrictions });
  return { kind: "listed", page, type: type.descriptor, revision: revision.hash };
}

/** Of each type that a query reaches; one whose policies are no query refuses the whole. */
function restrictionsOf(
  standing: Standing,
  context: CallContext,
  entityTypes: ReadonlySet<string>,
): ReadonlyMap<string, FilterNode> | Failed {
  const restrictions = new Map<string, FilterNode>();
  for (const name of entityTypes) {
    const restriction = restrictionOf(standing, context, name);
    if (restriction.kind === "failed") return restriction;
    restrictions.set(name, restriction);
  }
  return restrictions;
}

function restrictionOf({ world, revision }: Standing, context: CallContext, entityType: string): FilterNode | Failed {
  if (context.principal.tenant !== context.tenant) return { kind: "constant", value: false };
  if (!isInScope(context.scopes, entityType, "list")) return { kind: "constant", value: false };
  const readable = revision.readable(context.principal, entityType, world.limits.readableCacheMax);
  switch (readable.kind) {
    case "none":
      return { kind: "constant", value: false };
    case "all":
      return { kind: "constant", value: true };
    case "where":
      return readable.filter;
    case "inexpressible":
      return failed(
        "AuthorizationDenied",
        `${entityType} cannot be listed: ${readable.policies.join(", ")} cannot be turned into a query; read by key instead`,
        { details: { action: "list", policies: readable.policies } },
      );
  }
}

/** Asks for the one entity with those values. */
function keyRead(entityType: string, key: Values): ListRead {
  const operands = Object.entries(key).map(([property, value]): FilterNode => {
    const [left, right] = [{ kind: "property", property } as const, { kind: "literal", value } as const];
    return { kind: "compare", operator: "eq", left, right };
  });
  return { entityType, filter: { kind: "and", operands }, orderBy: [], top: 1, skip: 0, count: false };
}

function isRefused(read: ReadonlyMap<string, FilterNode> | Failed): read is Failed {
  return "kind" in read;
}

const unrestricted: FilterNode = { kind: "constant", value: true };

function queryOf(context: CallContext, read: ListRead, type: EntityType, restriction = unrestricted): Query {
  const { orderBy, top, skip, count, filter, each, grouping, computed = [] } = read;
  const query = {
    tenant: context.tenant,
    entityType: type.descriptor,
    restriction,
    orderBy,
    top,
    skip,
    count,
    computed,
  };
  return { ...query, ...(filter && { filter }), ...(each && { each }), ...(grouping && { grouping }) };
}
