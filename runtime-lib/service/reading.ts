/** What a caller reads of one revision: an entity, a page, the entity behind an alternate key. */
import { type Around, aroundIn, keyValue, named, type Value, type Values, valuesOfId } from "../kernel/index.ts";
import type { FilterNode, Query, StoredRow } from "../ports/index.ts";
import type { CallContext, Failed, Found, Listed, ListRead } from "./call.ts";
import { valueFault } from "./check-values.ts";
import { statusOf } from "./evaluate.ts";
import { notFound, notFoundBy, unknownType } from "./failures.ts";
import { reachedTypes } from "./reached-types.ts";
import { restrictionOn } from "./readable-rows.ts";
import { Readings } from "./readings.ts";
import type { EntityType, Revision } from "./revision.ts";
import { decisionOn, refusalOf } from "./rule.ts";
import { assertMissing } from "./stopped.ts";
import { told } from "./told.ts";
import type { World } from "./world.ts";

/** One revision, on what it stands. */
export interface Standing {
  readonly world: World;
  readonly revision: Revision;
}

/** The id in its one spelling, or undefined where it is no value of the key's type. */
export function spelledId({ limits }: World, type: EntityType, text: string): string | undefined {
  if (text.length === 0 || text.length > limits.entityIdLengthMax) return undefined;
  const { descriptor } = type;
  const key =
    descriptor.identity === undefined ? keyValue(type.key, text) : valuesOfId(descriptor, text)?.[type.key.name];
  return key === undefined || valueFault(type.key, key) !== undefined ? undefined : String(key);
}

/** The entity as `given` has it; what the caller may not read is `NotFound`, as what does not exist, and recorded. */
export async function readEntity(
  { world, revision }: Standing,
  context: CallContext,
  { entityType, entityId }: { readonly entityType: string; readonly entityId: string },
  given?: Readings,
): Promise<Found | Failed> {
  const type = revision.type(entityType);
  if (type === undefined) return unknownType(entityType);
  const id = spelledId(world, type, entityId);
  if (id === undefined) return notFound(entityType, entityId);
  const ref = { tenant: context.tenant, entityType, entityId: id };
  const row = given === undefined ? await world.store.row(ref) : rowOf(await given.present(entityType, id));
  if (row === undefined) {
    await assertMissing(world.store, ref);
    return notFound(entityType, entityId);
  }
  const readings = given ?? new Readings(world.store, revision, context.tenant);
  const question = { context, revision, type, entityType, entityId: id, action: "read", params: noParams };
  const refusing = refusalOf(world, question, row.values, readings);
  const refused = refusing instanceof Promise ? await refusing : refusing;
  if (refused === undefined) return foundIn(asSeenBy({ world, revision }, entityType, row), type, revision);
  const denial = refused.denial && { denial: refused.denial };
  return told(world, context, { ...notFound(entityType, entityId), ...denial });
}

const noParams: Values = {};
const noActions: readonly string[] = [];

function foundIn(row: StoredRow, { descriptor, possible }: EntityType, { hash }: Revision): Found {
  const status = statusOf(descriptor.statusProperty, row.values);
  const availableActions = status === null ? noActions : (possible.get(status) ?? noActions);
  return { kind: "found", row, type: descriptor, availableActions, revision: hash };
}

/** The row without what only a later revision knows of, which is live by now. */
export function asSeenBy({ world, revision }: Standing, entityType: string, row: StoredRow): StoredRow {
  const { current } = world.succession;
  if (revision === current) return row;
  const [own, later] = [revision.type(entityType)?.properties, current.type(entityType)?.properties];
  const values = named<Value>();
  for (const [name, value] of Object.entries(row.values)) {
    const isNews = later?.has(name) === true && own?.has(name) === false;
    if (!isNews) values[name] = value;
  }
  return { ...row, values };
}

/**
 * By tenant, by the scopes of the credential, and by policy, which sees the values that are given. Nothing is recorded; a promise
 * only where something has to be read for it.
 */
