/** Level 1: visits every snapshot that the emitted step reaches within the bounds, and says what holds in all of them. */
import type { Automaton as Emitted, Snapshot } from "@temperc/runtime";
import type { Automaton, Span } from "../../compiler/ir/index.ts";
import { grouped } from "../grouped.ts";
import type { Call } from "../replay/trace.ts";
import type { Ending, SearchFacts, Violated } from "../verdict.ts";
import { callsOf } from "./calls.ts";
import type { Crew, CrewTask } from "./crew.ts";
import { digitsOf } from "./digits.ts";
import { textsAt } from "./domains.ts";
import { withExamples } from "./examples.ts";
import { createExpander, type Expander, type ExpanderInput } from "./expander.ts";
import { Hands } from "./hands.ts";
import { elementPlace, variablePlace } from "./links.ts";
import { LivenessCheck } from "./liveness/liveness.ts";
import { type LivenessFindings, livenessFindings } from "./liveness/notes.ts";
import { counterexamplesOf, type Searched } from "./properties.ts";
import { Search } from "./search.ts";
import { type BoundOverrides, type Shape, shapeOf } from "./shape.ts";
import { vacuityNotes } from "./vacuity.ts";
import { createVisited, type Visited } from "./visited.ts";

export interface CheckInput {
  readonly automaton: Automaton;
  /** The emitted automaton of that name. */
  readonly emitted: Emitted;
  readonly sourceOf: (span: Span) => string;
  readonly bounds: BoundOverrides;
  readonly limits: Limits;
  /** How many different runs are shown of a property that is broken. */
  readonly examples: number;
  /** Threads that help where the search is large; it is alone without them. */
  readonly crew?: Crew;
  /** Asked between batches; true ends the search with what is known so far. */
  readonly shouldStop: () => boolean;
  /** Called between batches and awaited, so that a caller can print, and let timers and signals have their turn. */
  readonly onProgress: (progress: Progress) => void | Promise<void>;
}

export interface Limits {
  /** Snapshots of one automaton. */
  readonly statesMax: number;
  /** Calls of `step`, accepted or refused, of one automaton: the limit on time, and the same on every machine. */
  readonly stepsMax: number;
  /** Visited states and snapshots that wait, as estimated from their fields. */
  readonly bytesMax: number;
  /** Combinations of parameters of one action. */
  readonly callsMax: number;
  /** Snapshots that one thread visits alone, before others are asked to help; it changes nothing but the time. */
  readonly aloneMax: number;
}

export interface Progress {
  readonly subject: string;
  readonly states: number;
  readonly transitions: number;
  /** States that were met and not expanded yet. */
  readonly waiting: number;
}

/** What the search saw, for the levels that go on from there. */
export interface Seen {
  /** By a rule's index among the automaton's: whether it moved. */
  readonly fired: readonly boolean[];
  /** The first few snapshots of each status. */
  readonly samples: readonly Snapshot[];
}

export interface Checked {
  /** What it asked in each state. */
  readonly calls: readonly Call[];
  readonly ending: Ending;
  readonly seen: Seen;
}

/** The verdict of level 1. A violation is one wherever it is found; `held` only where nothing at all was left out. */
export async function modelCheck(input: CheckInput): Promise<Checked> {
  const { automaton, emitted } = input;
  const { shape, calls, gaps, ...searchable } = searchableOf(input, input.limits.callsMax);
  const search = new Search({ ...searchable, calls, ...input.limits });
  const wasStopped = await run(search, input, { ...searchable, calls });
  const searched = {
    automaton,
    emitted,
    search,
    liveness: new LivenessCheck(automaton, search),
    sourceOf: input.sourceOf,
  };
  const gapReasons = [...limitReasons(search, wasStopped), ...cutReasons(searched), ...gaps];
  const liveness = livenessFindings(searched, gapReasons.length === 0);
  const reasons = [...gapReasons, ...liveness.reasons];
  const seen = { fired: Array.from(search.fired, (moved) => moved === 1), samples: search.samples };
  const found = withExamples(counterexamplesOf(searched), { emitted, calls, examples: input.examples });
  const notes = [...found.notes, ...liveness.notes];
  const { counterexamples } = found;
  return { ending: ending({ ...searched, counterexamples }, factsOf(search, shape), { reasons, notes }), seen, calls };
}

