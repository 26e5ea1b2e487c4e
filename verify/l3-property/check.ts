/** Level 3: random requests to the service, shrunk to the fewest that break an invariant or make it disagree with its step. */
import type { Automaton as Emitted, EntityTypeDescriptor, ServiceDefinition } from "@temperc/runtime";
import type * as FastCheck from "fast-check";
import type { Automaton, Span } from "../../compiler/ir/index.ts";
import { assert } from "../assert.ts";
import type { Call } from "../replay/trace.ts";
import { type Rerun, rerunText } from "../rerun-text.ts";
import type { Runtime } from "../runtime.ts";
import type { CaseFacts, Counterexample, Ending, Property } from "../verdict.ts";
import { Disagreement } from "./history.ts";
import { type Command, commandArbitraries, populate } from "./requests.ts";
import { Subject, type Tally } from "./subject.ts";

export interface PropertyInput {
  readonly automaton: Automaton;
  readonly definition: ServiceDefinition;
  readonly type: EntityTypeDescriptor;
  readonly emitted: Emitted;
  readonly runtime: Runtime;
  /** The calls of level 1. */
  readonly calls: readonly Call[];
  /** What level 1 found broken: its run is the shortest, and is shown instead. */
  readonly broken: readonly Counterexample[];
  readonly limits: CaseLimits;
  readonly seed: number;
  readonly rerun: Rerun;
  readonly sourceOf: (span: Span) => string;
  readonly shouldStop: () => boolean;
  /** Awaited between cases. */
  readonly pause: () => Promise<void>;
}

export interface CaseLimits {
  /** How many sequences of requests are tried. */
  readonly cases: number;
  /** How many requests a case has at most. */
  readonly caseRequestsMax: number;
}

export const defaultCaseLimits: CaseLimits = { cases: 40, caseRequestsMax: 100 };

/** The verdict of level 3. A function of its input: the same seed sends the same requests. */
export async function propertyCheck(input: PropertyInput): Promise<Ending> {
  const fc = await import("fast-check");
  const { limits, seed } = input;
  const definition = withAllAsked(input.definition);
  const trial = new Trial({ ...input, definition, type: typeIn(definition, input.type.name) });
  const commands = fc.commands(commandArbitraries(fc, trial.input), {
    maxCommands: limits.caseRequestsMax,
    size: "max",
  });
  const property = fc.asyncProperty(commands, (sequence) => trial.run(fc, sequence));
  const details = await fc.check(property, { seed, numRuns: limits.cases });
  const facts = trial.facts();
  if (details.failed) return violated(input, facts, details.errorInstance);
  const reasons = trial.wasStopped ? [`it was stopped after ${facts.cases} of ${limits.cases} cases`] : [];
  if (facts.accepted === 0 && !trial.wasStopped) reasons.push("no request was ever accepted, so nothing was tried");
  return reasons.length > 0 ? { kind: "unknown", facts, notes: [], reasons } : { kind: "held", facts, notes: [] };
}

/** Sends the requests of one case after the other, each case to a service of its own. */
class Trial {
  readonly input: PropertyInput;
  readonly #tally: Tally = { requests: 0, accepted: 0 };
  #cases = 0;
  /** What had been done when the first case failed: what comes after that only makes it smaller. */
  #atFailure: CaseFacts | undefined;
  wasStopped = false;

  constructor(input: PropertyInput) {
    this.input = input;
  }

  /** Rejects with a `Disagreement`. */
  async run(fc: typeof FastCheck, sequence: Iterable<Command>): Promise<void> {
    this.wasStopped ||= this.input.shouldStop();
    if (this.wasStopped) return;
    const subject = new Subject({ ...this.input, tally: this.#tally });
    try {
      this.#cases += 1;
      await subject.start();
      await populate(subject, this.input.type);
      await fc.asyncModelRun(() => ({ model: {}, real: subject }), sequence);
    } catch (error) {
      this.#atFailure ??= this.facts();
      throw error;
    } finally {
      await subject.end();
      await this.input.pause();
    }
  }

  facts(): CaseFacts {
    return this.#atFailure ?? { kind: "cases", cases: this.#cases, ...this.#tally, seed: this.input.seed };
  }
}

/** Internal actions are asked for by timers and other entities: here by whoever sends requests. */
function withAllAsked(definition: ServiceDefinition): ServiceDefinition {
  const entityTypes = definition.entityTypes.map((type) => {
    const { automaton } = type;
    if (automaton === undefined) return type;
    const actions = automaton.actions.map((each) =>
      each.kind === "internal" ? { ...each, kind: "input" as const } : each,
    );
    return { ...type, automaton: { ...automaton, actions } };
  });
  return { ...definition, entityTypes };
}

function typeIn({ entityTypes }: ServiceDefinition, name: string): EntityTypeDescriptor {
  const type = entityTypes.find((each) => each.name === name);
  assert(type !== undefined, "the definition has the type that is tested");
  return type;
}

/** The error is that of the smallest sequence that fast-check came to. */
function violated(input: PropertyInput, facts: CaseFacts, error: unknown): Ending {
  if (!(error instanceof Disagreement)) throw error;
  const { emitted, automaton } = input;
  const invariant = error.invariant === undefined ? undefined : emitted.invariants[error.invariant];
  const property: Property =
    invariant === undefined
      ? { kind: "agreement", name: automaton.name, text: error.message, source: automaton.file }
      : { kind: "invariant", name: invariant.name, text: invariant.text, source: invariant.source };
  const trace = { automaton: automaton.name, initial: emitted.initial, steps: error.steps };
  const known = input.broken.find((each) => each.property.kind === "invariant" && each.property.name === property.name);
  const notes = [`the same requests come again ${rerunText(input.rerun, [`--seed ${facts.seed}`])}`];
  return { kind: "violated", facts, notes, counterexamples: [known ?? { property, trace }], reasons: [] };
}
