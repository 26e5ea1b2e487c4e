/** Values of complex types: kept as one value for each member, by its path, and nested where others see them. */
import type { EntityTypeDescriptor, PropertyDescriptor } from "./service-definition.ts";
import type { Value } from "./value.ts";

/** A value of a complex type: the property that says whether it is there, and those directly in it. */
export interface ComplexValue {
  readonly presence: PropertyDescriptor;
  readonly members: readonly PropertyDescriptor[];
}

/** The values of complex types that entities of the type have, the outer ones first. */
export function complexValues({ properties }: Pick<EntityTypeDescriptor, "properties">): readonly ComplexValue[] {
  return properties
    .filter(({ complexType }) => complexType !== undefined)
    .map((presence) => ({ presence, members: properties.filter(({ name }) => enclosing(name) === presence.name) }));
}

/** The path of what a member stands in; undefined for a property of the entity type itself. */
export function enclosing(name: string): string | undefined {
  const end = name.lastIndexOf("/");
  return end < 0 ? undefined : name.slice(0, end);
}

/** What a member has where the value around it is not there. */
export function absentValue({ collection }: Pick<PropertyDescriptor, "collection">): Value {
  return collection ? [] : null;
}

/** The values as JSON has them: with objects in place of the members of complex types. */
export function nestedValues(
  type: Pick<EntityTypeDescriptor, "properties">,
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return membersIn(type, values, undefined);
}

function membersIn(
  type: Pick<EntityTypeDescriptor, "properties">,
  values: Readonly<Record<string, unknown>>,
  path: string | undefined,
): Record<string, unknown> {
  const nested: Record<string, unknown> = {};
  for (const property of type.properties) {
    const { name, complexType } = property;
    if (enclosing(name) !== path || !Object.hasOwn(values, name)) continue;
    const value = values[name] ?? null;
    const own = path === undefined ? name : name.slice(path.length + 1);
    nested[own] = complexType === undefined || value !== true ? value : membersIn(type, values, name);
  }
  return nested;
}
