/** The commits of one transaction while they are decided: each is still going to be made, or has its answer. */
import type { Appended, Commit, EntityCommit } from "../../ports/index.ts";
import type { Cell } from "../sql/columns.ts";
import { keyCells, type Projection } from "../sql/projection.ts";
import type { Layout, Table } from "./tables.ts";

export interface Draft {
  readonly commit: Commit;
  appended: Appended;
}

export function draftOf(commit: Commit): Draft {
  return { commit, appended: "committed" };
}

export function standing(drafts: readonly Draft[]): readonly Draft[] {
  return drafts.filter(({ appended }) => appended === "committed");
}

/** The first answer is the one that counts. */
export function refuse(draft: Draft | undefined, appended: Appended): void {
  if (draft?.appended === "committed") draft.appended = appended;
}

/** Every part of the commits, and the commit that it belongs to. */
export function partsOf(drafts: readonly Draft[]): readonly { readonly draft: Draft; readonly part: EntityCommit }[] {
  return drafts.flatMap((draft) => [draft.commit, ...(draft.commit.also ?? [])].map((part) => ({ draft, part })));
}

export function tableFor({ tables }: Layout, entityType: string): Table {
  const table = tables.get(entityType);
  if (table === undefined) throw new Error(`the store has not been prepared for entity type ${entityType}`);
  return table;
}

/** Tenant and key of an entity as the columns have them. */
export function ownCells(
  projection: Projection,
  ref: { readonly tenant: string; readonly entityId: string },
): readonly Cell[] {
  const cells = keyCells(projection, { ...ref, entityType: projection.type.name });
  if (cells === undefined) throw new TypeError(`${JSON.stringify(ref.entityId)} is no key of ${projection.type.name}`);
  return cells;
}

/** What belongs to one table, table by table. */
export function byTable<T>(
  layout: Layout,
  items: readonly T[],
  entityTypeOf: (item: T) => string,
): readonly { readonly table: Table; readonly items: readonly T[] }[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = entityTypeOf(item);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return [...groups].map(([name, group]) => ({ table: tableFor(layout, name), items: group }));
}

/** Another server has changed tables since this one has looked. */
export class LayoutMoved extends Error {}

export function assertGeneration(layout: Layout, generation: Cell | undefined): void {
  if (Number(generation) !== layout.generation) throw new LayoutMoved();
}
