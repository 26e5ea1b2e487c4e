/** What expressions are bound in: whose properties a name means, and how far out the scopes are. */
import type { FilterOperand } from "../../ports/index.ts";
import type { Expression, OptionSyntax } from "./grammar/syntax.ts";
import type { ODataLimits } from "./limits.ts";
import type { Operand } from "./operand-types.ts";
import type { SetRoute } from "./routes.ts";

/** What parameter aliases stand for, by name with the `@`: texts, and trees where they stand among other options in parentheses. */
export type Aliases = ReadonlyMap<string, string | Expression>;

/** The aliases of a request, and over them those that are given beside the other options of an item. */
export function withNested(aliases: Aliases, options: readonly OptionSyntax[]): Aliases {
  const given = options.filter((option) => option.kind === "alias");
  return given.length === 0
    ? aliases
    : new Map([...aliases, ...given.map(({ name, value }) => [name, value] as const)]);
}

/** What a caller of the binder gives. */
export interface FilterScope {
  readonly set: SetRoute;
  readonly namespace: string;
  readonly aliases: Aliases;
  /** Names of `$compute`, which hide no property. */
  readonly computed?: ReadonlyMap<string, Operand>;
}

type BoundLimit =
  | ("filterLengthMax" | "filterDepthMax" | "filterWaysMax" | "filterCasesMax")
  | ("filterPatternMax" | "inValuesMax" | "aliasDepthMax");

export interface Lowering {
  /** Where an offset of the tree stands in the decoded option. */
  readonly origin: (offset: number) => number;
  readonly limits: Pick<ODataLimits, BoundLimit>;
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
  /** How many aliases are around. */
  readonly aliasDepth: number;
  /** The characters that aliases may still stand for: what they stand for may be large, and stand in many places. */
  readonly budget: { left: number };
  /** How much the patterns may still ask for. */
  readonly patterns: { left: number };
}

const noComputed: ReadonlyMap<string, Operand> = new Map();
const noVariables: ReadonlyMap<string, Subject> = new Map();

/** Of an option as a whole. */
export function bindingOf(scope: FilterScope, lowering: Lowering): Binding {
  const { set, namespace, aliases, computed = noComputed } = scope;
  const { origin, limits } = lowering;
  const root = { set, depth: 0 };
  const budget = { left: limits.filterLengthMax };
  const patterns = { left: limits.filterPatternMax };
  const around = { depth: 0, values: 0, variables: noVariables, aliasDepth: 0, budget, patterns };
  return { set, namespace, aliases, computed, origin, limits, root, ...around };
}

/** How many scopes out the subject is, as an operand says it. */
export function fromHere(depth: number, subject: Subject): { readonly from?: number } {
  return depth === subject.depth ? {} : { from: depth - subject.depth };
}

/** A property of a subject, seen from a scope of that depth. */
export function propertyOperand(property: string, depth: number, subject: Subject): FilterOperand {
  return { kind: "property", property, ...fromHere(depth, subject) };
}
