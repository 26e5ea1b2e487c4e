/** Which fields of its own entity an automaton's reactions look at. */

import type { Automaton } from "./automaton.ts";
import type { Argument, Deed, Target } from "./reaction.ts";

/** The names, some of them more than once; conditions of triggers are not looked into. */
export function fieldsAsked(automaton: Automaton): readonly string[] {
  const { triggers, keys, vectors, contextEntities, workflows, actions, rules } = automaton;
  const subWrites = actions.flatMap(({ composite }) => composite?.subWrites ?? []);
  return [
    ...triggers.flatMap(({ deed }) => fieldsOfDeed(deed)),
    ...subWrites.flatMap(({ target, params }) => [...fieldOfTarget(target), ...fieldsOfArguments(params)]),
    ...keys.flatMap(({ properties }) => properties),
    ...vectors.flatMap(({ property, modelProperty }) => [
      property,
      ...(modelProperty === undefined ? [] : [modelProperty]),
    ]),
    ...contextEntities.map(({ idField }) => idField),
    ...workflows.map(({ rosterField }) => rosterField),
    ...rules.flatMap(({ outputs }) => outputs.flatMap((output) => (output.kind === "spawn" ? output.copies : []))),
  ];
}

function fieldsOfDeed(deed: Deed): readonly string[] {
  switch (deed.kind) {
    case "entity":
      return [...fieldOfTarget(deed.target), ...fieldsOfArguments(deed.params)];
    case "webhook":
      return [deed.url, deed.body ?? "", ...deed.headers.map(({ value }) => value)].flatMap(placeholders);
    case "wasm":
    case "adapter":
    case "hook":
      return deed.config.flatMap(({ value }) => (typeof value === "string" ? placeholders(value) : []));
  }
}

function fieldOfTarget(target: Target): readonly string[] {
  return target.kind === "field" || target.kind === "create-if-missing" ? [target.field] : [];
}

function fieldsOfArguments(params: readonly Argument[]): readonly string[] {
  return params.flatMap((argument) => (argument.kind === "field" ? [argument.field] : []));
}

/** The names in `${name}`. */
function placeholders(template: string): readonly string[] {
  return [...template.matchAll(/\$\{([^{}]+)\}/g)].flatMap(([, name]) => name?.trim() ?? []);
}
