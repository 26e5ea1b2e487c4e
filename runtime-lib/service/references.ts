/** Deletion of what others refer to: refused, carried on to them, or their references cleared, in the same transaction. */
import type { DeletePolicy, EntityTypeDescriptor, Value } from "../kernel/index.ts";
import type { Reference, Store, StoredRow } from "../ports/index.ts";
import type { Failed } from "./call.ts";
import { evaluate } from "./evaluate.ts";
import { failed } from "./failures.ts";
import { afterPart, type Part } from "./parts.ts";
import type { Readings } from "./readings.ts";
import type { EntityType, Revision } from "./revision.ts";

/** What a deletion brings with it, and what must not be there when it is committed. */
export interface Deletion {
  readonly kind: "deletion";
  readonly parts: readonly Part[];
  readonly unreferenced: readonly Reference[];
}

/** An entity that something cannot be done for the sake of. */
export interface InTheWay {
  readonly type: EntityType;
  readonly row: StoredRow;
}

/** Why there is no deletion: `open` is said to whoever may read one of those in the way. */
export interface Hindrance {
  readonly kind: "hindrance";
  readonly inTheWay: readonly InTheWay[];
  readonly open: Failed;
}

export interface DeletionContext {
  readonly store: Store;
  readonly revision: Revision;
  readonly readings: Readings;
  /** Entities that one deletion may change besides its own. */
  readonly changedMax: number;
}

interface Link {
  readonly type: EntityType;
  readonly property: string;
  readonly policy: DeletePolicy;
}

/** What the deletion of `deleted` means for those that refer to it, as the program's delete rules say. */
export async function deletionOf(deleted: Part, context: DeletionContext): Promise<Deletion | Hindrance> {
  const parts: Part[] = [];
  const unreferenced: Reference[] = [];
  const waiting = [deleted];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const link of linksTo(next.type, context.revision)) {
      const reference = referenceOf(next, link);
      unreferenced.push(reference);
      if (link.policy === "restrict") continue;
      const rows = await referringRows(context.store, link.type, reference, context.changedMax - parts.length + 1);
      if (parts.length + rows.length > context.changedMax) return hindrance(link, rows, tooMany(context.changedMax));
      for (const found of rows) {
        const row = asLeft(found, link, reference, context.readings);
        if (row === undefined) continue;
        const part = changedPart(row, link, reference);
        if ("kind" in part) return hindrance(link, [row], part);
        if (parts.some(({ ref }) => isSame(ref, part.ref))) continue;
        context.readings.write(part.ref, afterPart(part));
        parts.push(part);
        if (link.policy === "cascade") waiting.push(part);
      }
    }
  }
  return { kind: "deletion", parts, unreferenced };
}

function isSame(one: Part["ref"], other: Part["ref"]): boolean {
  return one.entityType === other.entityType && one.entityId === other.entityId;
}

function hindrance({ type }: Link, rows: readonly StoredRow[], open: Failed): Hindrance {
  return { kind: "hindrance", inTheWay: rows.map((row) => ({ type, row })), open };
}

function tooMany(changedMax: number): Failed {
  return failed("EntityReferenced", `more than ${changedMax} entities refer to it, directly or through others`);
}

/** What is contained goes with the entity around it; the rest is of variables, and of single-valued navigations that lead to the type by its key. */
function linksTo(type: EntityType, revision: Revision): readonly Link[] {
  return [...contentsOf(type, revision), ...variablesTo(type, revision), ...navigationsTo(type, revision)];
}

function contentsOf({ descriptor }: EntityType, revision: Revision): readonly Link[] {
  return revision.definition.entityTypes.flatMap(({ name, identity }) => {
    const places = identity?.containments?.filter(({ parent }) => parent === descriptor.name) ?? [];
    const type = places.length === 0 ? undefined : revision.type(name);
    return type === undefined ? [] : places.map(({ property }) => ({ type, property, policy: "cascade" as const }));
  });
}

function variablesTo({ descriptor }: EntityType, revision: Revision): readonly Link[] {
  const references = revision.definition.deleteRules?.references ?? [];
  return references.flatMap(({ entityType, property, target, policy }): readonly Link[] => {
    const type = target === descriptor.name ? revision.type(entityType) : undefined;
    return type === undefined ? [] : [{ type, property, policy }];
  });
}

function navigationsTo({ descriptor }: EntityType, revision: Revision): readonly Link[] {
  const { definition } = revision;
  const { deleteRules } = definition;
  if (deleteRules === undefined) return [];
  return definition.entityTypes.flatMap((source) =>
    source.navigations.flatMap((navigation): readonly Link[] => {
      const [pair] = navigation.constraints;
      if (navigation.target !== descriptor.name || navigation.collection) return [];
      if (pair === undefined || pair.referencedProperty !== descriptor.key) return [];
      const own = deleteRules.overrides.find(
        ({ entityType, navigation: name }) => entityType === source.name && name === navigation.name,
      );
      const policy = own?.policy ?? deleteRules.byDefault;
      const type = revision.type(source.name);
      return type === undefined || policy === undefined ? [] : [{ type, property: pair.property, policy }];
    }),
  );
}

function referenceOf({ ref, present, type }: Part, link: Link): Reference {
  const value: Value = present.values?.[type.descriptor.key] ?? ref.entityId;
  return { tenant: ref.tenant, entityType: link.type.descriptor.name, property: link.property, value };
}

/** The first rows of a type that a reference finds. */
export async function referringRows(
  store: Store,
  { descriptor: entityType }: EntityType,
  { tenant, property, value }: Reference,
  top: number,
): Promise<readonly StoredRow[]> {
  const filter = {
    kind: "compare",
    operator: "eq",
    left: { kind: "property", property },
    right: { kind: "literal", value },
  } as const;
  return (await store.query({ tenant, entityType, filter, orderBy: [], top, skip: 0, count: false })).rows;
}

/** The row as the same commit has left it already; undefined where that refers no more. */
function asLeft(
  row: StoredRow,
  { type, property }: Link,
  reference: Reference,
  readings: Readings,
): StoredRow | undefined {
  const { tenant, value } = reference;
  const pending = readings.pending({ tenant, entityType: type.descriptor.name, entityId: idOf(type.descriptor, row) });
  if (pending === undefined) return row;
  const { values, sequence } = pending;
  return values === undefined || values[property] !== value ? undefined : { values, sequence };
}

function changedPart(row: StoredRow, { type, property, policy }: Link, { tenant }: Reference): Part | Failed {
  const change = evaluate(
    type,
    policy === "cascade" ? { kind: "delete" } : { kind: "patch", values: { [property]: null } },
    row.values,
    { filled: {}, callable: [] },
  );
  if (change.kind === "failed") return change;
  const ref = { tenant, entityType: type.descriptor.name, entityId: idOf(type.descriptor, row) };
  return { ref, type, present: row, change };
}

function idOf({ key }: EntityTypeDescriptor, { values }: StoredRow): string {
  return String(values[key]);
}
