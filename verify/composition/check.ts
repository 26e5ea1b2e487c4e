/** The verdict of the composition: what several instances of each type do to one another, group by group. */
import type { ServiceDefinition } from "@temperc/runtime";
import type { Program, Span } from "../../compiler/ir/index.ts";
import { assert } from "../assert.ts";
import type { BoundOverrides } from "../l1-model-check/shape.ts";
import type { CompositionFacts, Ending, JointProperty, JointRun, JointRunStep } from "../verdict.ts";
import { gapsIn } from "./gaps.ts";
import { type Group, groupsIn } from "./groups.ts";
import { type InputLimits, inputsOf } from "./inputs.ts";
import type { Cause } from "./joint-state.ts";
import { readingsIn } from "./readings.ts";
import { isRequired, requiredNotes, withoutDropping } from "./required.ts";
import { cascadeDepthMax, JointRerun } from "./rerun.ts";
import { type Finding, type JointInput, type JointLimits, type JointResult, searchJointly } from "./search.ts";

export type CompositionLimits = Omit<JointLimits, "cascadeDepthMax"> & Pick<InputLimits, "instances">;

export const defaultCompositionLimits: CompositionLimits = {
  jointStatesMax: 50_000,
  jointStepsMax: 250_000,
  underwayMax: 2,
  instances: 2,
};

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
  const runs: JointRun[] = [];
  for (const group of groups) {
    const service = strictlyOf(group, input.service);
    const result = await searched(group, { ...input, service });
    results.push(result);
    runs.push(...result.findings.map((finding) => runOf(finding, { ...input, service })));
  }
  const facts = factsOf(groups, results, input.limits);
  const reasons = results.flatMap((result) => result.reasons);
  runs.sort((one, other) => one.steps.length - other.steps.length);
  if (runs.length > 0) return { kind: "violated", facts, notes: [], counterexamples: [], runs, reasons };
  if (reasons.length > 0) return { kind: "unknown", facts, notes: [], reasons };
  return { kind: "held", facts, notes: groups.flatMap((group) => requiredNotes(group.automata)) };
}

/** The service as the group sees it: with its own properties across entities, and what is required never dropped. */
function strictlyOf({ automata, crossInvariants }: Group, service: ServiceDefinition): ServiceDefinition {
  const names = new Set(crossInvariants.map(({ name }) => name));
  const own = (service.crossInvariants ?? []).filter(({ name }) => names.has(name));
  return { ...withoutDropping(service, automata), crossInvariants: own };
}

async function searched(group: Group, { service, bounds, limits, shouldStop, onProgress }: CompositionInput) {
  const inputs = inputsOf(group, { service, bounds, limits });
  const gaps = [...gapsIn(group, readingsIn(group)), ...inputs.gaps];
  return searchJointly({ ...inputs, service, gaps, limits: { ...limits, cascadeDepthMax }, shouldStop, onProgress });
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

/** Taken again on the emitted code alone, with every value as it is. */
function runOf(finding: Finding, input: CompositionInput): JointRun {
  const rerun = new JointRerun(input.service);
  const steps = finding.steps.map((step): JointRunStep => {
    const taken = rerun.take(step);
    const isSame = taken.kind === "taken" && taken.refusal === step.refusal && taken.after?.status === step.after;
    assert(isSame, `step ${step.action ?? step.kind} of ${step.type} ends otherwise when the run is made again`);
    return { ...step, ...(taken.after && { snapshot: taken.after }) };
  });
  return { property: propertyOf(finding, input), reason: finding.reason, steps };
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
