/** A run of several entities as a trace file, and read back as the run that is printed. */
import type { Snapshot, Values } from "@temperc/runtime";
import { nameOf } from "../composition/joint-state.ts";
import type { AskedStep } from "../composition/rerun.ts";
import type { JointProperty, JointRun, JointRunStep } from "../verdict.ts";
import { type Origin, plain, type TraceHead, traceVersion } from "./trace-file.ts";

/** The value of a `*.trace.json` of a composition; docs/traces.md says what each part means. */
export interface JointTraceFile extends TraceHead {
  readonly level: "composition";
  readonly property: JointProperty;
  /** Why the reaction is refused, or which entity breaks the property. */
  readonly reason: string;
  readonly entities: readonly JointEntity[];
  readonly steps: readonly JointFileStep[];
}

/** An entity that something is asked of, whether or not it ever is there. */
export interface JointEntity {
  readonly name: string;
  readonly automaton: string;
  readonly id: string;
}

export const stepKinds = ["created", "asked", "delivered", "timer", "answered"] as const;

export interface JointFileStep {
  /** The name of an entity of the trace. */
  readonly entity: string;
  readonly by: (typeof stepKinds)[number];
  /** Absent where an entity is made and nothing more, and where an answer leads to no call-back. */
  readonly action?: string;
  /** Of a creation, the fields. */
  readonly params: Values;
  /** The entity that asked for what no client asks, and by what. */
  readonly from?: string;
  /** Status and variables of the entity after the step; absent where it is not there. */
  readonly after?: Snapshot;
  /** Why nothing came of it. */
  readonly refusal?: string;
}

/** A function of its input: the same run gives the same bytes. */
export function jointTraceFileOf({ property, reason, steps }: JointRun, origin: Omit<Origin, "level">): JointTraceFile {
  const entities = new Map(steps.map(({ type, id }) => [nameOf(type, id), { automaton: type, id }]));
  return {
    format: "temperc-trace",
    version: traceVersion,
    ...origin,
    level: "composition",
    property,
    reason,
    entities: [...entities].map(([name, entity]) => ({ name, ...entity })),
    steps: steps.map(fileStep),
  };
}

function fileStep({ kind, type, id, action, params, from, snapshot, refusal }: JointRunStep): JointFileStep {
  return {
    entity: nameOf(type, id),
    by: kind,
    ...(action !== undefined && { action }),
    params,
    ...(from !== undefined && { from }),
    ...(snapshot && { after: plain(snapshot) }),
    ...(refusal !== undefined && { refusal }),
  };
}

/** The run that the file has. */
export function jointRunIn({ property, reason, entities, steps }: JointTraceFile): JointRun {
  const present = new Map<string, string>();
  const run = steps.map((step): JointRunStep => {
    const { refusal, after } = step;
    const before = present.get(step.entity);
    if (after !== undefined) present.set(step.entity, after.status);
    return {
      ...askedIn(step, entities),
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after: after.status, snapshot: after }),
      ...(refusal !== undefined && { refusal }),
    };
  });
  return { property, reason, steps: run };
}

/** What the step asks. */
export function askedIn(
  { entity, by, action, params, from }: Pick<JointFileStep, "entity" | "by" | "action" | "params" | "from">,
  entities: readonly JointEntity[],
): AskedStep {
  const { automaton = "", id = "" } = entities.find(({ name }) => name === entity) ?? {};
  return {
    kind: by,
    type: automaton,
    id,
    ...(action !== undefined && { action }),
    params,
    ...(from !== undefined && { from }),
  };
}