export function mayRead(
  { world, revision, readings }: Standing & { readonly readings: Readings },
  context: CallContext,
  type: EntityType,
  resource: { readonly id: string; readonly values: Values },
): boolean | Promise<boolean> {
  const { id: entityId, values } = resource;
  const entityType = type.descriptor.name;
  const question = { context, revision, type, entityType, entityId, action: "read", params: noParams };
  const deciding = decisionOn(world, question, values, readings);
  return "allowed" in deciding ? deciding.allowed : deciding.then(({ allowed }) => allowed);
}

/**
 * The outermost thing around an entity that the caller may not read or that is not there: what is contained is reached through
 * it. Undefined where nothing is in the way. `valuesOf` gives the values of what is around.
 */
export async function hiddenAround(
  standing: Standing & { readonly readings: Readings },
  context: CallContext,
  { entityType, entityId }: { readonly entityType: string; readonly entityId: string },
  valuesOf: (around: Around) => Promise<Values | undefined>,
): Promise<Around | undefined> {
  const { revision } = standing;
  const descriptor = revision.type(entityType)?.descriptor;
  const around = descriptor && aroundIn(descriptor, valuesOfId(descriptor, entityId) ?? {});
  const type = around && revision.type(around.parent);
  if (around === undefined || type === undefined) return around;
  const { parent, id } = around;
  const outer = await hiddenAround(standing, context, { entityType: parent, entityId: id }, valuesOf);
  if (outer !== undefined) return outer;
  const values = await valuesOf(around);
  const isReadable = values !== undefined && (await mayRead(standing, context, type, { id, values }));
  return isReadable ? undefined : around;
}

/** The same of what a write has left; asked of no policy where the caller may read all of the type. */
export function mayShow(
  { world, revision }: Standing,
  context: CallContext,
  entityType: string,
  { values }: StoredRow,
): boolean | Promise<boolean> {
  const type = revision.type(entityType);
  if (type === undefined) return false;
  const reader = { world, revision, readings: new Readings(world.store, revision, context.tenant) };
  return mayRead(reader, context, type, { id: String(values[type.key.name]), values });
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

/** A page of the entities that the caller may read and the filter selects; that it may read none is recorded. */
export async function listEntities(standing: Standing, context: CallContext, read: ListRead): Promise<Listed | Failed> {
  const { world, revision } = standing;
  const type = revision.type(read.entityType);
  if (type === undefined) return unknownType(read.entityType);
  const reader = { ...standing, context };
  const asking = restrictionOn(reader, read.entityType);
  const own = asking instanceof Promise ? await asking : asking;
  if (own.kind === "failed") return told(world, context, own);
  if (own.denial !== undefined) await world.governance?.denied(context, own.denial);
  const restrictions = new Map<string, FilterNode>();
  const asRead = new Map<string, readonly StoredRow[]>();
  if (own.judged !== undefined) asRead.set(read.entityType, own.judged);
  for (const name of reachedTypes(read)) {
    const other = name === read.entityType ? own : await restrictionOn(reader, name);
    if (other.kind === "failed") return told(world, context, other);
    restrictions.set(name, other.filter);
    if (other.judged !== undefined) asRead.set(name, other.judged);
  }
  const query = { ...queryOf(context, read, type, own.filter), restrictions, ...(asRead.size > 0 && { asRead }) };
  const page = await world.store.query(query);
  const isOfEntities = read.grouping === undefined && revision !== world.succession.current;
  const seen = isOfEntities
    ? { ...page, rows: page.rows.map((row) => asSeenBy(standing, read.entityType, row)) }
    : page;
  return { kind: "listed", page: seen, type: type.descriptor, revision: revision.hash };
}

/** Asks for the one entity with those values. */
function keyRead(entityType: string, key: Values): ListRead {
  return { entityType, filter: keyFilter(key), orderBy: [], top: 1, skip: 0, count: false };
}

/** Whoever has these values, each of them. */
export function keyFilter(key: Values): FilterNode {
  const operands = Object.entries(key).map(([property, value]): FilterNode => {
    const [left, right] = [{ kind: "property", property } as const, { kind: "literal", value } as const];
    return { kind: "compare", operator: "eq", left, right };
  });
  return { kind: "and", operands };
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
