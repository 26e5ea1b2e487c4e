/** One entity type as a TypeScript module: its types, its reader and the descriptors that the OData handler works from. */

import type { Automaton } from "../ir/automaton.ts";
import { printPredicate } from "../ir/print.ts";
import type { Program } from "../ir/program.ts";
import type { Migration } from "../ir/reaction.ts";
import type { Entity, EnumType, Identity, Navigation, Property } from "../ir/schema.ts";
import type { EmittedFile } from "./emitted.ts";
import { type Emission, emitRefusals } from "./expression.ts";
import { array, layOutLiteral, object, record, scalar } from "./literal.ts";
import { type EntityNames, entityNames, setConstant, sibling } from "./names.ts";
import {
  closedEnum,
  enumNames,
  type PropertyContext,
  propertyDescriptor,
  propertyView,
  valueType,
} from "./property.ts";
import { hasReactions } from "./reactions.ts";
import { render, type Templates } from "./render.ts";
import { refusingLines } from "./rule.ts";
import {
  comment,
  kernelImport,
  list,
  listField,
  lowerFirst,
  member,
  objectItem,
  placeBetween,
  propertyKey,
  quote,
} from "./text.ts";
import { untyped } from "./untyped.ts";

/** `generated/odata/<EntitySet>.ts`; an entity type without a set has a module of its own name. */
export function entityFile(program: Program, entity: Entity, templates: Templates): EmittedFile {
  const names = entityNames(entity, program);
  const text = render(templates, "entity.ts.hbs", entityView(program, entity, names));
  return { path: `generated/${names.module}.ts`, text };
}

/** The holes of `entity.ts.hbs`. */
function entityView(program: Program, entity: Entity, names: EntityNames): object {
  const { contract } = program;
  const automaton = program.automata.find(({ name }) => name === entity.automaton);
  const sets = contract.entitySets.filter((each) => each.entity === entity.name);
  const context: PropertyContext = {
    enums: contract.enums,
    uses: new Set(),
    ...(automaton && { automaton: automaton.name }),
  };
  const shown = entity.properties.filter(({ isHidden }) => isHidden !== true);
  const properties = shown.map((property) => propertyView(property, context));
  const fieldInvariants = fieldInvariantLines(automaton, entity, context.uses);
  const status = entity.properties.find(({ role }) => role === "status");
  return {
    ...names,
    file: comment(entity.span.file),
    title: comment(entity.name),
    types: [...(sets.length > 0 ? ["EntitySetDescriptor"] : []), "EntityTypeDescriptor", "Values"].join(", "),
    uses: kernelImport(context.uses),
    ...automatonImport(automaton, status),
    enums: usedEnums(entity, contract.enums).map(enumView),
    properties,
    descriptors: entity.properties.map((property) => propertyDescriptor(property, context)),
    identity: entity.identity === undefined ? "" : identityField(entity.identity),
    given: shown.flatMap((property) => givenField(property, context)),
    changeable: entity.properties.filter(({ role }) => role === "field").map((each) => optionalField(each, context)),
    fieldInvariants,
    name: quote(entity.name),
    keyName: quote(entity.key),
    navigations: listField("navigations", entity.navigations.map(navigationDescriptor), "  "),
    sets: sets.map(({ name, isUnlisted }) => ({
      constant: setConstant(name),
      name: quote(name),
      unlisted: isUnlisted === undefined ? "" : ", isUnlisted: true",
    })),
  };
}

function automatonImport(automaton: Automaton | undefined, status: Property | undefined): object {
  if (automaton === undefined || status === undefined) {
    return { automaton: "", automatonModule: "", automatonName: "", statusProperty: "", reactions: "", migration: "" };
  }
  const prefix = lowerFirst(automaton.name);
  return {
    automaton: `type ${automaton.name}Status, ${prefix}Automaton, ${prefix}Statuses`,
    automatonModule: quote(sibling(`automata/${automaton.name}`)),
    automatonName: `${prefix}Automaton`,
    statusProperty: quote(status.name),
    migration: automaton.migration === undefined ? "" : migrationField(automaton.migration),
    reactions: hasReactions(automaton) ? `${prefix}Reactions` : "",
    reactionsModule: quote(sibling(`reactions/${automaton.name}`)),
  };
}

