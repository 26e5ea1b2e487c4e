/** The revisions that a simulation swaps through: the same service under other policies, with other tables of actions, and other properties. */
import type { Automaton, EntityTypeDescriptor, PropertyDescriptor, ServiceDefinition } from "@temperc/runtime";
import { underPolicies } from "../simulated/policies.ts";

export interface SimulatedRevision {
  readonly hash: string;
  readonly definition: ServiceDefinition;
  readonly policies: number;
}

/**
 * `policies` is what a reload changes. Of three revisions one is the spec as it is; one refuses the first action of each type that
 * callers may ask for; one takes each of two actions for the other. These two have a property more: calls may overlap with a swap
 * to one of them, and have to end before one that takes the property away. None of them reaches a snapshot that the spec as it is
 * does not reach, so that its invariants are those of all three.
 */
export function simulatedRevision(definition: ServiceDefinition, number: number, policies: number): SimulatedRevision {
  const hash = `revision-${number}-policies-${policies}`;
  const changed = [(type: EntityTypeDescriptor) => type, withOneActionLess, withTwoExchanged][number % 3];
  const entityTypes = changed === undefined ? definition.entityTypes : definition.entityTypes.map(changed);
  return { hash, policies, definition: underPolicies({ ...definition, entityTypes }, policies) };
}

const note: PropertyDescriptor = {
  ...{ name: "SimulatedNote", type: "Edm.String", role: "field" },
  ...{ collection: false, nullable: true },
};

function withOneActionLess(type: EntityTypeDescriptor): EntityTypeDescriptor {
  const { automaton } = type;
  const taken = automaton?.actions.find(({ kind }) => kind === "input")?.name;
  if (automaton === undefined || taken === undefined) return type;
  const wider = { ...type, properties: [...type.properties, note] };
  const { steps: _, ...rest } = automaton;
  const refusing: Automaton = {
    ...rest,
    step: (before, action, params) =>
      action === taken
        ? { kind: "refused", reason: "no-rule-here", detail: before.status }
        : automaton.step(before, action, params),
  };
  return { ...wider, automaton: refusing };
}

function withTwoExchanged(type: EntityTypeDescriptor): EntityTypeDescriptor {
  const wider = { ...type, properties: [...type.properties, note] };
  const { automaton } = type;
  // Those that take nothing, so that each can be done as the other is asked.
  const plain = (automaton?.actions ?? []).filter(
    ({ kind, params, filled = [] }) => kind === "input" && params.length === 0 && filled.length === 0,
  );
  const [one, other] = [plain[0]?.name, plain.at(-1)?.name];
  if (automaton === undefined || one === undefined || other === undefined || one === other) return wider;
  const { steps: _, ...rest } = automaton;
  const done = new Map([
    [one, other],
    [other, one],
  ]);
  const exchanged: Automaton = {
    ...rest,
    step: (before, action, params) => automaton.step(before, done.get(action) ?? action, params),
  };
  return { ...wider, automaton: exchanged };
}
