/** Reads a trace file that somebody else may have written: every part is checked, and the first that is wrong is named. */
import type { JointProperty, Property } from "../verdict.ts";
import { type JointEntity, type JointFileStep, type JointTraceFile, stepKinds } from "./joint-trace.ts";
import {
  type Fields,
  fieldsOf,
  itemsOf,
  memberAt,
  optionalIndex,
  optionalText,
  shown,
  snapshotIn,
  textAt,
  valuesIn,
  Wrong,
} from "./trace-fields.ts";
import {
  type EntityStart,
  type FileStep,
  type SpecName,
  type TraceFile,
  type TraceHead,
  traceVersion,
} from "./trace-file.ts";

export interface TraceLimits {
  /** Bytes of a trace file. */
  readonly traceBytesMax: number;
  /** Steps of a trace. */
  readonly traceStepsMax: number;
  /** Entities that take part in a trace. */
  readonly traceEntitiesMax: number;
}

export const defaultTraceLimits: TraceLimits = {
  traceBytesMax: 16 * 2 ** 20,
  traceStepsMax: 100_000,
  traceEntitiesMax: 1_000,
};

export interface UnreadableTrace {
  readonly kind: "unreadable";
  /** What is wrong and where, for people. */
  readonly message: string;
}

export type ReadTrace = { readonly kind: "trace"; readonly trace: TraceFile | JointTraceFile } | UnreadableTrace;

/** The trace in a text, or why it is none. The caller has held the text to `traceBytesMax`. */
export function readTrace(text: string, limits: TraceLimits): ReadTrace {
  try {
    return { kind: "trace", trace: traceIn(fieldsOf(parsed(text), "the file"), limits) };
  } catch (error) {
    if (error instanceof Wrong) return { kind: "unreadable", message: error.message };
    throw error;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Wrong("it is not JSON");
  }
}

function traceIn(fields: Fields, limits: TraceLimits): TraceFile | JointTraceFile {
  if (fields.get("format") !== "temperc-trace") throw new Wrong('it is no trace: "format" is not "temperc-trace"');
  if (fields.get("version") !== traceVersion)
    throw new Wrong(`it has version ${shown(fields.get("version"))} of the format, and this is read: ${traceVersion}`);
  const level = memberAt(fields, "level", ["L0", "L1", "L2", "L3", "composition"]);
  const head: TraceHead = {
    format: "temperc-trace",
    version: traceVersion,
    verifier: textAt(fields, "verifier"),
    spec: specIn(fieldsOf(fields.get("spec"), "spec")),
  };
  return level === "composition" ? jointIn(fields, head, limits) : aloneIn(fields, { ...head, level }, limits);
}

function aloneIn(fields: Fields, head: TraceHead & Pick<TraceFile, "level">, limits: TraceLimits): TraceFile {
  const entities = entitiesIn(fields, limits, entityIn);
  const steps = stepsIn(fields, limits, entities, stepIn);
  const [seed, loop] = [optionalIndex(fields, "seed"), optionalIndex(fields, "loop")];
  if (loop !== undefined && loop > steps.length) throw new Wrong("loop is past the last step");
  return {
    ...head,
    ...(seed !== undefined && { seed }),
    property: propertyIn(fields, propertyKinds),
    entities,
    steps,
    ...(loop !== undefined && { loop }),
  };
}

function jointIn(fields: Fields, head: TraceHead, limits: TraceLimits): JointTraceFile {
  const entities = entitiesIn(fields, limits, jointEntityIn);
  const steps = stepsIn(fields, limits, entities, jointStepIn);
  const property = propertyIn(fields, jointPropertyKinds);
  return { ...head, level: "composition", property, reason: textAt(fields, "reason"), entities, steps };
}