function migrationField({ statuses, variables }: Migration): string {
  const literal = object({
    statuses: record(statuses.map(({ from, to }) => [from, quote(to)])),
    variables: array(
      variables.map((each) =>
        object({
          kind: quote(each.kind),
          variable: quote(each.variable),
          ...(each.kind === "rename" && { to: quote(each.to) }),
          ...(each.kind === "value" && { value: scalar(each.value) }),
        }),
      ),
    ),
  });
  return layOutLiteral(literal, { indent: "  ", taken: "  migration: ,".length });
}

/** The enums that fields use, each once, in order of first use; the status has the automaton's own type. */
function usedEnums(entity: Entity, enums: readonly EnumType[]): readonly EnumType[] {
  const fields = entity.properties.filter(({ role }) => role !== "status" || entity.automaton === undefined);
  return [...new Set(fields.flatMap(({ type }) => closedEnum(type, enums) ?? []))];
}

function enumView({ name, members }: EnumType): object {
  const names = enumNames(name);
  const place = placeBetween("", `export const ${names.constant} = `, " as const;");
  return {
    ...names,
    members: list(
      members.map((each) => quote(each.name)),
      place,
    ),
  };
}

/** What a caller gives when creating: what is neither nullable nor defaulted must be given. */
function givenField(property: Property, context: PropertyContext): readonly object[] {
  const { name, role, nullable, defaultValue, type } = property;
  if (role === "status" || role === "variable") return [];
  const needed =
    role === "key" || role === "part" || !(nullable || defaultValue !== undefined || type.kind === "collection");
  return needed ? [{ key: propertyKey(name), type: valueType(property, context) }] : [optionalField(property, context)];
}

function optionalField(property: Property, context: PropertyContext): object {
  const type = valueType(property, context);
  return { key: `${propertyKey(property.name)}?`, type: property.nullable ? `${type} | null` : type };
}

/** Field invariants are asked of the values of every create, patch and action. */
function fieldInvariantLines(automaton: Automaton | undefined, entity: Entity, uses: Set<string>): readonly string[] {
  const statusProperty = entity.properties.find(({ role }) => role === "status")?.name ?? "status";
  const current = (name: string) => member("values", name === "status" ? statusProperty : name);
  const emission: Emission = { current, statusIsNarrowed: true, uses, params: "values" };
  return (automaton?.fieldInvariants ?? []).flatMap(({ assert, message }) => {
    const statement = `return ${quote(message ?? printPredicate(assert))};`;
    const refusals = emitRefusals([untyped(assert, statusProperty)], emission);
    return refusals.flatMap(({ code }) => refusingLines(code, statement, 2));
  });
}

function identityField({ parts, containments }: Identity): string {
  const places = containments?.map(({ parent, navigation, property }) =>
    object({ parent: quote(parent), navigation: quote(navigation), property: quote(property) }),
  );
  const literal = object({ parts: array(parts.map(quote)), ...(places && { containments: array(places) }) });
  return layOutLiteral(literal, { indent: "  ", taken: "  identity: ,".length });
}

function navigationDescriptor({ name, target, collection, partner, constraints, containsTarget }: Navigation): string {
  const pairs = constraints.map(
    (each) => `{ property: ${quote(each.property)}, referencedProperty: ${quote(each.referencedProperty)} }`,
  );
  const fields = [
    `name: ${quote(name)}`,
    `target: ${quote(target)}`,
    `collection: ${collection}`,
    ...(partner === undefined ? [] : [`partner: ${quote(partner)}`]),
    listField("constraints", pairs, "      "),
    ...(containsTarget ? ["isContainment: true"] : []),
  ];
  return objectItem(fields, "    ");
}
