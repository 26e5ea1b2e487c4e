/** Refusals for the sake of an entity that the caller may not read: told as a denial like any, and recorded with what is behind them. */
import { keyValue, type Values } from "../kernel/index.ts";
import type { Appended, Commit, EntityCommit, EventKind } from "../ports/index.ts";
import type { ErrorCode, Failed } from "./call.ts";
import { type Asked, denied, failed } from "./failures.ts";
import type { Message } from "./permit.ts";
import { keyFilter, mayRead } from "./reading.ts";
import { Readings } from "./readings.ts";
import { type Hindrance, type InTheWay, referringRows } from "./references.ts";
import type { EntityType } from "./revision.ts";
import type { World } from "./world.ts";

export type Caller = Pick<Message, "context" | "revision" | "delivering">;

/** `open` where the caller may read one of those in the way; else as where no policy permits it, and operators see why. */
export async function unlessUnsaid(
  world: World,
  { context, revision, delivering }: Caller,
  { asked, inTheWay, open }: Pick<Hindrance, "inTheWay" | "open"> & { readonly asked: Asked },
): Promise<Failed> {
  if (delivering !== undefined || inTheWay.length === 0) return open;
  const standing = { world, revision, readings: new Readings(world.store, revision, context.tenant) };
  for (const { type, row } of inTheWay) {
    const resource = { id: idOf(type, row.values), values: row.values };
    if (await mayRead(standing, context, type, resource)) return open;
  }
  const { denial, ...refusal } = denied(asked, { allowed: false, reasons: [], errors: [] });
  const behind = `${open.message}, which the caller may not read: to permit it would change nothing`;
  return { ...refusal, ...(denial && { denial: { ...denial, errors: [behind] } }) };
}

/** An entity has the id that a new one was to have. */
export function taken(world: World, caller: Caller, holder: InTheWay): Promise<Failed> {
  const { type, row } = holder;
  const asked = { entityType: type.descriptor.name, entityId: idOf(type, row.values), action: "create" };
  const open = failed("EntityExists", `there is already a ${asked.entityType} ${JSON.stringify(asked.entityId)}`);
  return unlessUnsaid(world, caller, { asked, inTheWay: [holder], open });
}

/** What is told of an entity by why something cannot be done with it. */
const telling: ReadonlySet<ErrorCode> = new Set([
  "ActionNotAllowed",
  "GuardFailed",
  "InvariantViolated",
  "PreconditionFailed",
]);

/** What was to be done with an entity that is there. */
interface Tried {
  readonly type: EntityType;
  readonly entityId: string;
  readonly values: Values;
  readonly action: string;
}

/** The refusal as it is for whoever may read the entity; for others that it is one. */
export async function unlessBare(world: World, caller: Caller, tried: Tried, refusal: Failed): Promise<Failed> {
  const { context, revision, delivering } = caller;
  const { type, entityId, values, action } = tried;
  if (delivering !== undefined || !telling.has(refusal.code)) return refusal;
  const reader = { world, revision, readings: new Readings(world.store, revision, context.tenant) };
  if (await mayRead(reader, context, type, { id: entityId, values })) return refusal;
  const { code, target } = refusal;
  if (code === "PreconditionFailed") return failed(code, "this is not as it was to be", target ? { target } : {});
  return failed("ActionNotAllowed", `${action} is not possible now`, { details: { action } });
}

/** Of those that refer to an entity so many are looked at. */
const referringMax = 20;

/** What a commit means to the caller that other entities stand in the way of. */
export async function hindered(
  world: World,
  caller: Caller,
  commit: Commit,
  appended: Appended & ("key-taken" | "referenced"),
): Promise<Failed> {
  const { entityType, entityId, kind, action } = commit.event;
  const asked = { entityType, entityId, action: verbs[kind] ?? action };
  if (appended === "key-taken") {
    const held = await heldKeys(world, caller, commit);
    const open = failed("AlternateKeyTaken", takenText(held));
    return unlessUnsaid(world, caller, { asked, inTheWay: held.flatMap(({ holders }) => holders), open });
  }
  const open = failed("EntityReferenced", "other entities refer to it");
  return unlessUnsaid(world, caller, { asked, inTheWay: await referrers(world, caller, commit), open });
}

const verbs: Readonly<Partial<Record<EventKind, string>>> = {
  created: "create",
  patched: "update",
  deleted: "delete",
};

async function referrers(world: World, { revision }: Caller, { unreferenced = [] }: Commit): Promise<InTheWay[]> {
  const found: InTheWay[] = [];
  for (const reference of unreferenced) {
    const type = revision.type(reference.entityType);
    if (type === undefined) continue;
    const rows = await referringRows(world.store, type, reference, referringMax);
    found.push(...rows.map((row) => ({ type, row })));
  }
  return found;
}

/** An alternate key, and those that have the values of it that the commit would give to others. */
interface HeldKey {
  readonly properties: readonly string[];
  readonly holders: readonly InTheWay[];
}

/** Of several keys none is named: whoever may read the holder of one must not learn that another is taken too. */
function takenText(held: readonly HeldKey[]): string {
  const [key, another] = held;
  const name = key?.holders[0]?.type.descriptor.name;
  if (key === undefined || name === undefined || another !== undefined)
    return "another entity has these values of an alternate key";
  return `another ${name} has the same ${key.properties.join(" and ")}, by which it is found`;
}

async function heldKeys(world: World, { revision }: Caller, commit: Commit): Promise<readonly HeldKey[]> {
  const found: HeldKey[] = [];
  for (const each of [commit, ...(commit.also ?? [])]) {
    const type = revision.type(each.event.entityType);
    for (const { properties } of type?.descriptor.reactions?.keys ?? []) {
      if (type === undefined || each.row === null) continue;
      const holders = await holdersOf(world, type, { ...each, row: each.row }, properties);
      if (holders.length > 0) found.push({ properties, holders });
    }
  }
  return found;
}

async function holdersOf(
  { store }: World,
  type: EntityType,
  { event, row }: EntityCommit & { readonly row: Values },
  properties: readonly string[],
): Promise<InTheWay[]> {
  const filter = keyFilter(Object.fromEntries(properties.map((property) => [property, row[property] ?? null])));
  const paging = { orderBy: [], top: 2, skip: 0, count: false };
  const { rows } = await store.query({ tenant: event.tenant, entityType: type.descriptor, filter, ...paging });
  const own = keyValue(type.key, event.entityId);
  return rows.filter(({ values }) => values[type.key.name] !== own).map((each) => ({ type, row: each }));
}

function idOf({ key }: EntityType, values: Values): string {
  return String(values[key.name]);
}
