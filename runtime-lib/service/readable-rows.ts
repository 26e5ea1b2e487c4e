/** What of a type a caller may read, as a filter: the policies' own, or where that cannot be said, the rows that were judged one by one. */
import type { Values } from "../kernel/index.ts";
import type { FilterNode, Readable, StoredRow } from "../ports/index.ts";
import type { CallContext, Denial, Failed } from "./call.ts";
import { clause, deniedList, outOfScope } from "./failures.ts";
import { Readings } from "./readings.ts";
import type { EntityType, Revision } from "./revision.ts";
import { decisionOn, rulingFor } from "./rule.ts";
import type { Ruling } from "./ruling.ts";
import { isInScope } from "./scopes.ts";
import type { World } from "./world.ts";

/** Whose restriction, under which policies. */
export interface Reader {
  readonly world: World;
  readonly revision: Revision;
  readonly context: CallContext;
}

/**
 * `denial` is there where nothing of the set may be read: it is empty, and that was asked for in vain. `judged` is there where the
 * rows were judged: those that may be read, as they were then, and no query may look at what has become of them since.
 */
export type Restriction =
  | {
      readonly kind: "restriction";
      readonly filter: FilterNode;
      readonly denial?: Denial;
      readonly judged?: readonly StoredRow[];
    }
  | Failed;

const all: FilterNode = { kind: "constant", value: true };
const none: FilterNode = { kind: "constant", value: false };

/** The restriction on a type for its reader; a promise only where something has to be read for it. */
export function restrictionOn(reader: Reader, entityType: string): Restriction | Promise<Restriction> {
  const { world, revision, context } = reader;
  if (context.principal.tenant !== context.tenant) return restriction(none);
  if (!isInScope(context.scopes, entityType, "list")) {
    const { denial } = outOfScope({ entityType, entityId: null, action: "list" });
    return { ...restriction(none), ...(denial && { denial }) };
  }
  const ruling = rulingFor(world, revision, context);
  return ruling instanceof Promise
    ? ruling.then((there) => restrictionBy(there, reader, entityType))
    : restrictionBy(ruling, reader, entityType);
}

function restrictionBy(ruling: Ruling, reader: Reader, entityType: string): Restriction | Promise<Restriction> {
  const readable = ruling.readable(reader.context, entityType, reader.world.limits.readableCacheMax);
  switch (readable.kind) {
    case "none":
      return { ...restriction(none), denial: nothingOf(entityType, readable.forbids) };
    case "all":
      return restriction(all);
    case "where":
      return restriction(readable.filter);
    case "inexpressible":
      return judgedOneByOne(reader, entityType, readable);
  }
}

function restriction(filter: FilterNode): Exclude<Restriction, Failed> {
  return { kind: "restriction", filter };
}

function nothingOf(entityType: string, forbids: readonly string[]): Denial {
  const because = forbids.length === 0 ? "no policy permits to list and to read it" : clause(forbids);
  return { action: "list", entityType, entityId: null, because, policies: forbids, errors: [] };
}

/**
 * Asks of each row that may be readable whether it is. The caller's own filter plays no part: whether the bound is reached must
 * not tell how many rows it selects among those that the caller may not read.
 */
async function judgedOneByOne(
  reader: Reader,
  entityType: string,
  { within, policies }: Extract<Readable, { kind: "inexpressible" }>,
): Promise<Restriction> {
  const { world, revision, context } = reader;
  const type = revision.type(entityType);
  if (type === undefined) return restriction(none);
  const { judgedRowsMax } = world.limits;
  const { rows } = await world.store.query({
    ...{ tenant: context.tenant, entityType: type.descriptor, restriction: within, orderBy: [], skip: 0, count: false },
    top: judgedRowsMax + 1,
  });
  if (rows.length > judgedRowsMax) {
    return deniedList(
      entityType,
      `${policies.join(", ")} cannot be turned into a query, and there are more than ${judgedRowsMax} entities to ask of one by one (judgedRowsMax): read by key instead`,
      policies,
    );
  }
  const readings = new Readings(world.store, revision, context.tenant);
  const judged: StoredRow[] = [];
  for (const row of rows) {
    const { values } = row;
    const entityId = String(values[type.key.name]);
    if (await isReadable(reader, { type, entityId, values }, readings)) judged.push(row);
  }
  return { ...restriction(all), judged };
}

/** A row of a set is readable where both verbs are permitted, as the filters of policies have it. */
async function isReadable(
  { world, revision, context }: Reader,
  row: { readonly type: EntityType; readonly entityId: string; readonly values: Values },
  readings: Readings,
): Promise<boolean> {
  const { type, entityId, values } = row;
  const question = { context, revision, type, entityType: type.descriptor.name, entityId, params: {} };
  for (const action of ["read", "list"]) {
    const decision = await decisionOn(world, { ...question, action }, values, readings);
    if (!decision.allowed) return false;
  }
  return true;
}
