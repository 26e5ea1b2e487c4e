/** How a later definition of a type is to an earlier one: whether it asks more of what lives, and whether both can be served at once. */
import type {
  CrossInvariantDescriptor,
  EntityTypeDescriptor,
  InvariantDescriptor,
  PropertyDescriptor,
  ServiceDefinition,
} from "../kernel/index.ts";

/** What a type promises of each of its entities. */
export interface Promises {
  readonly invariants: readonly InvariantDescriptor[];
  readonly fieldViolation?: EntityTypeDescriptor["fieldViolation"];
}

/** All that the later type promises and the earlier did not; of no earlier type, all that it promises. */
export function newPromises(earlier: EntityTypeDescriptor | undefined, later: EntityTypeDescriptor): Promises {
  const known = new Set(earlier?.automaton?.invariants.map(textOf));
  const invariants = (later.automaton?.invariants ?? []).filter((invariant) => !known.has(textOf(invariant)));
  const { fieldViolation } = later;
  return asksMore(earlier?.fieldViolation, fieldViolation) ? { invariants, fieldViolation } : { invariants };
}

/** True where an entity that kept all promises of the earlier type may break one of the later. */
export function isTightened(earlier: EntityTypeDescriptor, later: EntityTypeDescriptor): boolean {
  const { invariants, fieldViolation } = newPromises(earlier, later);
  return invariants.length > 0 || fieldViolation !== undefined;
}

function textOf({ name, text }: { readonly name: string; readonly text: string }): string {
  return `${name}: ${text}`;
}

/** A condition is emitted code: where its text is the same, so is what it asks. */
function asksMore(earlier: object | undefined, later: object | undefined): boolean {
  return later !== undefined && String(later) !== String(earlier);
}

/**
 * How a later definition may follow an earlier one. `at-once`: whatever a request of the earlier one may still write is lawful
 * in the later. `announced`: where each such write is held to what the later one promises. `drained`: once all requests of the
 * earlier one have ended, because the tables are others.
 */
export type Succeeding = "at-once" | "announced" | "drained";

export function succeeding(earlier: ServiceDefinition, later: ServiceDefinition): Succeeding {
  const types = new Map(later.entityTypes.map((type) => [type.name, type]));
  const pairs = earlier.entityTypes.map((type) => [type, types.get(type.name)] as const);
  const isAsBefore = pairs.every(([type, next]) => {
    return next !== undefined && added(type, next).length === 0 && hasStatuses(type, next) && !isTightened(type, next);
  });
  if (!pairs.every(([type, next]) => next !== undefined && isWider(type, next))) return "drained";
  return isAsBefore && newAcross(earlier, later).length === 0 ? "at-once" : "announced";
}

/** What the later definition promises across entities and the earlier did not; nothing where no earlier one is known. */
export function newAcross(
  earlier: ServiceDefinition | undefined,
  later: ServiceDefinition,
): readonly CrossInvariantDescriptor[] {
  if (earlier === undefined) return [];
  const known = new Set((earlier.crossInvariants ?? []).map((invariant) => describe(invariant)));
  return (later.crossInvariants ?? []).filter((invariant) => !known.has(describe(invariant)));
}

/** True where the later type's table has a place for all that requests of the earlier one write, and has all that they read. */
function isWider(earlier: EntityTypeDescriptor, later: EntityTypeDescriptor): boolean {
  const keys = ({ key, statusProperty, reactions }: EntityTypeDescriptor): string =>
    JSON.stringify([key, statusProperty, reactions?.keys]);
  const own = new Map(later.properties.map((property) => [property.name, property]));
  return (
    keys(earlier) === keys(later) &&
    earlier.properties.every((property) => isKept(property, own.get(property.name))) &&
    added(earlier, later).every((property) => !isRequired(property))
  );
}

/** The same column, of values that the later one knows; what becomes of statuses is asked of each entity. */
function isKept(earlier: PropertyDescriptor, later: PropertyDescriptor | undefined): boolean {
  if (later === undefined) return false;
  const column = ({ members: _members, ...rest }: PropertyDescriptor): string => JSON.stringify(rest);
  const members = new Set(later.members);
  const isKnown = earlier.role === "status" || (earlier.members ?? []).every((member) => members.has(member));
  return column(earlier) === column(later) && isKnown;
}

function isRequired({ role, nullable, collection, defaultValue }: PropertyDescriptor): boolean {
  return role === "field" && !nullable && !collection && defaultValue === undefined;
}

/** The properties that are new. */
function added(earlier: EntityTypeDescriptor, later: EntityTypeDescriptor): readonly PropertyDescriptor[] {
  const known = new Set(earlier.properties.map(({ name }) => name));
  return later.properties.filter(({ name }) => !known.has(name));
}

/** True where every status that an entity of the earlier definition may have is one of the later. */
export function keepsStatuses(earlier: ServiceDefinition, later: ServiceDefinition): boolean {
  const types = new Map(later.entityTypes.map((type) => [type.name, type]));
  return earlier.entityTypes.every((type) => {
    const next = types.get(type.name);
    const isAlike = next !== undefined && (type.automaton === undefined) === (next.automaton === undefined);
    return isAlike && hasStatuses(type, next);
  });
}

/** Statuses may only be more. */
function hasStatuses(earlier: EntityTypeDescriptor, later: EntityTypeDescriptor): boolean {
  const statuses = new Set<string>(later.automaton?.statuses);
  return (earlier.automaton?.statuses ?? []).every((status) => statuses.has(status));
}

/** A promise as text, its conditions as their code. */
function describe(promise: object): string {
  return JSON.stringify(promise, (_name, value) => (typeof value === "function" ? String(value) : value));
}
