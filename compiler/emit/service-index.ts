/** The door of the emitted code: what an embedding app imports, and the service definition that the runtime serves. */

import { typeText } from "../bind/contract-types.ts";
import { schemasOf } from "../ir/csdl-names.ts";
import type { Program } from "../ir/program.ts";
import type { DataContract, Entity, Operation, Singleton } from "../ir/schema.ts";
import { hasAcross } from "./across.ts";
import type { EmittedFile } from "./emitted.ts";
import { contractFile } from "./metadata.ts";
import { entityNames, setConstant } from "./names.ts";
import { render, type Templates } from "./render.ts";
import { comment, list, listField, lowerFirst, objectItem, placeBetween, quote } from "./text.ts";

/** `generated/index.ts`. */
export function indexFile(program: Program, templates: Templates): EmittedFile {
  const { contract } = program;
  const taken = new Set(["service"]);
  const across = hasAcross(program) ? ["crossInvariants", ...(program.deleteRules ? ["deleteRules"] : [])] : [];
  const text = render(templates, "index.ts.hbs", {
    across: across.join(", "),
    acrossFields: across,
    file: comment(contractFile(program)),
    modules: contract.entities.map((entity) => moduleImport(entity, program)),
    exports: exportLines(program, taken),
    name: quote(program.name),
    namespace: quote(contract.namespace),
    alias: aliasOf(contract),
    entityTypes: listField(
      "entityTypes",
      contract.entities.map((entity) => entityNames(entity, program).descriptor),
      "  ",
    ),
    entitySets: listField(
      "entitySets",
      contract.entitySets.map(({ name }) => setConstant(name)),
      "  ",
    ),
    singletons:
      contract.singletons.length === 0
        ? ""
        : listField("singletons", contract.singletons.map(singletonDescriptor), "  "),
    functions: listField("functions", functionDescriptors(program), "  "),
  });
  return { path: "generated/index.ts", text };
}

function singletonDescriptor({ name, entity, nullable }: Singleton): string {
  return `{ name: ${quote(name)}, entityType: ${quote(entity)}${nullable ? ", isNullable: true" : ""} }`;
}

/** What the published document calls the namespace for short. */
function aliasOf({ document, namespace }: DataContract): string {
  const schema = schemasOf(document()).find(({ attributes }) => attributes.Namespace === namespace);
  const alias = schema?.attributes.Alias;
  return alias === undefined ? "" : quote(alias);
}

interface ImportView {
  readonly names: string;
  readonly module: string;
}

function moduleImport(entity: Entity, program: Program): ImportView {
  const { descriptor, module } = entityNames(entity, program);
  const sets = program.contract.entitySets.filter((each) => each.entity === entity.name);
  const names = [...sets.map(({ name }) => setConstant(name)), descriptor].sort();
  return { names: names.join(", "), module: quote(`./${module}.js`) };
}

/** Actors first: a type that would take an actor's name is exported under another. */
function exportLines(program: Program, taken: Set<string>): readonly ImportView[] {
  const { entities } = program.contract;
  const withAutomaton = entities.filter(({ automaton }) => automaton !== undefined);
  const actors = withAutomaton.map((entity) =>
    exportLine([entityNames(entity, program).class], `actors/${entity.name}`, taken),
  );
  const automata = withAutomaton.map(({ name }) => {
    const types = ["Params", "Snapshot", "Status"].map((suffix) => `type ${name}${suffix}`);
    return exportLine([...types, `${lowerFirst(name)}Automaton`], `automata/${name}`, taken);
  });
  const types = entities.map((entity) => {
    const { newEntity, entity: type, patch, module } = entityNames(entity, program);
    return exportLine([newEntity, type, patch].sort(), module, taken, "type ");
  });
  return [...actors, ...automata, ...types];
}

function exportLine(
  names: readonly string[],
  module: string,
  taken: Set<string>,
  what: "" | "type " = "",
): ImportView & { readonly what: string } {
  const path = quote(`./${module}.js`);
  const shown = names.map((name) => exported(name, taken));
  const place = placeBetween("", `export ${what} `, `from ${path};`);
  return { what, names: list(shown, place, ["{", "}"]), module: path };
}

/** `type Order as Order_` where the plain name is exported already. */
function exported(name: string, taken: Set<string>): string {
  const plain = name.replace("type ", "");
  let free = plain;
  while (taken.has(free)) free += "_";
  taken.add(free);
  return free === plain ? name : `${name} as ${free}`;
}

/** The unbound functions and actions that the container imports, and those that are bound to an entity type. */
function functionDescriptors({ contract }: Program): readonly string[] {
  const { imports, operations, namespace } = contract;
  const bound = operations.filter(({ kind, boundTo }) => kind === "function" && boundTo !== undefined);
  const imported = imports.flatMap(({ name, operation, kind, isListed }) => {
    const found = operations.find(
      (each) => each.name === operation && each.kind === kind && each.boundTo === undefined,
    );
    return found === undefined ? [] : [functionDescriptor({ name, isListed }, found, namespace)];
  });
  return [...imported, ...bound.map((each) => functionDescriptor(each, each, namespace))];
}

interface Named {
  readonly name: string;
  readonly isListed?: true | undefined;
}

function functionDescriptor({ name, isListed }: Named, operation: Operation, namespace: string): string {
  const parameters = operation.parameters.map(({ name: parameter, type, nullable }) => {
    const single = type.kind === "collection" ? type.of : type;
    const typeName = quote(single.kind === "primitive" ? single.name : "Edm.String");
    const collection = type.kind === "collection" ? ", collection: true" : "";
    return `{ name: ${quote(parameter)}, type: ${typeName}, nullable: ${nullable}${collection} }`;
  });
  const fields = [
    `name: ${quote(name)}`,
    listField("parameters", parameters, "      "),
    ...(operation.kind === "action" ? ["isAction: true"] : []),
    ...(operation.boundTo === undefined ? [] : [`boundTo: ${quote(operation.boundTo)}`]),
    ...(isListed === undefined ? [] : ["isListed: true"]),
    ...(operation.returns === undefined ? [] : [`returnType: ${quote(typeText(operation.returns, namespace))}`]),
  ];
  return objectItem(fields, "    ");
}
