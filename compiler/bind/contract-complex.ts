/** Properties of complex types: one that says whether the value is there, and one for each member, called by its path. */

import type { Property } from "../ir/schema.ts";
import { type CsdlElement, childrenOf, type Located } from "../parse/csdl.ts";
import { type Declaration, fullName, inheritedChildren, lineage, lookUp } from "./contract-declared.ts";
import { attribute } from "./contract-document.ts";
import { isUsableName } from "./contract-names.ts";
import { type ContractScope, innerType, readFacets, resolveType } from "./contract-types.ts";
import { readBoolean } from "./contract-values.ts";

/** What a member stands in. */
export interface Within {
  /** The path in front of its name, with a slash at the end; empty for a property of an entity type. */
  readonly path: string;
  /** True where a value around it may be null, and its own with it. */
  readonly mayBeAbsent: boolean;
  readonly depth: number;
}

export const outermost: Within = { path: "", mayBeAbsent: false, depth: 0 };

/** How deep complex types may stand within each other. */
const depthMax = 8;

type BindPlain = (element: CsdlElement, scope: ContractScope) => Property | undefined;

/** The properties that an element stands for: itself, or a value of a complex type and its members. */
export function bindMembers(
  element: CsdlElement,
  within: Within,
  scope: ContractScope,
  bindPlain: BindPlain,
): readonly Property[] {
  const typeName = attribute(element, "Type");
  const complex = complexType(typeName, scope);
  if (complex === undefined) {
    const plain = bindPlain(element, scope);
    return plain === undefined ? [] : [placed(plain, within, scope)];
  }
  const obstacle = within.depth >= depthMax ? "which stands within itself or too deep" : obstacleIn(complex, scope);
  if (obstacle !== undefined)
    scope.later(`a property of the complex type ${fullName(complex)}, ${obstacle},`, typeName.span, element);
  const name = attribute(element, "Name");
  if (!isUsableName(name, scope, element) || obstacle !== undefined) return [];
  const type = resolveType(typeName, scope);
  const { nullable } = type === undefined ? { nullable: true } : readFacets(element, type, scope);
  const presence: Property = {
    name: name.text,
    type: { kind: "primitive", name: "Edm.Boolean" },
    nullable,
    complexType: complex.name,
    role: "field",
    span: name.span,
  };
  const inside = {
    path: `${within.path}${name.text}/`,
    mayBeAbsent: within.mayBeAbsent || nullable,
    depth: within.depth + 1,
  };
  // What is wrong with the members is reported where the complex type itself is bound.
  const quiet = { ...scope, report: () => undefined };
  const members = inheritedChildren(lineage(complex, scope.document, scope.declared), "Property");
  return [placed(presence, within, scope), ...members.flatMap((each) => bindMembers(each, inside, quiet, bindPlain))];
}

/** The complex type that the name leads to; undefined for any other type, and for collections. */
function complexType(type: Located, { document, declared }: ContractScope): Declaration | undefined {
  if (innerType(type.text) !== undefined) return undefined;
  const found = lookUp(type, document, declared);
  return found.kind === "declared" && found.declaration.kind === "ComplexType" ? found.declaration : undefined;
}

function obstacleIn(complex: Declaration, { document, declared, report }: ContractScope): string | undefined {
  const line = lineage(complex, document, declared);
  const isTrue = (element: CsdlElement, name: string) => readBoolean(element.attributes.get(name), false, report);
  if (line.some(({ element }) => isTrue(element, "OpenType"))) return "which is open";
  if (isTrue(complex.element, "Abstract")) return "which is abstract";
  if (line.some(({ element }) => childrenOf(element, "NavigationProperty").length > 0))
    return "which has navigation properties";
  if (line.at(-1)?.element.attributes.has("BaseType") === true) return "whose base type is of another document";
  const isDerived = (each: Declaration) => each !== complex && lineage(each, document, declared).includes(complex);
  const kin = declared.all.filter(({ kind }) => kind === "ComplexType");
  return kin.some(isDerived) ? "which others derive from" : undefined;
}

function placed(property: Property, { path, mayBeAbsent }: Within, scope: ContractScope): Property {
  if (path === "") return property;
  if (property.role === "stream") scope.later("a stream within a complex type", property.span);
  const { defaultValue, ...plain } = property;
  if (defaultValue !== undefined) scope.later("a DefaultValue within a complex type", property.span);
  const needed = mayBeAbsent && !property.nullable && property.type.kind !== "collection";
  return {
    ...plain,
    name: path + property.name,
    nullable: property.nullable || needed,
    ...(needed && { isNeeded: true as const }),
  };
}
