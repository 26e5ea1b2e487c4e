/** What simulated clients ask: creations, actions, patches and deletions with values that are often right and sometimes not. */
import type {
  ActionDescriptor,
  EntityTypeDescriptor,
  PropertyDescriptor,
  ServiceDefinition,
  Value,
  VariableType,
  Write,
} from "@temperc/runtime";
import type { Chance } from "../simulated/chance.ts";

/** Few entities, so that clients meet at them and references find somebody. */
const entitiesMax = 3;

const words = ["", "a", "b", "2030-01-01T00:00:00Z"];

export type IsThere = (entityType: string, entityId: string) => boolean;

type Change = Pick<Write, "entityType" | "entityId" | "change">;

/** `isThere` says whether there is such an entity, as far as is known: mostly it is created first, and once. */
export function randomWrite({ entityTypes }: ServiceDefinition, chance: Chance, isThere: IsThere): Change | undefined {
  const type = chance.one(entityTypes);
  const id = type?.properties.find(({ name }) => name === type.key);
  if (type === undefined || id === undefined) return undefined;
  // The first more often than the last, so that there is one at which all meet.
  const index = Math.min(chance.below(entitiesMax), chance.below(entitiesMax));
  const entityId = String(idOf(id, index));
  const isMade = chance.happens(0.9) && !isThere(type.name, entityId);
  const change = isMade
    ? ({ kind: "create", values: randomFields(type, chance) } as const)
    : randomChange(type, chance);
  return { entityType: type.name, entityId, change };
}

function randomChange(type: EntityTypeDescriptor, chance: Chance): Write["change"] {
  const kind = chance.next();
  const action = chance.one((type.automaton?.actions ?? []).filter((each) => each.kind === "input"));
  if (kind < 0.85 && action !== undefined) {
    return { kind: "action", action: action.name, params: randomParams(type, action, chance) };
  }
  if (kind < 0.9) return { kind: "create", values: randomFields(type, chance) };
  return kind < 0.98 ? { kind: "patch", values: randomFields(type, chance) } : { kind: "delete" };
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
      return index + 1;
  }
}
