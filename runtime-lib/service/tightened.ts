/** How a later definition of a type is to an earlier one: whether it asks more of what lives, and whether both can be served at once. */
import type {
  CrossInvariantDescriptor,
  EntityTypeDescriptor,
  InvariantDescriptor,
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
 * True where whatever a request of the earlier revision may still write is lawful in the later one, so that requests that
 * are under way need not end before the later one takes over: the same tables, no status and no promise less or more.
 */
export function canOverlap(earlier: ServiceDefinition, later: ServiceDefinition): boolean {
  const types = new Map(later.entityTypes.map((type) => [type.name, type]));
  return (
    newAcross(earlier, later).length === 0 &&
    earlier.entityTypes.every((type) => {
      const next = types.get(type.name);
      return next !== undefined && hasSameTable(type, next) && hasStatuses(type, next) && !isTightened(type, next);
    })
  );
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

function hasSameTable(earlier: EntityTypeDescriptor, later: EntityTypeDescriptor): boolean {
  const table = ({ key, properties, navigations, statusProperty, reactions }: EntityTypeDescriptor): string =>
    JSON.stringify([
      key,
      properties.map(({ members: _members, ...rest }) => rest),
      navigations,
      statusProperty,
      reactions?.keys,
    ]);
  return table(earlier) === table(later);
}

/** Enums may only gain members, statuses among them. */
function hasStatuses(earlier: EntityTypeDescriptor, later: EntityTypeDescriptor): boolean {
  const statuses = new Set<string>(later.automaton?.statuses);
  if (!(earlier.automaton?.statuses ?? []).every((status) => statuses.has(status))) return false;
  return earlier.properties.every(({ name, members = [] }) => {
    const own = new Set(later.properties.find((property) => property.name === name)?.members);
    return members.every((member) => own.has(member));
  });
}

/** A promise as text, its conditions as their code. */
function describe(promise: object): string {
  return JSON.stringify(promise, (_name, value) => (typeof value === "function" ? String(value) : value));
}
