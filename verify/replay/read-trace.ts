/** Reads a trace file that somebody else may have written: every part is checked, and the first that is wrong is named. */
import type { Snapshot, Value, Values } from "@temperc/runtime";
import type { Property } from "../verdict.ts";
import { type EntityStart, type FileStep, type SpecName, type TraceFile, traceVersion } from "./trace-file.ts";

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

export type ReadTrace = { readonly kind: "trace"; readonly trace: TraceFile } | UnreadableTrace;

/** A mistake in the file; it never leaves this module. */
class Wrong extends Error {}

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

type Fields = ReadonlyMap<string, unknown>;

function traceIn(fields: Fields, limits: TraceLimits): TraceFile {
  if (fields.get("format") !== "temperc-trace") throw new Wrong('it is no trace: "format" is not "temperc-trace"');
  if (fields.get("version") !== traceVersion)
    throw new Wrong(`it has version ${shown(fields.get("version"))} of the format, and this is read: ${traceVersion}`);
  const entities = itemsOf(fields, "entities", limits.traceEntitiesMax).map(entityIn);
  const names = new Set(entities.map(({ name }) => name));
  if (names.size < entities.length) throw new Wrong("two of its entities have the same name");
  const steps = itemsOf(fields, "steps", limits.traceStepsMax).map((item, index) => stepIn(item, index, names));
  const [seed, loop] = [optionalIndex(fields, "seed"), optionalIndex(fields, "loop")];
  if (loop !== undefined && loop > steps.length) throw new Wrong("loop is past the last step");
  return {
    format: "temperc-trace",
    version: traceVersion,
    verifier: textAt(fields, "verifier"),
    spec: specIn(fieldsOf(fields.get("spec"), "spec")),
    level: memberAt(fields, "level", ["L0", "L1", "L2", "L3", "composition"]),
    ...(seed !== undefined && { seed }),
    property: propertyIn(fieldsOf(fields.get("property"), "property")),
    entities,
    steps,
    ...(loop !== undefined && { loop }),
  };
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

function propertyIn(fields: Fields): Property {
  const kind = fields.get("kind");
  if (!isPropertyKind(kind)) throw new Wrong(`property.kind is ${shown(kind)}, which no property is`);
  const at = (name: string): string => textAt(fields, name, "property.");
  return { kind, name: at("name"), text: at("text"), source: at("source") };
}

function isPropertyKind(kind: unknown): kind is Property["kind"] {
  return typeof kind === "string" && Object.hasOwn(propertyKinds, kind);
}

function entityIn(item: unknown, index: number): EntityStart {
  const path = `entities[${index}]`;
  const fields = fieldsOf(item, path);
  const initial = snapshotIn(fields.get("initial"), `${path}.initial`);
  return { name: textAt(fields, "name", `${path}.`), automaton: textAt(fields, "automaton", `${path}.`), initial };
}

function stepIn(item: unknown, index: number, names: ReadonlySet<string>): FileStep {
  const path = `steps[${index}]`;
  const fields = fieldsOf(item, path);
  const entity = textAt(fields, "entity", `${path}.`);
  if (!names.has(entity)) throw new Wrong(`${path}.entity is ${shown(entity)}, which is not among its entities`);
  return {
    entity,
    action: textAt(fields, "action", `${path}.`),
    params: valuesIn(fields.get("params"), `${path}.params`),
    source: textAt(fields, "source", `${path}.`),
    after: snapshotIn(fields.get("after"), `${path}.after`),
  };
}

function snapshotIn(found: unknown, path: string): Snapshot {
  const { status, ...variables } = valuesIn(found, path);
  if (typeof status !== "string") throw new Wrong(`${path}.status is no text`);
  return { status, ...variables };
}

/** Without a prototype's names: `__proto__` is no variable and no parameter. */
function valuesIn(found: unknown, path: string): Values {
  return Object.fromEntries(
    [...fieldsOf(found, path)].map(([name, value]): [string, Value] => {
      if (name === "__proto__") throw new Wrong(`${path} has the name __proto__`);
      if (!isValue(value)) throw new Wrong(`${path}.${name} is no value of a spec: ${shown(value)}`);
      return [name, value];
    }),
  );
}

function isValue(value: unknown): value is Value {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function fieldsOf(value: unknown, path: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Wrong(`${path} is no JSON object`);
  return new Map(Object.entries(value));
}

function itemsOf(fields: Fields, name: string, max: number): readonly unknown[] {
  const items = fields.get(name);
  if (!Array.isArray(items)) throw new Wrong(`${name} is no JSON array`);
  if (items.length > max) throw new Wrong(`${name} has ${items.length} items, and ${max} are the limit`);
  return items;
}

function textAt(fields: Fields, name: string, path = ""): string {
  const value = fields.get(name);
  if (typeof value !== "string") throw new Wrong(`${path}${name} is no text`);
  return value;
}

function memberAt<M extends string>(fields: Fields, name: string, members: readonly M[]): M {
  const found = members.find((each) => each === fields.get(name));
  if (found === undefined) throw new Wrong(`${name} is ${shown(fields.get(name))}, and not ${members.join(", ")}`);
  return found;
}

function optionalIndex(fields: Fields, name: string): number | undefined {
  const value = fields.get(name);
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new Wrong(`${name} is no natural number`);
}

function shown(value: unknown): string {
  const text = value === undefined ? "missing" : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
