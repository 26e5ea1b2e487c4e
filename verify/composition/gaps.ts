/** What a service does that the joint states do not follow: where there is any of it, nothing is called held. */
import type { EntityTypeDescriptor, ServiceDefinition } from "@temperc/runtime";

/** One sentence a gap, in the order of the entity types; empty where every reaction is followed. */
export function gapsIn({ entityTypes }: ServiceDefinition): readonly string[] {
  return entityTypes.flatMap(gapsOf);
}

function gapsOf({ name, automaton, reactions }: EntityTypeDescriptor): readonly string[] {
  const { triggers = [], workflows = [] } = reactions ?? {};
  const posts = triggers.some(
    ({ deed }) => deed.kind === "webhook" && (deed.onSuccess ?? deed.onFailure ?? deed.routes) !== undefined,
  );
  return [
    ...(posts ? [`the answers to webhooks of ${name} are not followed`] : []),
    ...(workflows.length > 0 ? [`the workflows of ${name} are not followed`] : []),
    ...(automaton?.takesUndeclaredParams === true
      ? [`fields that undeclared parameters of ${name} set are not followed`]
      : []),
  ];
}
