/** Which attributes a Cedar resource has: the one table behind the Cedar schema and the emitted authorization bindings. */

import type { Entity, Property, TypeRef } from "../ir/schema.ts";
import { principalTypes } from "./contract-names.ts";

export type CedarType = "String" | "Long" | "Bool" | "decimal" | "Set<String>";

export interface CedarAttribute {
  /** Its name in policies: `resource.<attribute>`. */
  readonly attribute: string;
  /** The published property that it comes from. */
  readonly property: string;
  readonly cedarType: CedarType;
  /** Left out where the property is null, so policies ask `resource has …` first. */
  readonly optional: boolean;
}

/** Attributes that the authorizer itself sets on every resource: the key as text, and the tenant. */
export const runtimeAttributes: readonly string[] = ["id", "tenant"];

/** Cedar's decimal has four digits after the point; what has more is not visible to policies. */
const decimalScaleMax = 4;

/**
 * The attributes of a resource that come from its properties, in their order, and `status` for an automaton's status.
 * Floating-point numbers have no Cedar type and are left out, and so are flags and values of complex types. `id` and `tenant` come from the authorizer, not from here.
 */
export function cedarAttributes(entity: Entity): readonly CedarAttribute[] {
  const isPrincipal = principalTypes.includes(entity.name);
  const published = entity.properties.flatMap((property) => {
    const cedarType = cedarTypeOf(property);
    const isComplex = property.complexType !== undefined || property.name.includes("/");
    if (
      property.isHidden === true ||
      isComplex ||
      property.isFlags === true ||
      cedarType === undefined ||
      runtimeAttributes.includes(property.name)
    )
      return [];
    const optional = property.nullable || isPrincipal;
    return [{ attribute: property.name, property: property.name, cedarType, optional }];
  });
  const status = entity.properties.find((property) => property.role === "status");
  if (status === undefined) return published;
  const lowered: CedarAttribute = {
    attribute: "status",
    property: status.name,
    cedarType: "String",
    optional: isPrincipal,
  };
  return [...published, lowered];
}

function cedarTypeOf(property: Property): CedarType | undefined {
  if (property.type.kind === "collection") return "Set<String>";
  return singleType(property.type, property.scale ?? 0);
}

function singleType(type: Exclude<TypeRef, { kind: "collection" }>, scale: number): CedarType | undefined {
  if (type.kind === "entity") return undefined;
  if (type.kind === "enum") return "String";
  switch (type.name) {
    case "Edm.String":
    case "Edm.Guid":
    case "Edm.Date":
    case "Edm.DateTimeOffset":
    case "Edm.TimeOfDay":
    case "Edm.Binary":
      return "String";
    case "Edm.Boolean":
      return "Bool";
    case "Edm.Byte":
    case "Edm.SByte":
    case "Edm.Int16":
    case "Edm.Int32":
    case "Edm.Int64":
      return "Long";
    case "Edm.Decimal":
      return scale <= decimalScaleMax ? "decimal" : undefined;
    case "Edm.Double":
    case "Edm.Single":
    case "Edm.Duration":
      return undefined;
  }
}
