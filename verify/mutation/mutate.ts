/** Mutation: each small mistake in a spec goes the way of the spec itself, and must be caught by one of its properties. */
import type { Automaton as Emitted, Snapshot } from "@temperc/runtime";
import type { Automaton } from "../../compiler/ir/index.ts";
import { assert } from "../assert.ts";
import { prove } from "../l0-symbolic/prove.ts";
import { callsOf } from "../l1-model-check/calls.ts";
import { modelCheck, visitedIn } from "../l1-model-check/check.ts";
import { shapeOf } from "../l1-model-check/shape.ts";
import { checkInput, type VerifyInput } from "../verify.ts";
import { isEquivalent } from "./equivalence.ts";
import { type Mutant, mutantsOf, type Wording } from "./mutants.ts";
import type { MutationReport, Survivor } from "./report.ts";

export interface MutateInput extends VerifyInput {
  readonly wording: Wording;
  /** Emits, bundles and loads automata, as the spec's own code is. */
  readonly load: (automata: readonly Automaton[]) => Promise<readonly Emitted[]>;
  /** Called before each mutant and awaited. */
  readonly onMutant?: (progress: MutationProgress) => void | Promise<void>;
}

export interface MutationProgress {
  readonly subject: string;
  readonly done: number;
  readonly mutants: number;
}

/** A mutant is small, or it is undecided: there are hundreds of them. */
const mutantLimits = { statesMax: 200_000, stepsMax: 2_000_000, proofWork: 600_000, proofMs: 1_000 };

/** One report an automaton, in the order of the spec. The spec itself must hold: nothing is caught by a property that is broken. */
export async function mutate(input: MutateInput): Promise<readonly MutationReport[]> {
  const reports: MutationReport[] = [];
  for (const automaton of input.program.automata) reports.push(await reportOf(automaton, input));
  return reports;
}

type Fate = "killed" | "equivalent" | "survived" | "undecided";

async function reportOf(automaton: Automaton, input: MutateInput): Promise<MutationReport> {
  const mutants = mutantsOf(automaton, input.wording);
  const emitted = mutants.length === 0 ? [] : await input.load(mutants.map((mutant) => mutant.automaton));
  const fates: Fate[] = [];
  for (const [index, mutant] of mutants.entries()) {
    await input.onMutant?.({ subject: automaton.name, done: index, mutants: mutants.length });
    if (input.shouldStop?.() === true) break;
    const loaded = emitted[index];
    assert(loaded !== undefined, "each mutant is loaded");
    fates.push(await fateOf(mutant, loaded, automaton, input));
  }
  const { sourceOf } = checkInput(input, automaton.name);
  const those = (fate: Fate): readonly Survivor[] =>
    mutants
      .filter((_, index) => fates[index] === fate)
      .map(({ kind, action, change, span }) => ({ kind, action, change, source: sourceOf(span) }));
  return {
    subject: automaton.name,
    mutants: mutants.length,
    killed: those("killed").length,
    equivalent: those("equivalent").length,
    survivors: those("survived"),
    undecided: those("undecided"),
    untried: mutants.length - fates.length,
  };
}

async function fateOf(mutant: Mutant, emitted: Emitted, original: Automaton, input: MutateInput): Promise<Fate> {
  const asked = checkInput(withMutant(mutant, emitted, input), original.name);
  const checked = await modelCheck(asked);
  if (checked.ending.kind === "violated") return "killed";
  if (isSameMachine(original, emitted, input)) return "equivalent";
  if (checked.ending.kind === "held") return "survived";
  if (input.prover === undefined) return "undecided";
  const { seen, ending: searched } = checked;
  const proof = await prove({ ...asked, prover: input.prover, limits: mutantLimits, seen, searched });
  if (proof.ending.kind === "violated") return "killed";
  return proof.settles ? "survived" : "undecided";
}

function withMutant({ automaton }: Mutant, emitted: Emitted, input: MutateInput): VerifyInput {
  const { program, service, limits } = input;
  const entityTypes = service.entityTypes.map((type) => {
    return type.automaton?.name === automaton.name ? { ...type, automaton: emitted } : type;
  });
  return {
    ...input,
    program: { ...program, automata: [automaton] },
    service: { ...service, entityTypes },
    limits: { ...limits, ...mutantLimits },
    onProgress: () => {},
  };
}

function isSameMachine(automaton: Automaton, mutant: Emitted, input: MutateInput): boolean {
  const { emitted, bounds, limits } = checkInput(input, automaton.name);
  const shape = shapeOf(automaton, bounds);
  const { calls, gaps } = callsOf(automaton, shape, limits.callsMax);
  if (gaps.length > 0) return false;
  const visited = visitedIn(emitted, shape);
  const isKnown = (snapshot: Snapshot): boolean => visited.add(snapshot) < 0;
  return isEquivalent({ original: emitted, mutant, calls, isKnown, stepsMax: mutantLimits.stepsMax });
}
