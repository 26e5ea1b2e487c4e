/** Ties an entity type to the automaton of its name: its status and variables become properties that only the automaton writes. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Automaton, Variable } from "../ir/automaton.ts";
import type { ValueType } from "../ir/expression.ts";
import type { EnumType, PrimitiveType, Property, TypeRef } from "../ir/schema.ts";
import type { EntityDraft } from "./contract-entities.ts";
import { type ContractScope, typeText } from "./contract-types.ts";

/** The property that publishes an automaton's status. */
export const statusProperty = "Status";

/** The entity type with the automaton's part in it: declared properties get their roles, missing ones are added. */
export function tieEntity(draft: EntityDraft, automaton: Automaton, scope: ContractScope): EntityDraft {
  const declared = draft.properties.map((property) => tieProperty(property, draft, automaton, scope));
  const names = new Set(draft.properties.map((property) => property.name));
  const status = names.has(statusProperty) ? [] : [plainStatus(automaton)];
  const variables = automaton.variables.filter((variable) => !names.has(variable.name)).map(variableProperty);
  return { ...draft, properties: [...declared, ...status, ...variables] };
}

/** How CSDL writes a value of the spec language. */
export function publishedType(type: ValueType): TypeRef {
  switch (type) {
    case "counter":
    case "int":
      return primitive("Edm.Int64");
    case "float":
      return primitive("Edm.Double");
    case "bool":
      return primitive("Edm.Boolean");
    case "string":
    case "ref":
    case "status":
    case "null":
      return primitive("Edm.String");
    case "list":
    case "set":
      return { kind: "collection", of: { kind: "primitive", name: "Edm.String" } };
  }
}

/** The property that a variable is published as where the CSDL does not declare it. */
export function variableProperty(variable: Variable): Property {
  const nullable = isNullable(variable);
  const { name, type, span } = variable;
  return { name, type: publishedType(type), nullable, role: "variable", span, ...indexOf(variable) };
}

function indexOf({ isIndexed }: Variable): Pick<Property, "isIndexed"> {
  return isIndexed === undefined ? {} : { isIndexed };
}

/** Only a reference can be without a value; every other variable starts with one and never loses it. */
function isNullable(variable: Variable): boolean {
  return variable.type === "ref" || variable.initial === null;
}

function plainStatus(automaton: Automaton): Property {
  const type = primitive("Edm.String");
  return { name: statusProperty, type, nullable: false, role: "status", span: automaton.span };
}

function primitive(name: PrimitiveType): { readonly kind: "primitive"; readonly name: PrimitiveType } {
  return { kind: "primitive", name };
}

function tieProperty(property: Property, draft: EntityDraft, automaton: Automaton, scope: ContractScope): Property {
  if (property.name === statusProperty) return tieStatus(property, draft, automaton, scope);
  const variable = automaton.variables.find((each) => each.name === property.name);
  if (variable === undefined) return property;
  if (property.role === "key" || property.role === "part") {
    const notes = [{ message: "the variable is declared here", span: variable.span }];
    const problem = `has the name of the variable "${variable.name}", which the automaton would change`;
    scope.report("bind/csdl-key", property.span, { entity: draft.name, problem }, { notes });
    return property;
  }
  checkVariableType(property, variable, draft.name, scope);
  refuseDefault(property, scope.report);
  const nullable = isNullable(variable);
  if (nullable && !property.nullable) {
    const notes = [{ message: "the variable is declared here", span: variable.span }];
    scope.report("bind/variable-nullable", property.span, { property: property.name }, { notes });
  }
  return { ...property, nullable, role: "variable", ...indexOf(variable) };
}

function checkVariableType(property: Property, variable: Variable, entity: string, scope: ContractScope): void {
  const namespace = scope.document.namespace.text;
  const type = typeText(property.type, namespace);
  const expected = typeText(publishedType(variable.type), namespace);
  if (type === expected) return;
  const notes = [{ message: `the variable of type ${variable.type} is declared here`, span: variable.span }];
  scope.report("bind/variable-type", property.span, { entity, property: property.name, type, expected }, { notes });
}

function tieStatus(property: Property, draft: EntityDraft, automaton: Automaton, scope: ContractScope): Property {
  const { type } = property;
  if (type.kind === "enum") {
    const enumType = scope.enums.get(type.name);
    if (enumType !== undefined) checkMembers(enumType, automaton, scope.report);
    if (enumType?.flags === true) scope.later("a status that is of flags", property.span);
  } else if (type.kind !== "primitive" || type.name !== "Edm.String") {
    const notes = [{ message: "the statuses are declared here", span: automaton.span }];
    const facts = { entity: draft.name, type: typeText(type, scope.document.namespace.text) };
    scope.report("bind/status-type", property.span, facts, { notes });
  }
  refuseDefault(property, scope.report);
  return { ...property, nullable: false, role: "status" };
}

/** The automaton says what a status or variable starts as; a second source could only disagree with it. */
function refuseDefault(property: Property, report: Report): void {
  if (property.defaultValue === undefined) return;
  const facts = { property: property.name, value: String(property.defaultValue), problem: "the automaton sets it" };
  report("bind/csdl-default-value", property.span, facts, { hint: "remove DefaultValue" });
}

function checkMembers(enumType: EnumType, automaton: Automaton, report: Report): void {
  const members = new Set(enumType.members.map((member) => member.name));
  const statuses = new Set(automaton.statuses.map((status) => status.name));
  const lacking = [...statuses].filter((status) => !members.has(status));
  const extra = [...members].filter((member) => !statuses.has(member));
  if (lacking.length === 0 && extra.length === 0) return;
  const parts = [
    ...(lacking.length > 0 ? [`the enum lacks ${lacking.join(", ")}`] : []),
    ...(extra.length > 0 ? [`the automaton lacks ${extra.join(", ")}`] : []),
  ];
  const firstLacking = automaton.statuses.find((status) => lacking.includes(status.name));
  const message = firstLacking === undefined ? "the automaton is here" : `"${firstLacking.name}" is declared here`;
  const notes = [{ message, span: firstLacking?.span ?? automaton.span }];
  const facts = { enum: enumType.name, automaton: automaton.name, problem: parts.join("; ") };
  report("bind/status-members", enumType.span, facts, { notes });
}
