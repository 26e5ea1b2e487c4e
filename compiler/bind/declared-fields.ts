/** The fields that contracts declare for each entity type: what expressions may read besides variables, before contracts are bound. */

import type { ValueType } from "../ir/expression.ts";
import { type CsdlElement, type CsdlSyntax, childrenOf } from "../parse/csdl.ts";

const types: Readonly<Record<string, ValueType>> = {
  "Edm.Boolean": "bool",
  "Edm.Byte": "int",
  "Edm.SByte": "int",
  "Edm.Int16": "int",
  "Edm.Int32": "int",
  "Edm.Int64": "int",
  "Edm.Decimal": "float",
  "Edm.Double": "float",
  "Edm.Single": "float",
};

/** By entity type, its properties with the type that an expression sees; enums and what is no number or bool are text. */
export function declaredFields(
  documents: readonly CsdlSyntax[],
): (entityType: string) => ReadonlyMap<string, ValueType> {
  const elements = documents.flatMap(({ schemas }) => schemas.flatMap((schema) => childrenOf(schema, "EntityType")));
  return (entityType) => {
    const own = elements.filter((element) => nameOf(element) === entityType);
    const properties = own.flatMap((element) => childrenOf(element, "Property"));
    return new Map(properties.map((property) => [nameOf(property), typeOf(property)]));
  };
}

function nameOf(element: CsdlElement): string {
  return element.attributes.get("Name")?.text ?? "";
}

function typeOf(property: CsdlElement): ValueType {
  const written = property.attributes.get("Type")?.text ?? "";
  return written.startsWith("Collection(") ? "list" : (types[written] ?? "string");
}
