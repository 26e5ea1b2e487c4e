/** Generates the Cedar schema of a program, in Cedar's human-readable syntax: who can ask for what on which entity types. */

import type { Action, Automaton, Param } from "../ir/automaton.ts";
import type { ValueType } from "../ir/expression.ts";
import type { DataContract, Entity } from "../ir/schema.ts";
import { type CedarType, cedarAttributes, runtimeAttributes } from "./cedar-attributes.ts";
import { principalTypes } from "./contract-names.ts";

/** What policies can speak about on every entity type, besides the automaton's own actions. */
export const verbs: readonly string[] = ["create", "read", "list", "update", "delete"];

interface SchemaField {
  readonly name: string;
  readonly type: CedarType;
  readonly optional: boolean;
}

const principalFields: readonly SchemaField[] = [
  { name: "id", type: "String", optional: false },
  { name: "kind", type: "String", optional: false },
  { name: "tenant", type: "String", optional: false },
  { name: "roles", type: "Set<String>", optional: false },
];

/** What the runtime says of every call, besides its parameters: no parameter may have these names. */
const callFields: readonly SchemaField[] = [
  { name: "tenant", type: "String", optional: false },
  { name: "session", type: "String", optional: true },
  { name: "agentTypeVerified", type: "Bool", optional: false },
];

/** Every type that callers have: those that there always are, and the agent types that triggers run as. */
export function callerTypes(automata: readonly Automaton[]): readonly string[] {
  const agents = automata.flatMap(({ triggers }) => triggers.flatMap(({ principal }) => principal ?? []));
  return [...new Set([...principalTypes, ...agents])];
}

/** The schema text. Entity types and actions stand in the order of the contract, so the same program gives the same text. */
export function cedarSchema(contract: DataContract, automata: readonly Automaton[]): string {
  const byName = new Map(automata.map((automaton) => [automaton.name, automaton]));
  const entityNames = new Set(contract.entities.map((entity) => entity.name));
  const principals = callerTypes(automata);
  const callers = principals.filter((name) => !entityNames.has(name));
  const actions = contract.entities.map((entity) => ({ entity, names: actionsOf(entity, byName) }));
  const groups = [...new Set([...verbs, ...actions.flatMap((each) => each.names.map((action) => action.name))])];
  const parts = [
    ...callers.map((name) => entityText(name, principalFields)),
    ...contract.entities.map((entity) => entityText(entity.name, fieldsOf(entity))),
    groups.map((name) => `action ${quote(name)};\n`).join(""),
    ...actions.flatMap(({ entity, names }) => names.map((action) => actionText(entity, action, principals))),
  ];
  return parts.join("\n");
}

/** Every action id that the schema declares with something it applies to: `Order::SubmitOrder`, `Order::read`, … */
export function cedarActionIds(contract: DataContract, automata: readonly Automaton[]): readonly string[] {
  const byName = new Map(automata.map((automaton) => [automaton.name, automaton]));
  return contract.entities.flatMap((entity) => actionsOf(entity, byName).map(({ name }) => `${entity.name}::${name}`));
}

interface SchemaAction {
  readonly name: string;
  readonly context: readonly SchemaField[];
}

function actionsOf(entity: Entity, automata: ReadonlyMap<string, Automaton>): readonly SchemaAction[] {
  const automaton = entity.automaton === undefined ? undefined : automata.get(entity.automaton);
  const own = (automaton?.actions ?? []).filter((action) => action.kind !== "output" && !verbs.includes(action.name));
  const statuses = (automaton?.contextEntities ?? []).map(
    ({ name }): SchemaField => ({ name: `ctx_${name}_status`, type: "String", optional: true }),
  );
  const actions = withGates([...verbs.map((name) => ({ name, context: [] })), ...own.map(schemaAction)], own);
  return actions.map(({ name, context }) => ({ name, context: [...context, ...statuses, ...callFields] }));
}

function schemaAction(action: Action): SchemaAction {
  return { name: action.name, context: action.params.flatMap(contextField) };
}

/** A composite action is authorized as its gate, with its own parameters: what not all who pass the gate have is optional. */
function withGates(actions: readonly SchemaAction[], own: readonly Action[]): readonly SchemaAction[] {
  const all = new Map(actions.map((action) => [action.name, action]));
  for (const action of own) {
    const gate = action.composite?.gate;
    if (gate === undefined || gate === action.name) continue;
    const { context } = schemaAction(action);
    const present = all.get(gate);
    all.set(gate, { name: gate, context: present === undefined ? context : merged(present.context, context) });
  }
  return [...all.values()];
}

function merged(one: readonly SchemaField[], other: readonly SchemaField[]): readonly SchemaField[] {
  const inBoth = ({ name }: SchemaField) =>
    one.some((each) => each.name === name) && other.some((each) => each.name === name);
  const all = [...one, ...other.filter(({ name }) => !one.some((each) => each.name === name))];
  return all.map((field) => ({ ...field, optional: field.optional || !inBoth(field) }));
}

function contextField(param: Param): readonly SchemaField[] {
  const type = parameterType(param.type);
  return type === undefined ? [] : [{ name: param.name, type, optional: !param.required }];
}

function parameterType(type: ValueType): CedarType | undefined {
  switch (type) {
    case "string":
    case "ref":
    case "status":
      return "String";
    case "counter":
    case "int":
      return "Long";
    case "bool":
      return "Bool";
    case "list":
    case "set":
      return "Set<String>";
    case "float":
    case "null":
      return undefined;
  }
}

/** A type that is principal and resource has the attributes of both; those of its properties are absent from callers. */
function fieldsOf(entity: Entity): readonly SchemaField[] {
  const own = cedarAttributes(entity).map((each) => ({
    name: each.attribute,
    type: each.cedarType,
    optional: each.optional,
  }));
  if (principalTypes.includes(entity.name)) return [...principalFields, ...own];
  return [...runtimeAttributes.map((name): SchemaField => ({ name, type: "String", optional: false })), ...own];
}

function entityText(name: string, fields: readonly SchemaField[]): string {
  return `entity ${name} {\n${fields.map((field) => `  ${fieldText(field)},\n`).join("")}};\n`;
}

function fieldText(field: SchemaField): string {
  return `${attributeName(field.name)}${field.optional ? "?" : ""}: ${field.type}`;
}

function actionText(entity: Entity, action: SchemaAction, principals: readonly string[]): string {
  return [
    `action ${quote(`${entity.name}::${action.name}`)} in [${quote(action.name)}] appliesTo {`,
    `  principal: [${principals.join(", ")}],`,
    `  resource: [${entity.name}],`,
    `  context: { ${action.context.map(fieldText).join(", ")} },`,
    "};\n",
  ].join("\n");
}

const reservedWords: ReadonlySet<string> = new Set([
  ...["__cedar", "else", "false", "has", "if", "in", "is", "like", "then", "true"],
]);

/** Cedar's own identifiers are those of ASCII, and some more; a name of ours may have letters and marks that are none to it. */
function attributeName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) && !reservedWords.has(name) ? name : quote(name);
}

/** Names have letters, digits and marks, joined by `::` at most, so JSON's quotes are Cedar's. */
function quote(name: string): string {
  return JSON.stringify(name);
}
