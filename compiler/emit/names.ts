/** The names that emitted modules give and take: one place, so that they agree. */

import type { Program } from "../ir/program.ts";
import type { Entity } from "../ir/schema.ts";
import { identifier, lowerFirst } from "./text.ts";

/** How the emitted modules call what belongs to one entity type. */
export interface EntityNames {
  /** Path below `generated/`, without an ending. */
  readonly module: string;
  readonly entity: string;
  readonly newEntity: string;
  readonly patch: string;
  readonly reader: string;
  readonly descriptor: string;
  readonly class: string;
}

export function entityNames(entity: Entity, { contract }: Program): EntityNames {
  const { name } = entity;
  const set = contract.entitySets.find((each) => each.entity === name);
  return {
    module: `odata/${set?.name ?? name}`,
    entity: `${name}Entity`,
    newEntity: `New${name}`,
    patch: `${name}Patch`,
    reader: `${lowerFirst(name)}From`,
    descriptor: `${lowerFirst(name)}Type`,
    class: className(name),
  };
}

/** Global names and imports that the emitted module uses itself; a class of that name would stand in their place, and parameters of its methods in the class's. */
const usedByActors: ReadonlySet<string> = new Set([
  ...["ActorReply", "Around", "CallContext", "Calls", "Error", "Failed", "Promise", "String", "Write", "Written"],
  ...[
    "actor",
    "around",
    "calls",
    "change",
    "context",
    "entityIdOf",
    "id",
    "idWithin",
    "name",
    "params",
    "reply",
    "values",
  ],
]);

function className(name: string): string {
  return usedByActors.has(name) ? `${name}_` : identifier(name);
}

/** The constant of an entity set's descriptor. */
export function setConstant(name: string): string {
  return `${lowerFirst(name)}Set`;
}

/** Relative to the folder `generated/<anything>/`. */
export function sibling(module: string): string {
  return `../${module}.js`;
}
