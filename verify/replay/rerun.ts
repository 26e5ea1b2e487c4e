/** Runs a trace again, step by step, and says where it departs from what was recorded. */
import type { Automaton, Refused, Snapshot } from "@temperc/runtime";
import { printCall, printValue } from "../print-value.ts";
import { isSameValue } from "./replay.ts";
import type { FileStep, TraceFile } from "./trace-file.ts";

/** Something that a trace can be run against: the emitted step, or a service behind HTTP. */
export interface Runner {
  /** Makes an entity; its snapshot, or why there is none. */
  readonly start: (entity: string, automaton: string) => Promise<Snapshot | Objection>;
  readonly call: (entity: string, action: string, params: FileStep["params"]) => Promise<Snapshot | Objection>;
}

/** Why a call was not done. */
export interface Objection {
  readonly kind: "objection";
  readonly message: string;
}

/** How far a run went as its trace has it. */
export interface Rerun {
  /** The steps that ended as recorded. */
  readonly steps: number;
  /** Absent where all did. */
  readonly departure?: Departure;
}

export interface Departure {
  /** The first step that ended otherwise, from 1 on; 0 where an entity begins otherwise. */
  readonly step: number;
  readonly entity: string;
  /** What was recorded, for people. */
  readonly expected: string;
  readonly found: string;
}

/** Runs it up to its end or its first departure. */
export async function rerun({ entities, steps }: TraceFile, runner: Runner): Promise<Rerun> {
  for (const { name, automaton, initial } of entities) {
    const departure = departureOf(initial, await runner.start(name, automaton));
    if (departure !== undefined) return { steps: 0, departure: { step: 0, entity: name, ...departure } };
  }
  for (const [index, { entity, action, params, after }] of steps.entries()) {
    const departure = departureOf(after, await runner.call(entity, action, params));
    if (departure !== undefined) return { steps: index, departure: { step: index + 1, entity, ...departure } };
  }
  return { steps: steps.length };
}

/** Where the emitted code is run; an automaton that is not there is an objection. */
export class StepRunner implements Runner {
  /** Every entity with its snapshots, the first one first. */
  readonly histories = new Map<string, { readonly automaton: Automaton; readonly snapshots: Snapshot[] }>();
  readonly #automata: ReadonlyMap<string, Automaton>;

  constructor(automata: readonly Automaton[]) {
    this.#automata = new Map(automata.map((each) => [each.name, each]));
  }

  async start(entity: string, name: string): Promise<Snapshot | Objection> {
    const automaton = this.#automata.get(name);
    if (automaton === undefined) return objection(`the spec has no automaton ${name}`);
    this.histories.set(entity, { automaton, snapshots: [automaton.initial] });
    return automaton.initial;
  }

  async call(entity: string, action: string, params: FileStep["params"]): Promise<Snapshot | Objection> {
    const history = this.histories.get(entity);
    const present = history?.snapshots.at(-1);
    if (history === undefined || present === undefined) return objection(`${entity} has not begun`);
    const outcome = history.automaton.step(present, action, params);
    if (outcome.kind === "refused") return objection(`${printCall(action, params)} is refused: ${reasonOf(outcome)}`);
    history.snapshots.push(outcome.after);
    return outcome.after;
  }
}

export function objection(message: string): Objection {
  return { kind: "objection", message };
}

export function isObjection(answer: Snapshot | Objection): answer is Objection {
  return !Object.hasOwn(answer, "status");
}

function reasonOf({ reason, detail }: Refused): string {
  return detail === "" ? reason : `${reason}: ${detail}`;
}

function departureOf(
  expected: Snapshot,
  found: Snapshot | Objection,
): Pick<Departure, "expected" | "found"> | undefined {
  if (isObjection(found)) return { expected: printSnapshot(expected), found: found.message };
  return differenceOf(expected, found);
}

/** What differs of two snapshots, for people; nothing where they are the same. */
export function differenceOf(expected: Snapshot, found: Snapshot): Pick<Departure, "expected" | "found"> | undefined {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
  const different = names.filter((name) => !isSameValue(expected[name] ?? null, found[name] ?? null));
  if (different.length === 0) return undefined;
  return { expected: printSnapshot(expected, different), found: printSnapshot(found, different) };
}

/** `status Open, replies 3`, of all names or of some. */
export function printSnapshot(snapshot: Snapshot, names = ["status", ...withoutStatus(snapshot)]): string {
  return names
    .map((name) => `${name} ${name === "status" ? snapshot.status : printValue(snapshot[name] ?? null)}`)
    .join(", ");
}

function withoutStatus(snapshot: Snapshot): readonly string[] {
  return Object.keys(snapshot).filter((name) => name !== "status");
}