function entitiesIn<E extends { readonly name: string }>(
  fields: Fields,
  { traceEntitiesMax }: TraceLimits,
  read: (fields: Fields, path: string) => E,
): readonly E[] {
  const entities = itemsOf(fields, "entities", traceEntitiesMax).map((item, index) => {
    const path = `entities[${index}]`;
    return read(fieldsOf(item, path), path);
  });
  if (new Set(entities.map(({ name }) => name)).size < entities.length)
    throw new Wrong("two of its entities have the same name");
  return entities;
}

function stepsIn<S extends { readonly entity: string }>(
  fields: Fields,
  { traceStepsMax }: TraceLimits,
  entities: readonly { readonly name: string }[],
  read: (fields: Fields, path: string) => S,
): readonly S[] {
  const names = new Set(entities.map(({ name }) => name));
  return itemsOf(fields, "steps", traceStepsMax).map((item, index) => {
    const path = `steps[${index}]`;
    const step = read(fieldsOf(item, path), path);
    if (!names.has(step.entity))
      throw new Wrong(`${path}.entity is ${shown(step.entity)}, which is not among its entities`);
    return step;
  });
}

function specIn(fields: Fields): SpecName {
  return {
    name: textAt(fields, "name", "spec."),
    hash: textAt(fields, "hash", "spec."),
    folder: textAt(fields, "folder", "spec."),
  };
}

/** Every kind of property that a counterexample can have; a kind that is missing here does not compile. */
const propertyKinds: Readonly<Record<Property["kind"], true>> = {
  invariant: true,
  deadlock: true,
  terminal: true,
  reaches: true,
  eventually: true,
  "has-actions": true,
  agreement: true,
};

const jointPropertyKinds: Readonly<Record<JointProperty["kind"], true>> = {
  "dropped-reaction": true,
  "cross-invariant": true,
};

type Named = Pick<Property, "name" | "text" | "source">;

function propertyIn<K extends string>(fields: Fields, kinds: Readonly<Record<K, true>>): Named & { readonly kind: K } {
  const property = fieldsOf(fields.get("property"), "property");
  const kind = property.get("kind");
  const isKind = (found: unknown): found is K => typeof found === "string" && Object.hasOwn(kinds, found);
  if (!isKind(kind)) throw new Wrong(`property.kind is ${shown(kind)}, which no property is`);
  const at = (name: string): string => textAt(property, name, "property.");
  return { kind, name: at("name"), text: at("text"), source: at("source") };
}

function entityIn(fields: Fields, path: string): EntityStart {
  const initial = snapshotIn(fields.get("initial"), `${path}.initial`);
  return { name: textAt(fields, "name", `${path}.`), automaton: textAt(fields, "automaton", `${path}.`), initial };
}

function stepIn(fields: Fields, path: string): FileStep {
  return {
    entity: textAt(fields, "entity", `${path}.`),
    action: textAt(fields, "action", `${path}.`),
    params: valuesIn(fields.get("params"), `${path}.params`),
    source: textAt(fields, "source", `${path}.`),
    after: snapshotIn(fields.get("after"), `${path}.after`),
  };
}

function jointEntityIn(fields: Fields, path: string): JointEntity {
  const at = (name: string): string => textAt(fields, name, `${path}.`);
  return { name: at("name"), automaton: at("automaton"), id: at("id") };
}

function jointStepIn(fields: Fields, path: string): JointFileStep {
  const optional = (name: string) => optionalText(fields, name, `${path}.`);
  const [action, from, refusal] = [optional("action"), optional("from"), optional("refusal")];
  const after = fields.get("after");
  return {
    entity: textAt(fields, "entity", `${path}.`),
    by: memberAt(fields, "by", stepKinds, `${path}.`),
    ...(action !== undefined && { action }),
    params: valuesIn(fields.get("params"), `${path}.params`),
    ...(from !== undefined && { from }),
    ...(after !== undefined && { after: snapshotIn(after, `${path}.after`) }),
    ...(refusal !== undefined && { refusal }),
  };
}
