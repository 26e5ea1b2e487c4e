/** One automaton's entities as a TypeScript class: a handle whose methods are the actions. */

import type { Action, Automaton } from "../ir/automaton.ts";
import type { Program } from "../ir/program.ts";
import type { Entity } from "../ir/schema.ts";
import type { EmittedFile } from "./emitted.ts";
import { type EntityNames, entityNames, sibling } from "./names.ts";
import { primitiveType } from "./property.ts";
import { render, type Templates } from "./render.ts";
import { comment, member, propertyKey, quote } from "./text.ts";

/** `generated/actors/<Automaton>.ts`. */
export function actorFile(
  program: Program,
  { entity, automaton }: { readonly entity: Entity; readonly automaton: Automaton },
  templates: Templates,
): EmittedFile {
  const names = entityNames(entity, program);
  const actions = automaton.actions.filter(({ kind }) => kind === "input");
  const text = render(templates, "actor.ts.hbs", {
    ...names,
    file: comment(automaton.file),
    title: comment(entity.name),
    name: quote(entity.name),
    ...identityView(entity, names),
    paramsType: actions.some(({ params }) => params.length > 0) ? `${automaton.name}Params` : "",
    automatonModule: quote(sibling(`automata/${automaton.name}`)),
    entityModule: quote(sibling(names.module)),
    actions: actions.map((action) => actionView(action, automaton.name)),
  });
  return { path: `generated/actors/${automaton.name}.ts`, text };
}

/** How a new one gets its id: its key as text, or what it is made of, within the place where it is contained, or the name that it is given. */
function identityView(entity: Entity, { descriptor }: EntityNames): object {
  const { identity } = entity;
  if (identity === undefined && isNamed(entity)) {
    return { id: "name", identifies: "", around: ", name: string", where: " as the singleton of that name" };
  }
  if (identity === undefined) return { id: idFrom(entity), identifies: "", around: "", where: "" };
  if (identity.containments === undefined) {
    return { id: `entityIdOf(${descriptor}, values) ?? ""`, identifies: "{ entityIdOf }", around: "", where: "" };
  }
  return {
    id: `idWithin(${descriptor}, around, values)`,
    identifies: "{ type Around, idWithin }",
    around: ", around: Around",
    where: " in a place",
  };
}

/** True of singletons that have no key of their own. */
function isNamed({ key, properties }: Entity): boolean {
  return properties.some(({ name, isHidden }) => name === key && isHidden === true);
}

/** An entity's id is its key as text. */
function idFrom(entity: Entity): string {
  const key = entity.properties.find(({ name }) => name === entity.key);
  const text = member("values", entity.key);
  return key !== undefined && primitiveType(key.type) === "string" ? text : `String(${text})`;
}

/** What the class has already, and what would make its objects something else to JavaScript. */
const takenMethods: ReadonlySet<string> = new Set([
  ...[
    "constructor",
    "delete",
    "hasOwnProperty",
    "id",
    "isPrototypeOf",
    "kind",
    "patch",
    "propertyIsEnumerable",
    "read",
  ],
  ...["then", "toJSON", "toLocaleString", "toString", "valueOf"],
]);

function actionView({ name, params, hint }: Action, automaton: string): object {
  const type = `params: ${automaton}Params[${quote(name)}]`;
  const areOptional = params.every(({ required }) => !required);
  return {
    method: takenMethods.has(name) ? `${name}_` : propertyKey(name),
    comment: comment(hint ?? `Asks for the action ${name}.`),
    parameters: params.length === 0 ? "" : areOptional ? `${type} = {}` : type,
    action: quote(name),
    given: params.length === 0 ? ": {}" : "",
  };
}
