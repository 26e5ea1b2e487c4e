/** Makes the data contract that a spec without any CSDL document has: one entity type and one entity set per automaton. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Automaton } from "../ir/automaton.ts";
import type { DataContract, Entity, EntitySet, EnumType, Operation, Property, TypeRef } from "../ir/schema.ts";
import { checkAttributeNames, distinct, isUsableEntityName, type Naming, reportNamesakes } from "./contract-names.ts";
import { publishSynthesised } from "./contract-publication.ts";
import { publishedType, statusProperty, variableProperty } from "./contract-ties.ts";

const simpleIdentifier = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** The key that every made entity type has, and how long it may be in UTF-16 units. */
const key = { name: "Id", lengthMax: 64 } as const;

/** The contract made from the automata alone; undefined where there is none. Names that cannot be published are reported. */
export function synthesiseContract(
  automata: readonly Automaton[],
  programName: string,
  report: Report,
): DataContract | undefined {
  const later: Naming["later"] = (construct, span) => report("bind/csdl-not-available-yet", span, { construct });
  const usable = automata.filter((automaton) =>
    isUsableEntityName({ text: automaton.name, span: automaton.span }, { report, later }),
  );
  if (usable.length === 0) return undefined;
  const entities = usable.map((automaton) => entityOf(automaton, report));
  const enums = usable.flatMap(enumOf);
  const sets = entities.map(setOf);
  const kept = new Set<object>(distinct("type", [...entities, ...enums], report));
  const namespace = pascalCase(programName);
  const operations = usable.flatMap(operationsOf);
  reportNamesakes([...entities, ...enums], operations, report);
  const contract = {
    namespace,
    synthesised: true,
    container: freeName("Container", [...entities, ...enums, ...operations]),
    entities: entities.filter((entity) => kept.has(entity)),
    enums: enums.filter((each) => kept.has(each)),
    operations,
    imports: [],
    entitySets: distinct("entity set", sets, report),
    singletons: [],
    notServed: [],
  };
  return { ...contract, document: publishSynthesised(contract, usable) };
}

/** `readers-writers` → `ReadersWriters`; what is left without a letter in front gets one. */
function pascalCase(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  return /^[A-Za-z]/.test(joined) ? joined.slice(0, 128) : `Specs${joined}`.slice(0, 128);
}

/** The name, with as many underscores behind it as it takes to be nobody else's. */
function freeName(wanted: string, taken: readonly { readonly name: string }[]): string {
  const isTaken = taken.some((each) => each.name.toLowerCase() === wanted.toLowerCase());
  return isTaken ? freeName(`${wanted}_`, taken) : wanted;
}

function entityOf(automaton: Automaton, report: Report): Entity {
  const id: Property = {
    name: key.name,
    type: { kind: "primitive", name: "Edm.String" },
    nullable: false,
    maxLength: key.lengthMax,
    role: "key",
    span: automaton.span,
  };
  const status: Property = {
    name: statusProperty,
    type: statusType(automaton),
    nullable: false,
    role: "status",
    span: automaton.span,
  };
  const properties = distinct("property", [id, status, ...automaton.variables.map(variableProperty)], report);
  checkAttributeNames(automaton.name, key.name, properties, report);
  return {
    name: automaton.name,
    key: key.name,
    properties,
    navigations: [],
    automaton: automaton.name,
    span: automaton.span,
  };
}

function statusType(automaton: Automaton): TypeRef {
  const [enumType] = enumOf(automaton);
  return enumType === undefined ? { kind: "primitive", name: "Edm.String" } : { kind: "enum", name: enumType.name };
}

/** The enum of its statuses, where every status is a name that an enum member may have and no two differ only by case. */
function enumOf(automaton: Automaton): readonly EnumType[] {
  const names = automaton.statuses.map((status) => status.name);
  const folded = new Set(names.map((name) => name.toLowerCase()));
  if (folded.size < names.length || !names.every((name) => simpleIdentifier.test(name))) return [];
  const members = names.map((name, value) => ({ name, value }));
  return [{ name: `${automaton.name}${statusProperty}`, flags: false, members, span: automaton.span }];
}

function setOf(entity: Entity): EntitySet {
  const name = entity.name + (entity.name.endsWith("s") ? "es" : "s");
  return { name, entity: entity.name, span: entity.span };
}

/** Every action that a caller may ask for, bound to the entity type and returning it. */
function operationsOf(automaton: Automaton): readonly Operation[] {
  const callable = automaton.actions.filter((action) => action.kind === "input");
  return callable.map((action) => ({
    name: action.name,
    kind: "action",
    boundTo: automaton.name,
    bindingParameter: freeName("it", action.params),
    parameters: action.params.map((param) => ({
      name: param.name,
      type: publishedType(param.type),
      nullable: !param.required,
      span: param.span,
    })),
    returns: { kind: "entity", name: automaton.name },
    returnFacets: { nullable: false },
    span: action.span,
  }));
}
