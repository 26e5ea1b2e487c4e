/** What a decision reads of other entities, remembered so that the commit can refuse where any of it has moved since. */
import { keyValue, named, type ReferenceDescriptor, type Related, type Value, type Values } from "../kernel/index.ts";
import type { EntityRef, ReadMark, Store } from "../ports/index.ts";
import type { Revision } from "./revision.ts";
import { assertMissing } from "./stopped.ts";

/** An entity at one moment; `values` is absent where it does not exist. */
export interface Present {
  readonly values?: Values;
  readonly sequence: number;
}

type AsLeft = (entityType: string, values: Values) => Values;

export class Readings {
  readonly #store: Store;
  readonly #revision: Revision;
  readonly #tenant: string;
  readonly #asLeft: AsLeft;
  /** What the store gave, by entity; absent as long as nothing has been read: most decisions look at their own entity alone. */
  #read: Map<string, { readonly mark: ReadMark; readonly values?: Values }> | undefined;
  /** What the same commit is going to make of entities. */
  readonly #written: { readonly ref: EntityRef; readonly after: Present }[] = [];

  /** `asLeft` is what something else makes of the entities that are read, such as a revision that takes over. */
  constructor(store: Store, revision: Revision, tenant: string, asLeft: AsLeft = (_type, values) => values) {
    this.#store = store;
    this.#revision = revision;
    this.#tenant = tenant;
    this.#asLeft = asLeft;
  }

  /** The entities that the decision rests on and does not write itself, as they were. */
  get marks(): readonly ReadMark[] {
    if (this.#read === undefined) return [];
    return [...this.#read.values()].flatMap(({ mark }) => (this.pending(mark) === undefined ? [mark] : []));
  }

  /** From now on the entity is read as the commit will leave it. */
  write(ref: EntityRef, after: Present): void {
    this.#written.push({ ref, after });
  }

  /** What the commit makes of the entity; undefined where it does not write it. */
  pending(ref: EntityRef): Present | undefined {
    return this.#written.findLast((each) => isSame(each.ref, ref))?.after;
  }

  /** The entity's values as far as this decision is concerned; undefined where there is none. */
  async values(entityType: string, entityId: string): Promise<Values | undefined> {
    return (await this.present(entityType, entityId))?.values;
  }

  /** The entity with its sequence; undefined where its type or its id can be none. */
  async present(entityType: string, entityId: string): Promise<Present | undefined> {
    const ref = this.#refOf(entityType, entityId);
    if (ref === undefined) return undefined;
    const pending = this.pending(ref);
    if (pending !== undefined) return pending;
    const key = keyOf(ref);
    const known = this.#read?.get(key) ?? (await this.#load(ref));
    this.#read ??= new Map();
    this.#read.set(key, known);
    return { sequence: known.mark.sequence ?? 0, ...(known.values && { values: known.values }) };
  }

  async #load(ref: EntityRef): Promise<{ readonly mark: ReadMark; readonly values?: Values }> {
    const row = await this.#store.row(ref);
    if (row !== undefined)
      return { mark: { ...ref, sequence: row.sequence }, values: this.#asLeft(ref.entityType, row.values) };
    await assertMissing(this.#store, ref);
    return { mark: { ...ref, sequence: null } };
  }

  #refOf(entityType: string, entityId: string): EntityRef | undefined {
    const key = this.#revision.type(entityType)?.key;
    const value = key === undefined ? undefined : keyValue(key, entityId);
    return value === undefined ? undefined : { tenant: this.#tenant, entityType, entityId: String(value) };
  }

  /** The statuses of the entities that `reference` names in `values`: the empty string where there is none. */
  async statuses(values: Values, reference: string, entityType: string): Promise<readonly string[]> {
    const found = await this.#each(values, { name: "", entityType, reference, property: "status" });
    return found.map((status) => (typeof status === "string" ? status : ""));
  }

  /** The values of each reference: one per id, null where there is no entity or no value. */
  async related(values: Values, references: readonly ReferenceDescriptor[]): Promise<Related> {
    const related = named<readonly Value[]>();
    for (const reference of references) related[reference.name] = await this.#each(values, reference);
    return related;
  }

  async #each(values: Values, { entityType, reference, property }: ReferenceDescriptor): Promise<readonly Value[]> {
    const statusProperty = this.#revision.type(entityType)?.descriptor.statusProperty;
    const name = property === "status" ? (statusProperty ?? property) : property;
    const found: Value[] = [];
    for (const id of idsOf(values[reference])) {
      const there = id === null ? undefined : await this.values(entityType, id);
      found.push(there?.[name] ?? null);
    }
    return found;
  }
}

/** A list of ids, or one; a reference that is not set counts as one that leads nowhere. */
function idsOf(value: Value | undefined): readonly (string | null)[] {
  if (typeof value === "object" && value !== null) return value;
  return value === undefined || value === null || value === "" ? [null] : [String(value)];
}

function isSame(one: EntityRef, other: EntityRef): boolean {
  return one.entityId === other.entityId && one.entityType === other.entityType && one.tenant === other.tenant;
}

function keyOf({ tenant, entityType, entityId }: EntityRef): string {
  return JSON.stringify([tenant, entityType, entityId]);
}
