/** Ids of entities that no single property identifies: those with keys of several properties, and those contained in others. */
import { canonicalValue, keyValue } from "./canonical.ts";
import { named } from "./named.ts";
import { ownValue } from "./operators.ts";
import type { EntityTypeDescriptor, PropertyDescriptor } from "./service-definition.ts";
import type { Value, Values } from "./value.ts";

/** What an id is made of; a type that has it keeps the id itself in a property that nobody sees. */
export interface IdentityDescriptor {
  /** The properties of the type's own that tell its entities apart, in their order; none where only one is contained. */
  readonly parts: readonly string[];
  /** The places that entities of the type are contained in; absent for a type of entity sets. */
  readonly containments?: readonly ContainmentDescriptor[];
}

export interface ContainmentDescriptor {
  /** The type of the entity around it, and the navigation property there. */
  readonly parent: string;
  readonly navigation: string;
  /** The hidden property that has the key of the entity around it, and null in another place. */
  readonly property: string;
}

type Described = Pick<EntityTypeDescriptor, "name" | "key" | "properties" | "identity">;

/** The id of an entity with these values; undefined where one of them is missing that it is made of. */
export function entityIdOf(type: Described, values: Values): string | undefined {
  const { identity, key } = type;
  if (identity === undefined) return textOf(ownValue(values, key));
  const parts = identity.parts.map((part) => canonicalPart(type, part, ownValue(values, part) ?? null));
  if (parts.includes(null)) return undefined;
  if (identity.containments === undefined) return JSON.stringify(parts);
  const around = aroundIn(type, values);
  return around && JSON.stringify([around.parent, around.navigation, around.id, ...parts]);
}

/** A place that something is contained in: a navigation property of the entity of that id. */
export interface Around {
  readonly parent: string;
  readonly navigation: string;
  readonly id: string;
}

/** The place that an entity with these values is contained in; undefined where it is in none. */
export function aroundIn({ identity }: Pick<Described, "identity">, values: Values): Around | undefined {
  for (const { parent, navigation, property } of identity?.containments ?? []) {
    const id = textOf(values[property]);
    if (id !== undefined) return { parent, navigation, id };
  }
  return undefined;
}

/** The id of an entity with these values in that place; the empty text where there is no such place, or a part of the key is missing. */
export function idWithin(type: Described, { parent, navigation, id }: Around, values: Values): string {
  const place = type.identity?.containments?.find((each) => each.parent === parent && each.navigation === navigation);
  const key = place && placeValue(type, place.property, id);
  return place === undefined || key === undefined ? "" : (entityIdOf(type, { ...values, [place.property]: key }) ?? "");
}

/** An id made of chosen values; of what is contained, in the first of its places. */
export function idMadeOf(type: Described, choose: (property: PropertyDescriptor) => Value): string {
  const place = type.identity?.containments?.[0]?.property;
  const made = [type.key, ...(type.identity?.parts ?? []), ...(place === undefined ? [] : [place])];
  const values = named<Value>();
  for (const property of type.properties) if (made.includes(property.name)) values[property.name] = choose(property);
  return entityIdOf(type, values) ?? "";
}

function textOf(value: Value | undefined): string | undefined {
  return value === null || value === undefined ? undefined : String(value);
}

function canonicalPart(type: Described, name: string, value: Value): Value {
  const property = propertyNamed(type, name);
  return property === undefined || value === null ? null : canonicalValue(property, value);
}

function propertyNamed({ properties }: Described, name: string): PropertyDescriptor | undefined {
  return properties.find((property) => property.name === name);
}

/** What an id says of its entity: the key and all that it is made of. Undefined where it is no id of the type, or not in its one spelling. */
export function valuesOfId(type: Described, entityId: string): Values | undefined {
  const { identity, key } = type;
  const values = named<Value>();
  if (identity === undefined) {
    const value = keyValue({ type: propertyNamed(type, key)?.type ?? "Edm.String" }, entityId);
    if (value === undefined) return undefined;
    values[key] = value;
    return values;
  }
  const written = readId(entityId);
  const isInside = identity.containments !== undefined;
  const [parent, navigation, around, ...inner] = isInside ? written : [undefined, undefined, undefined, ...written];
  values[key] = entityId;
  for (const place of identity.containments ?? []) {
    const isHere = place.parent === parent && place.navigation === navigation;
    values[place.property] = isHere ? (placeValue(type, place.property, around) ?? null) : null;
  }
  for (const [index, part] of identity.parts.entries()) values[part] = inner[index] ?? null;
  return entityIdOf(type, values) === entityId ? values : undefined;
}

function placeValue(type: Described, name: string, text: Value | undefined): Value | undefined {
  return keyValue({ type: propertyNamed(type, name)?.type ?? "Edm.String" }, String(text ?? ""));
}

function readId(text: string): readonly Value[] {
  try {
    const read: unknown = JSON.parse(text);
    return Array.isArray(read) ? read.map(plain) : [];
  } catch {
    return [];
  }
}

function plain(value: unknown): Value {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}