/** Makes of a task, on another thread, what expands the snapshots of its search. */
export function expanderFor({ automaton, bounds, callsMax }: CrewTask, emitted: Emitted): Expander {
  return createExpander(searchableOf({ automaton, emitted, bounds }, callsMax));
}

/** All that is derived from a spec for its search: a function of its arguments, the same on every thread. */
function searchableOf(
  { automaton, emitted, bounds }: Pick<CheckInput, "automaton" | "emitted" | "bounds">,
  callsMax: number,
) {
  const shape = shapeOf(automaton, bounds);
  const digits = digitsOf(emitted.statuses, shape.variables, textsIn(shape));
  const keepsMoves = automaton.liveness.some(({ kind }) => kind !== "has-actions");
  return { automaton: emitted, shape, digits, keepsMoves, ...callsOf(automaton, shape, callsMax) };
}

/** An empty set of visited snapshots, which tells apart what the search does. */
export function visitedIn({ statuses }: Emitted, shape: Shape): Visited {
  return createVisited(digitsOf(statuses, shape.variables, textsIn(shape)), { withIndexes: true });
}

function textsIn(shape: Shape): (variable: string) => readonly (string | null)[] {
  return (variable) => {
    const place = variablePlace(variable);
    const isList = shape.variables.some(({ kind, name }) => kind === "list" && name === variable);
    return textsAt(isList ? elementPlace(place) : place, shape);
  };
}

async function run(search: Search, input: CheckInput, expanding: ExpanderInput): Promise<boolean> {
  const { automaton, shouldStop, onProgress } = input;
  const hands = new Hands(search, expanding, input);
  try {
    while (!search.isDone) {
      await hands.expand();
      if (search.isDone) break;
      const { states, transitions, waiting } = search;
      await onProgress({ subject: automaton.name, states, transitions, waiting });
      if (shouldStop()) return true;
    }
    return false;
  } finally {
    await hands.close();
  }
}

function ending(
  { counterexamples, ...searched }: Searched & Pick<Violated, "counterexamples">,
  facts: SearchFacts,
  { reasons, notes: found }: LivenessFindings,
): Ending {
  const scope = reasons.length === 0 ? "" : " as far as was searched";
  const notes = [...unreadNotes(facts), ...found, ...vacuityNotes(searched, scope)];
  if (counterexamples.length > 0) return { kind: "violated", facts, notes, counterexamples, reasons };
  return reasons.length > 0 ? { kind: "unknown", facts, notes, reasons } : { kind: "held", facts, notes };
}

function unreadNotes({ unread }: SearchFacts): readonly string[] {
  if (unread.length === 0) return [];
  const are = unread.length === 1 ? "is" : "are";
  return [`${unread.join(", ")} ${are} read by no guard and no property, and ${are} left out of the states`];
}

function factsOf(search: Search, { bounds, unread }: Shape): SearchFacts {
  const { states, transitions, storeBytes } = search;
  return { kind: "search", states, transitions, bounds, unread, storeBytes };
}

function limitReasons({ reached, steps, states, waiting }: Search, wasStopped: boolean): readonly string[] {
  const rest = `and ${grouped(waiting)} of ${grouped(states)} states were not followed`;
  if (reached === "states") return [`the limit of ${grouped(states)} states was reached, ${rest}`];
  if (reached === "steps") return [`the limit on steps was reached after ${grouped(steps)} of them, ${rest}`];
  if (reached === "memory") return [`the limit on memory was reached, ${rest}`];
  return wasStopped ? [`it was stopped, ${rest}`] : [];
}

function cutReasons({ emitted, search }: Searched): readonly string[] {
  return [...search.cuts].map(([variable, { rule }]) => {
    const { action, source } = emitted.rules[rule] ?? { action: "", source: "" };
    return `${variable} goes past its bound by ${action} (${source}), and what follows from there was not searched`;
  });
}
