/** The trace file: a counterexample that a program can run again, in a documented format with a version of its own. */
import type { Snapshot, Values } from "@temperc/runtime";
import type { Counterexample, Level, Property } from "../verdict.ts";
import type { JointTraceFile } from "./joint-trace.ts";

/** A reader refuses every version but its own: no trace is half understood. */
export const traceVersion = 1;

/** What every `*.trace.json` begins with; docs/traces.md says what each part means. */
export interface TraceHead {
  readonly format: "temperc-trace";
  readonly version: typeof traceVersion;
  /** The version of temperc that wrote it. */
  readonly verifier: string;
  readonly spec: SpecName;
}

/** A trace of one automaton. */
export interface TraceFile extends TraceHead {
  readonly level: Exclude<Level, "composition">;
  /** Of the random choices that led here, where there were any. */
  readonly seed?: number;
  readonly property: Property;
  readonly entities: readonly EntityStart[];
  readonly steps: readonly FileStep[];
  /** Of a run without end: the steps from this index on come again and again. */
  readonly loop?: number;
}

export interface SpecName {
  readonly name: string;
  /** Of the revision, as `temperc verify --json` prints it. */
  readonly hash: string;
  /** The spec folder, as seen from where the trace is. */
  readonly folder: string;
}

/** An entity that takes part in the run, and how it begins. */
export interface EntityStart {
  readonly name: string;
  readonly automaton: string;
  readonly initial: Snapshot;
}

export interface FileStep {
  /** The name of an entity of the trace. */
  readonly entity: string;
  readonly action: string;
  readonly params: Values;
  /** `file:line` of the rule that moved it. */
  readonly source: string;
  /** Status and variables of the entity after the step. */
  readonly after: Snapshot;
}

export interface Origin extends Pick<TraceHead, "verifier" | "spec"> {
  readonly level: TraceFile["level"];
  readonly seed?: number;
}

/** A counterexample as a trace file. A function of its input: the same run gives the same bytes. */
export function traceFileOf({ property, trace }: Counterexample, { verifier, spec, level, seed }: Origin): TraceFile {
  const { automaton, initial, loop } = trace;
  return {
    format: "temperc-trace",
    version: traceVersion,
    verifier,
    spec,
    level,
    ...(seed !== undefined && { seed }),
    property,
    entities: [{ name: automaton, automaton, initial: plain(initial) }],
    steps: trace.steps.map(({ action, params, source, after }) => {
      return { entity: automaton, action, params, source, after: plain(after) };
    }),
    ...(loop !== undefined && { loop }),
  };
}

/** The status stands first, whatever order the emitted code has it in. */
export function plain({ status, ...variables }: Snapshot): Snapshot {
  return { status, ...variables };
}

/** Each step on a line of its own, so that two traces can be compared. Ends with a line break. */
export function printTraceFile({ entities, steps, ...rest }: TraceFile | JointTraceFile): string {
  const { loop, ...head } = { loop: undefined, ...rest };
  const top = Object.entries(head).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  const list = (name: string, items: readonly object[]): string => {
    const lines = items.map((item) => `    ${JSON.stringify(item)}`).join(",\n");
    return `  ${JSON.stringify(name)}: ${lines === "" ? "[]" : `[\n${lines}\n  ]`}`;
  };
  const run = [list("entities", entities), list("steps", steps), ...(loop === undefined ? [] : [`  "loop": ${loop}`])];
  return `{\n${[...top, ...run].join(",\n")}\n}\n`;
}
