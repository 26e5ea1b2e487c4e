/** Triggers with `liveness = "required"`: what they ask for must be accepted in the end, wherever they are set off. */
// Deliveries to one entity keep their order and each is made in the end, so that a trigger is handled unless it is refused.
import type { ServiceDefinition } from "@temperc/runtime";
import type { Automaton, Trigger } from "../../compiler/ir/index.ts";

export function isRequired({ liveness }: Trigger): boolean {
  return liveness === "required";
}

/** The service, with what is required never allowed to be dropped, whatever `drop_ok` says. */
export function withoutDropping(service: ServiceDefinition, automata: readonly Automaton[]): ServiceDefinition {
  const entityTypes = service.entityTypes.map((type) => {
    const own = automata.find(({ name }) => name === type.automaton?.name)?.triggers ?? [];
    const required = new Set(own.filter(isRequired).map(({ name }) => name));
    if (required.size === 0 || type.reactions === undefined) return type;
    const triggers = type.reactions.triggers.map((each) =>
      each.deed.kind === "entity" && required.has(each.name)
        ? { ...each, deed: { ...each.deed, dropOk: false } }
        : each,
    );
    return { ...type, reactions: { ...type.reactions, triggers } };
  });
  return { ...service, entityTypes };
}

/** Required calls that may fail with nobody told: they cannot be shown to be handled. */
export function unansweredIn({ name: type, triggers }: Automaton): readonly string[] {
  return triggers.flatMap((each) =>
    isRequired(each) && each.deed.kind !== "entity" && each.deed.outcome.onFailure === undefined
      ? [`${type}: ${each.name} is required, and has no on_failure for when its call fails`]
      : [],
  );
}

/** Of a composition in which no reaction is dropped. */
export function requiredNotes(automata: readonly Automaton[]): readonly string[] {
  return automata.flatMap(({ name, triggers }) =>
    triggers.filter(isRequired).map((each) => `${name}: ${each.name} is required, and always handled`),
  );
}
