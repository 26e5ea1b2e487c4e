/** What simulated clients ask: creations, actions, patches and deletions with values that are often right and sometimes not. */
import type {
  ActionDescriptor,
  EntityTypeDescriptor,
  PropertyDescriptor,
  ServiceDefinition,
  Value,
  Values,
  VariableType,
} from "@temperc/runtime";
import { idMadeOf } from "@temperc/runtime/kernel";
import type { Chance } from "../simulated/chance.ts";
import type { Asked } from "./clients.ts";
import { snapshotIn } from "./history.ts";

/** Few entities, so that clients meet at them and references find somebody. */
const entitiesMax = 2;

const words = ["", "a", "b", "2030-01-01T00:00:00Z"];

/** The values of an entity, as far as is known: undefined where there is none. */
export type Present = (entityType: string, entityId: string) => Values | undefined;

/** How many calls are looked at for one that the entity would take, so that entities get somewhere. */
const triesMax = 3;

/** Mostly an entity is created first, and once. */
export function randomAsked({ entityTypes }: ServiceDefinition, chance: Chance, present: Present): Asked | undefined {
  const type = chance.one(entityTypes);
  if (type === undefined) return undefined;
  // The first more often than the last, so that there is one at which all meet.
  const index = Math.min(chance.below(entitiesMax), chance.below(entitiesMax));
  const entityId = idMadeOf(type, (property) => idOf(property, index));
  const before = present(type.name, entityId);
  const isMade = chance.happens(0.9) && before === undefined;
  const change = isMade
    ? ({ kind: "create", values: randomFields(type, chance) } as const)
    : randomChange(type, chance, before);
  return { entityType: type.name, entityId, change };
}

/** Something else for the same entity. */
export function randomRival(
  definition: ServiceDefinition,
  asked: Omit<Asked, "change">,
  chance: Chance,
  present: Present,
): Asked | undefined {
  const type = definition.entityTypes.find(({ name }) => name === asked.entityType);
  if (type === undefined) return undefined;
  const { entityType, entityId } = asked;
  return { entityType, entityId, change: randomChange(type, chance, present(entityType, entityId)) };
}

function randomChange(type: EntityTypeDescriptor, chance: Chance, before: Values | undefined): Asked["change"] {
  const kind = chance.next();
  const change = randomAction(type, chance, before);
  if (kind < 0.76) return change ?? { kind: "patch", values: randomFields(type, chance) };
  if (kind < 0.88) return { kind: "read" };
  if (kind < 0.92) return { kind: "create", values: randomFields(type, chance) };
  if (kind >= 0.985) return { kind: "delete" };
  return { kind: kind < 0.955 ? "patch" : "put", values: randomFields(type, chance) };
}

/** Of a few calls the first that leads on, else one that the entity would take, else any. */
function randomAction(
  type: EntityTypeDescriptor,
  chance: Chance,
  before: Values | undefined,
): Asked["change"] | undefined {
  const actions = (type.automaton?.actions ?? []).filter((each) => each.kind === "input");
  let best: { readonly change: Asked["change"]; readonly rank: number } | undefined;
  for (let tries = 0; tries < triesMax && best?.rank !== 2; tries += 1) {
    const action = chance.one(actions);
    if (action === undefined) return undefined;
    const change = { kind: "action", action: action.name, params: randomParams(type, action, chance) } as const;
    const rank = rankOf(type, before, change);
    if (best === undefined || rank > best.rank) best = { change, rank };
  }
  return best?.change;
}

/** 2 where the status changes, 1 where the call is taken or nobody can tell, 0 where it is refused. */
function rankOf(
  type: EntityTypeDescriptor,
  before: Values | undefined,
  { action, params }: { readonly action: string; readonly params: Values },
): number {
  const { filled = [] } = type.automaton?.actions.find(({ name }) => name === action) ?? {};
  if (before === undefined || type.automaton === undefined || filled.length > 0) return 1;
  const snapshot = snapshotIn(type, before);
  const outcome = type.automaton.step(snapshot, action, params);
  if (outcome.kind === "refused") return 0;
  return outcome.after.status === snapshot.status ? 1 : 2;
}

function randomFields({ properties, key }: EntityTypeDescriptor, chance: Chance): Record<string, Value> {
  const fields = properties.filter(({ role, name }) => role === "field" && name !== key);
  const given = fields.filter(({ nullable }) => !nullable || chance.happens(0.6));
  return Object.fromEntries(given.map((property) => [property.name, fittingValue(property, chance)]));
}

function randomParams(type: EntityTypeDescriptor, { params }: ActionDescriptor, chance: Chance): Record<string, Value> {
  const given = params.filter(({ required }) => required || chance.happens(0.6));
  return Object.fromEntries(given.map((param) => [param.name, paramValue(type, param, chance)]));
}

interface Param {
  readonly name: string;
  readonly type: VariableType;
}

/** A parameter named like a property has a value that fits it. */
function paramValue(entityType: EntityTypeDescriptor, { name, type }: Param, chance: Chance): Value {
  const property = entityType.properties.find((each) => each.name === name);
  if (property !== undefined) return fittingValue(property, chance);
  switch (type) {
    case "counter":
    case "int":
    case "float":
      return chance.below(4);
    case "bool":
      return chance.happens(0.5);
    case "list":
    case "set":
      return words.slice(0, 1 + chance.below(2));
    case "string":
    case "ref":
      return chance.one(words) ?? "";
  }
}

function fittingValue(property: PropertyDescriptor, chance: Chance): Value {
  const { type, collection, members = [] } = property;
  if (property.complexType !== undefined) return true;
  if (collection) return type === "Edm.String" ? [String(idOf(property, chance.below(entitiesMax)))] : [];
  if (type === "enum") return chance.one(members) ?? null;
  return type === "Edm.Boolean" ? chance.happens(0.5) : idOf(property, chance.below(entitiesMax));
}

/** One of a few values of each type: as an id and as a reference they are the same. */
function idOf({ type, members = [] }: PropertyDescriptor, index: number): Value {
  switch (type) {
    case "Edm.String":
      return `e${index}`;
    case "Edm.Guid":
      return `00000000-0000-4000-8000-00000000000${index}`;
    case "Edm.Date":
      return `2030-01-0${index + 1}`;
    case "Edm.DateTimeOffset":
      return `2030-01-0${index + 1}T00:00:00Z`;
    case "Edm.TimeOfDay":
      return `0${index + 1}:00:00`;
    case "Edm.Binary":
      return "AQID".slice(0, 4 * (index % 2));
    case "Edm.Boolean":
      return index % 2 === 0;
    case "enum":
      return members[index % Math.max(1, members.length)] ?? null;
    case "Edm.Byte":
    case "Edm.SByte":
    case "Edm.Int16":
    case "Edm.Int32":
    case "Edm.Int64":
    case "Edm.Decimal":
    case "Edm.Double":
    case "Edm.Single":
    case "Edm.Duration":
      return index + 1;
  }
}
