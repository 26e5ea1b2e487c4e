/** The program as an outline for people and goldens: what `temperc check --ir` prints. */

import type { Automaton, Param, Rule } from "./automaton.ts";
import { schemasOf } from "./csdl-names.ts";
import type { CsdlNode } from "./csdl-node.ts";
import { reactionLines } from "./outline-reactions.ts";
import { printEffect, printLiteral, printOutput, printPredicate } from "./print.ts";
import type { Program } from "./program.ts";
import type { DataContract, Entity, Operation, Property, TypeRef } from "./schema.ts";

/** One line a thing, two spaces a level, in source order; it ends with a newline. */
export function outline(program: Program): string {
  const lines = [
    `program ${program.name}`,
    ...Object.entries(program.about ?? {}).map(([key, value]) => `  ${key} ${value}`),
    ...program.automata.flatMap((automaton) => ["", ...automatonLines(automaton)]),
    "",
    ...contractLines(program.contract),
    "",
    ...crossInvariantLines(program),
    ...program.policies.map(({ id, effect }) => `policy ${effect} ${id}`),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

function crossInvariantLines({ crossInvariants, deleteRules }: Program): readonly string[] {
  return [
    ...crossInvariants.map(({ name, kind, windowMs, entityType, action = "*", assert }) => {
      const window = windowMs === undefined ? "" : ` within ${windowMs} ms`;
      return `across ${name} (${kind}${window}) on ${entityType}.${action}: ${printPredicate(assert)}`;
    }),
    ...(deleteRules?.byDefault === undefined ? [] : [`delete ${deleteRules.byDefault}`]),
    ...(deleteRules?.overrides ?? []).map(
      ({ entityType, navigation, policy }) => `delete ${policy} ${entityType}.${navigation}`,
    ),
    ...(deleteRules?.references ?? []).map(
      ({ entityType, variable, target, policy }) => `delete ${policy} ${entityType}.${variable} of ${target}`,
    ),
  ];
}

function automatonLines(automaton: Automaton): readonly string[] {
  const { name, initial, terminal, variables, actions, rules } = automaton;
  return [
    `automaton ${name} (${automaton.file})`,
    `  statuses ${automaton.statuses.map((status) => status.name).join(", ")}`,
    ...(automaton.strictParams ? [] : ["  takes parameters that no action declares"]),
    `  initial ${initial}${terminal.length > 0 ? `, terminal ${terminal.join(", ")}` : ""}`,
    ...variables.map(
      ({ name: variable, type, initial: value }) => `  variable ${variable}: ${type} = ${initialText(value)}`,
    ),
    ...actions.map(
      ({ name: action, kind, params }) => `  action ${action}(${params.map(paramText).join(", ")}) ${kind}`,
    ),
    ...rules.flatMap((rule) => ruleLines(rule, automaton)),
    ...automaton.invariants.map((each) => `  invariant ${each.name}: ${printPredicate(each.assert)}`),
    ...automaton.fieldInvariants.map((each) => `  field invariant ${each.name}: ${printPredicate(each.assert)}`),
    ...automaton.liveness.map(
      (each) =>
        `  liveness ${each.name}: ${each.from.join(", ")} ${each.kind === "has-actions" ? "has actions" : `${each.kind} ${each.targets.join(", ")}`}`,
    ),
    ...reactionLines(automaton),
  ];
}

function initialText(value: Automaton["variables"][number]["initial"]): string {
  return value !== null && typeof value === "object" ? `[${value.map(printLiteral).join(", ")}]` : printLiteral(value);
}

function paramText({ name, type, required }: Param): string {
  return `${name}${required ? "" : "?"}: ${type}`;
}

function ruleLines({ action, from, to, guard, effects, outputs }: Rule, automaton: Automaton): readonly string[] {
  const source = from.length === automaton.statuses.length ? "*" : from.join(" | ");
  return [
    `  rule ${action}: ${source} -> ${to.kind === "stay" ? "stay" : to.name}`,
    ...(guard === undefined ? [] : [`    guard ${printPredicate(guard)}`]),
    ...effects.map(
      (effect) =>
        `    effect ${printEffect(effect)}${effect.kind === "assign" && effect.implied ? " (implied by the parameter)" : ""}`,
    ),
    ...outputs.map((output) => `    output ${printOutput(output)}`),
  ];
}

function contractLines(contract: DataContract): readonly string[] {
  return [
    `contract ${contract.namespace}${contract.synthesised ? " (synthesised)" : ""}`,
    ...contract.enums.map(({ name, members }) => `  enum ${name}: ${members.map((member) => member.name).join(", ")}`),
    ...contract.entities.flatMap(entityLines),
    ...contract.operations.map(operationLine),
    ...contract.entitySets.map(({ name, entity }) => `  set ${name}: ${entity}`),
    ...contract.singletons.map(({ name, entity, nullable }) => `  singleton ${name}: ${entity}${nullable ? "?" : ""}`),
    ...schemasOf(contract.document()).flatMap((schema) => publishedLines(schema, contract.namespace)),
    ...contract.notServed.map(({ construct }) => `  not served: ${construct}`),
  ];
}

const published: ReadonlySet<string> = new Set(["ComplexType", "TypeDefinition", "Term"]);

/** What is in the document that clients read and has no lines of its own above. */
function publishedLines({ attributes, children }: CsdlNode, namespace: string): readonly string[] {
  const isElsewhere = attributes.Namespace !== namespace;
  const prefix = isElsewhere ? `${attributes.Namespace}.` : "";
  const named = children.filter(({ kind }) => published.has(kind) || (isElsewhere && !unnamed.has(kind)));
  return named.map(({ kind, attributes: { Name: name = "" } }) => `  published ${kind} ${prefix}${name}`);
}

const unnamed: ReadonlySet<string> = new Set(["Annotation", "Annotations"]);

function entityLines({ name, automaton, properties, navigations }: Entity): readonly string[] {
  return [
    `  entity ${name}${automaton === undefined ? "" : " (automaton)"}`,
    ...properties.map(
      (property) => `    ${property.role} ${property.name}: ${typeText(property.type)}${facetText(property)}`,
    ),
    ...navigations.map(
      ({ name: navigation, target, collection }) => `    to ${collection ? "many" : "one"} ${navigation}: ${target}`,
    ),
  ];
}

function facetText({ nullable, maxLength, precision, scale, defaultValue }: Property): string {
  const facets = [
    ...(maxLength === undefined ? [] : [`max length ${maxLength}`]),
    ...(precision === undefined ? [] : [`precision ${precision}`]),
    ...(scale === undefined ? [] : [`scale ${scale}`]),
    ...(defaultValue === undefined ? [] : [`default ${printLiteral(defaultValue)}`]),
  ];
  return `${nullable ? "?" : ""}${facets.length > 0 ? ` (${facets.join(", ")})` : ""}`;
}

function operationLine({ name, kind, boundTo, parameters, returns }: Operation): string {
  const list = parameters.map((each) => `${each.name}: ${typeText(each.type)}${each.nullable ? "?" : ""}`).join(", ");
  return `  ${kind} ${boundTo === undefined ? "" : `${boundTo}.`}${name}(${list})${returns === undefined ? "" : `: ${typeText(returns)}`}`;
}

function typeText(type: TypeRef): string {
  return type.kind === "collection" ? `Collection(${type.of.name})` : type.name;
}
