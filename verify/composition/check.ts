/** The verdict of the composition: what several instances of each type do to one another, group by group. */
import type { ServiceDefinition } from "@temperc/runtime";
import type { Program, Span } from "../../compiler/ir/index.ts";
import type { BoundOverrides } from "../l1-model-check/shape.ts";
import type { CompositionFacts, Ending, JointProperty, JointRun } from "../verdict.ts";
import { gapsIn } from "./gaps.ts";
import { type Group, groupsIn } from "./groups.ts";
import { type InputLimits, inputsOf } from "./inputs.ts";
import type { Cause } from "./joint-state.ts";
import { readingsIn } from "./readings.ts";
import { isRequired, requiredNotes, withoutDropping } from "./required.ts";
import { type Finding, type JointInput, type JointLimits, type JointResult, searchJointly } from "./search.ts";

export type CompositionLimits = Omit<JointLimits, "cascadeDepthMax"> & Pick<InputLimits, "instances">;

export const defaultCompositionLimits: CompositionLimits = {
  jointStatesMax: 50_000,
  jointStepsMax: 250_000,
  underwayMax: 2,
  instances: 2,
};

/** As the service's own where nothing else is configured: a deeper cascade is a dead letter. */
const cascadeDepthMax = 8;

export interface CompositionInput extends Pick<JointInput, "shouldStop" | "onProgress"> {
  readonly program: Program;
  readonly service: ServiceDefinition;
  /** By automaton, the bounds that replace derived ones. */
  readonly bounds: (of: string) => BoundOverrides;
  readonly limits: CompositionLimits & Pick<InputLimits, "callsMax">;
  /** `file:line` of a span. */
  readonly sourceOf: (span: Span) => string;
}

/** A function of its input. `held` only where every group was searched whole. */
export async function compositionCheck(input: CompositionInput): Promise<Ending> {
  const { automata, crossInvariants } = input.program;
  const groups = groupsIn(automata, crossInvariants);
  const results: JointResult[] = [];
  for (const group of groups) results.push(await searched(group, input));
  const facts = factsOf(groups, results, input.limits);
  const reasons = results.flatMap((result) => result.reasons);
  const runs = results.flatMap(({ findings }) => findings).map((finding) => runOf(finding, input));
  runs.sort((one, other) => one.steps.length - other.steps.length);
  if (runs.length > 0) return { kind: "violated", facts, notes: [], counterexamples: [], runs, reasons };
  if (reasons.length > 0) return { kind: "unknown", facts, notes: [], reasons };
  return { kind: "held", facts, notes: groups.flatMap((group) => requiredNotes(group.automata)) };
}

async function searched(group: Group, { service, bounds, limits, shouldStop, onProgress }: CompositionInput) {
  const inputs = inputsOf(group, { service, bounds, limits });
  const gaps = [...gapsIn(group, readingsIn(group)), ...inputs.gaps];
  const names = new Set(group.crossInvariants.map(({ name }) => name));
  const strict = withoutDropping(service, group.automata);
  const own = { ...strict, crossInvariants: (service.crossInvariants ?? []).filter(({ name }) => names.has(name)) };
  return searchJointly({
    ...inputs,
    service: own,
    gaps,
    limits: { ...limits, cascadeDepthMax },
    shouldStop,
    onProgress,
  });
}

function factsOf(
  groups: readonly Group[],
  results: readonly JointResult[],
  { instances }: CompositionLimits,
): CompositionFacts {
  const sum = (figure: (result: JointResult) => number): number => results.reduce((all, each) => all + figure(each), 0);
  return {
    kind: "composition",
    groups: groups.map(({ automata }) => automata.map(({ name }) => name)),
    instances: groups.every(({ isSolitary }) => isSolitary) ? 1 : instances,
    states: sum(({ states }) => states),
    transitions: sum(({ transitions }) => transitions),
  };
}

function runOf(finding: Finding, input: CompositionInput): JointRun {
  return { property: propertyOf(finding, input), reason: finding.reason, steps: finding.steps };
}

function propertyOf({ kind, name, cause }: Finding, { program, sourceOf }: CompositionInput): JointProperty {
  if (cause !== undefined) {
    const span = spanOf(cause, program);
    const text = isOfRequired(cause, program)
      ? "what a required trigger asks for is accepted in the end"
      : "what is asked of another entity, or of its own at a later time, is accepted there";
    return { kind, name, text, source: span === undefined ? "" : sourceOf(span) };
  }
  const invariant = program.crossInvariants.find((each) => each.name === name);
  const text =
    invariant?.kind === "eventual"
      ? "it holds again once nothing is under way"
      : "it holds of every entity, at every moment";
  return { kind, name, text, source: invariant === undefined ? "" : sourceOf(invariant.span) };
}

function isOfRequired({ type, kind, name }: Cause, { automata }: Program): boolean {
  const triggers = automata.find((each) => each.name === type)?.triggers ?? [];
  return kind === "trigger" && triggers.some((each) => each.name === name && isRequired(each));
}

function spanOf({ type, kind, name }: Cause, { automata }: Program): Span | undefined {
  const automaton = automata.find((each) => each.name === type);
  const outputs = automaton?.rules.flatMap((rule) => rule.outputs) ?? [];
  switch (kind) {
    case "trigger":
      return automaton?.triggers.find((each) => each.name === name)?.span;
    case "timeout":
      return automaton?.timeouts.find((each) => each.status === name)?.span;
    case "spawn":
      return outputs.find((each) => each.kind === "spawn" && each.entityType === name)?.span;
    case "schedule":
      return outputs.find((each) => (each.kind === "schedule" || each.kind === "schedule-at") && each.action === name)
        ?.span;
  }
}
