/** The revisions that a simulation swaps through: the same service under other policies, and with one action taken back. */
import type { Automaton, EntityTypeDescriptor, ServiceDefinition } from "@temperc/runtime";
import { underPolicies } from "../simulated/policies.ts";

export interface SimulatedRevision {
  readonly hash: string;
  readonly policies: number;
  readonly definition: ServiceDefinition;
}

/** `policies` is what a reload changes. Every second revision refuses the first action of each type that the others take. */
export function simulatedRevision(definition: ServiceDefinition, number: number, policies: number): SimulatedRevision {
  const hash = `revision-${number}-policies-${policies}`;
  const entityTypes = number % 2 === 0 ? definition.entityTypes : definition.entityTypes.map(withOneActionLess);
  return { hash, policies, definition: underPolicies({ ...definition, entityTypes }, policies) };
}

function withOneActionLess(type: EntityTypeDescriptor): EntityTypeDescriptor {
  const { automaton } = type;
  const taken = automaton?.actions.find(({ kind }) => kind === "input")?.name;
  if (automaton === undefined || taken === undefined) return type;
  const { steps: _, ...rest } = automaton;
  const refusing: Automaton = {
    ...rest,
    step: (before, action, params) =>
      action === taken
        ? { kind: "refused", reason: "no-rule-here", detail: before.status }
        : automaton.step(before, action, params),
  };
  return { ...type, automaton: refusing };
}
