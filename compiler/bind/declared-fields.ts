/** The fields that contracts declare for each entity type: what expressions may read besides variables, before contracts are bound. */

import type { ValueType } from "../ir/expression.ts";
import { type CsdlElement, type CsdlSyntax, childrenOf } from "../parse/csdl.ts";
import type { CsdlKind } from "../parse/csdl-grammar.ts";
import { basesMax } from "./contract-declared.ts";

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
  "Edm.Duration": "float",
};

/**
 * By entity type, its properties with the type that an expression sees, those of its base types included; enums and what is
 * no number or bool are text, and values of complex types and streams are no fields. Names are compared without their namespaces, as automata have none.
 */
export function declaredFields(
  documents: readonly CsdlSyntax[],
): (entityType: string) => ReadonlyMap<string, ValueType> {
  const entityTypes = byName(documents, "EntityType");
  const definitions = byName(documents, "TypeDefinition");
  const complexTypes = byName(documents, "ComplexType");
  return (entityType) => {
    const line = new Set<CsdlElement>();
    for (let name = entityType; ; ) {
      const own = (entityTypes.get(name) ?? []).filter((element) => !line.has(element));
      for (const element of own) line.add(element);
      const base = own.map((element) => element.attributes.get("BaseType")).find((each) => each !== undefined);
      if (base === undefined || line.size > basesMax) break;
      name = localName(base.text);
    }
    const isPlain = (element: CsdlElement): boolean => {
      const type = element.attributes.get("Type")?.text ?? "";
      return type !== "Edm.Stream" && !complexTypes.has(localName(type));
    };
    const properties = [...line].flatMap((element) => childrenOf(element, "Property")).filter(isPlain);
    return new Map(properties.map((property) => [nameOf(property), typeOf(property, definitions)]));
  };
}

type ByName = ReadonlyMap<string, readonly CsdlElement[]>;

function byName(documents: readonly CsdlSyntax[], kind: CsdlKind): ByName {
  const found = new Map<string, CsdlElement[]>();
  for (const element of documents.flatMap(({ schemas }) => schemas.flatMap((schema) => childrenOf(schema, kind)))) {
    const same = found.get(nameOf(element));
    if (same === undefined) found.set(nameOf(element), [element]);
    else same.push(element);
  }
  return found;
}

function nameOf(element: CsdlElement): string {
  return element.attributes.get("Name")?.text ?? "";
}

/** What stands behind the last dot of a qualified name. */
function localName(qualified: string): string {
  return qualified.slice(qualified.lastIndexOf(".") + 1);
}

function typeOf(property: CsdlElement, definitions: ByName): ValueType {
  const written = property.attributes.get("Type")?.text ?? "";
  if (written.startsWith("Collection(")) return "list";
  const [definition] = written.startsWith("Edm.") ? [] : (definitions.get(localName(written)) ?? []);
  return types[definition?.attributes.get("UnderlyingType")?.text ?? written] ?? "string";
}
