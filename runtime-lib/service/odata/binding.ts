/** What expressions are bound in: whose properties a name means, and how far out the scopes are. */
import type { FilterOperand } from "../../ports/index.ts";
import type { ODataLimits } from "./limits.ts";
import type { Operand } from "./operand-types.ts";
import type { SetRoute } from "./routes.ts";

/** What a caller of the binder gives. */
export interface FilterScope {
  readonly set: SetRoute;
  readonly namespace: string;
  /** The texts of parameter aliases, by name with the `@`. */
  readonly aliases: ReadonlyMap<string, string>;
  /** Names of `$compute`, which hide no property. */
  readonly computed?: ReadonlyMap<string, Operand>;
}

export interface Lowering {
  /** Where an offset of the tree stands in the decoded option. */
  readonly origin: (offset: number) => number;
  readonly limits: Pick<
    ODataLimits,
    "filterDepthMax" | "filterWaysMax" | "filterCasesMax" | "filterPatternMax" | "inValuesMax"
  >;
}

/** Something that properties are asked of: an entity, or the item of a collection. */
export interface Subject {
  readonly set?: SetRoute;
  /** How many ways from the outermost row. */
  readonly depth: number;
  /** Of the item of a collection: the type that its literals have. */
  readonly itemType?: "Edm.String" | "Edm.Guid" | "Edm.Date";
}

export interface Binding extends FilterScope, Lowering {
  /** What bare names are asked of. */
  readonly root: Subject;
  readonly depth: number;
  /** How many conditions that are values are around. */
  readonly values: number;
  readonly variables: ReadonlyMap<string, Subject>;
}

/** Of an option as a whole. */
export function bindingOf(scope: FilterScope, lowering: Lowering): Binding {
  return { ...scope, ...lowering, root: { set: scope.set, depth: 0 }, depth: 0, values: 0, variables: new Map() };
}

/** How many scopes out the subject is, as an operand says it. */
export function fromHere(depth: number, subject: Subject): { readonly from?: number } {
  return depth === subject.depth ? {} : { from: depth - subject.depth };
}

/** A property of a subject, seen from a scope of that depth. */
export function propertyOperand(property: string, depth: number, subject: Subject): FilterOperand {
  return { kind: "property", property, ...fromHere(depth, subject) };
}
