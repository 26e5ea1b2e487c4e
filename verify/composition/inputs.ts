/** What clients may create and ask in a group of types: every id that can be named, and every value that the specs tell apart. */
import type { EntityTypeDescriptor, PropertyDescriptor, ServiceDefinition, Value, Values } from "@temperc/runtime";
import type { Automaton, Operand } from "../../compiler/ir/index.ts";
import { callsOf } from "../l1-model-check/calls.ts";
import { atomsOf, leavesOf, operandsOf } from "../l1-model-check/expressions.ts";
import { type BoundOverrides, type Shape, shapeOf } from "../l1-model-check/shape.ts";
import type { Call } from "../replay/trace.ts";
import { askedOf } from "./asked.ts";
import type { Group } from "./groups.ts";
import type { Birth } from "./moves.ts";
import { type Reading, readingsIn } from "./readings.ts";
import { paramHolder, propertyHolder, type References, referencesIn } from "./references.ts";

export interface InputLimits {
  /** Entities of each type that clients create. */
  readonly instances: number;
  /** Combinations of parameters of one action, and of fields of one entity. */
  readonly callsMax: number;
}

export interface Inputs {
  readonly births: readonly Birth[];
  /** By type, what clients may ask. */
  readonly calls: ReadonlyMap<string, readonly Call[]>;
  /** By type, how call-backs can come. */
  readonly answers: ReadonlyMap<string, readonly Call[]>;
  readonly shapes: ReadonlyMap<string, TypeShape>;
  /** Ids that nothing tells apart but who refers to them. */
  readonly alike: readonly string[];
  /** Why there is more to try that may matter; empty where there is not. */
  readonly gaps: readonly string[];
}

/** What of a type's values makes a difference. */
export interface TypeShape {
  readonly shape: Shape;
  /** Properties that are no variables and that something reads. */
  readonly fields: readonly string[];
}

/** An id that no entity has. */
const nobody = "nobody";

export function inputsOf(
  group: Group,
  {
    service,
    bounds,
    limits,
  }: { service: ServiceDefinition; bounds: (of: string) => BoundOverrides; limits: InputLimits },
): Inputs {
  const readings = readingsIn(group);
  const references = referencesIn(group, readings);
  const ids = idsIn(group, limits.instances);
  const named = (types: Iterable<string>): readonly string[] => [
    ...new Set([...types].flatMap((type) => ids.get(type) ?? [])),
    nobody,
  ];
  const each = group.automata.map((automaton) => {
    const shape = shapeOf(withReadings(automaton, readings), bounds(automaton.name));
    const fields = fieldsRead(automaton.name, readings);
    const tried = callsOf(shape.automaton, shape, limits.callsMax);
    const all = tried.calls.flatMap((call) => withIds(call, automaton, (holder) => idsAt(holder, references, named)));
    const calls = distinct(all.map((call) => withoutFilled(call, automaton)));
    const asked = askedOf(automaton, group);
    const descriptor = service.entityTypes.find(({ name }) => name === automaton.name);
    const born = birthsOf({ automaton, descriptor, fields, ids: ids.get(automaton.name) ?? [] }, (field) =>
      fieldValues(automaton.name, field, { readings, references, named }),
    );
    return {
      name: automaton.name,
      calls: calls.filter(({ action }) => asked.byClients.has(action)),
      answers: calls.filter(({ action }) => asked.byAnswers.has(action)),
      typeShape: { shape, fields },
      births: born.slice(0, limits.callsMax),
      gaps: [
        ...tried.gaps,
        ...(born.length > limits.callsMax
          ? [`${limits.callsMax} of ${born.length} ways to create ${automaton.name} were tried`]
          : []),
        ...(calls.length > limits.callsMax * automaton.actions.length
          ? [`${automaton.name} can be asked in too many ways`]
          : []),
      ],
    };
  });
  return {
    births: each.flatMap(({ births }) => births),
    calls: new Map(each.map(({ name, calls }) => [name, calls])),
    answers: new Map(each.map(({ name, answers }) => [name, answers])),
    shapes: new Map(each.map(({ name, typeShape }) => [name, typeShape])),
    alike: alikeIn([...ids.values()], group),
    gaps: each.flatMap(({ gaps }) => gaps),
  };
}

/** The automaton's own invariants are level 1's to judge: in their place stands what is read of it here. */
function withReadings(automaton: Automaton, readings: readonly Reading[]): Automaton {
  const own = readings.filter(({ entityType }) => entityType === automaton.name);
  const invariants = own.map(({ condition }) => ({ name: "", assert: condition, span: condition.span }));
  return { ...automaton, invariants, liveness: [] };
}

/** Ids that specs name stand first; the others are the same for all types, so that a target of the same id is found. */
function idsIn({ automata, isSolitary }: Group, instances: number): ReadonlyMap<string, readonly string[]> {
  const count = isSolitary ? 1 : instances;
  const numbers = Array.from({ length: count }, (_, index) => String(index + 1));
  const targets = automata.flatMap(({ triggers, actions }) => [
    ...triggers.flatMap(({ deed }) => (deed.kind === "entity" ? [deed] : [])),
    ...actions.flatMap(({ composite }) => composite?.subWrites ?? []),
  ]);
  return new Map(
    automata.map(({ name }) => {
      const fixed = targets.flatMap(({ entityType, target }) =>
        entityType === name && target.kind === "static" ? [target.entityId] : [],
      );
      return [name, [...new Set([...fixed, ...numbers])]];
    }),
  );
}

/** More than this have too many orders to look at in every state. */
const alikeMax = 3;

/** Those that every type has and no literal names. */
function alikeIn(all: readonly (readonly string[])[], group: Group): readonly string[] {
  const [first = [], ...others] = all;
  const shared = first.filter((id) => /^\d+$/.test(id) && others.every((ids) => ids.includes(id)));
  const specs = JSON.stringify(group);
  return shared.length > alikeMax || shared.some((id) => specs.includes(JSON.stringify(id))) ? [] : shared;
}

function idsAt(
  holder: string,
  references: References,
  named: (types: Iterable<string>) => readonly string[],
): readonly string[] | undefined {
  const types = references.get(holder);
  return types === undefined ? undefined : named(types);
}

/** In place of a value that no literal names, each id that the parameter can name. */
function withIds(
  call: Call,
  { name: type }: Automaton,
  idsOf: (holder: string) => readonly string[] | undefined,
): readonly Call[] {
  let calls: readonly Values[] = [{}];
  for (const [param, value] of Object.entries(call.params)) {
    const ids = idsOf(paramHolder(type, call.action, param));
    const values = ids === undefined ? [value] : idsFor(value, ids);
    calls = calls.flatMap((params) => values.map((each) => ({ ...params, [param]: each })));
  }
  return calls.map((params) => ({ action: call.action, params }));
}

function idsFor(value: Value, ids: readonly string[]): readonly Value[] {
  if (typeof value === "string") return isOther(value) ? ids : [value];
  if (typeof value !== "object" || value === null) return [value];
  let lists: readonly (readonly string[])[] = [[]];
  for (const element of value) {
    const elements = isOther(element) ? ids : [element];
    lists = lists.flatMap((list) => elements.map((each) => [...list, each]));
  }
  return lists;
}

function isOther(text: string): boolean {
  return text.startsWith("another value");
}

/** The search fills these in itself, from the state it is in. */
function withoutFilled({ action, params }: Call, { actions }: Automaton): Call {
  const filled = new Set(actions.find(({ name }) => name === action)?.filled.map(({ name }) => name));
  return { action, params: Object.fromEntries(Object.entries(params).filter(([name]) => !filled.has(name))) };
}

function distinct(calls: readonly Call[]): readonly Call[] {
  return [...new Map(calls.map((call) => [JSON.stringify([call.action, call.params]), call])).values()];
}

function fieldsRead(type: string, readings: readonly Reading[]): readonly string[] {
  const leaves = readings
    .filter(({ entityType }) => entityType === type)
    .flatMap(({ condition }) => operandsIn(condition));
  return [...new Set(leaves.flatMap((leaf) => (leaf.kind === "field" ? [leaf.name] : [])))];
}

function operandsIn(condition: Reading["condition"]): readonly Operand[] {
  return atomsOf(condition).flatMap(operandsOf).flatMap(leavesOf);
}

interface FieldSources {
  readonly readings: readonly Reading[];
  readonly references: References;
  readonly named: (types: Iterable<string>) => readonly string[];
}

/** Ids where it is a reference; else every literal that it stands beside, and a value that is none of them. */
function fieldValues(type: string, field: string, { readings, references, named }: FieldSources): readonly Value[] {
  const ids = idsAt(propertyHolder(type, field), references, named);
  if (ids !== undefined) return [...ids, null];
  const beside = readings
    .filter(({ entityType }) => entityType === type)
    .flatMap(({ condition }) => atomsOf(condition))
    .map((atom) => operandsOf(atom).flatMap(leavesOf))
    .filter((leaves) => leaves.some((leaf) => leaf.kind === "field" && leaf.name === field))
    .flat();
  const literals = beside.flatMap((leaf) => (leaf.kind === "literal" ? [leaf.value] : []));
  const near = literals.flatMap((value): readonly Value[] =>
    typeof value === "number" ? [value - 1, value, value + 1] : [value],
  );
  return [...new Set<Value>([...near, "another value", null])];
}

interface Born {
  readonly automaton: Automaton;
  readonly descriptor: EntityTypeDescriptor | undefined;
  readonly fields: readonly string[];
  readonly ids: readonly string[];
}

function birthsOf(
  { automaton, descriptor, fields, ids }: Born,
  valuesOf: (field: string) => readonly Value[],
): readonly Birth[] {
  let given: readonly Values[] = [{}];
  for (const field of fields) {
    const property = descriptor?.properties.find(({ name }) => name === field);
    if (property === undefined || field === descriptor?.key) continue;
    const values = valuesOf(field).filter((value) => fits(value, property));
    if (values.length > 0) given = given.flatMap((each) => values.map((value) => ({ ...each, [field]: value })));
  }
  return ids.flatMap((id) => given.map((values) => ({ type: automaton.name, id, values })));
}

function fits(value: Value, { type, nullable }: PropertyDescriptor): boolean {
  if (value === null) return nullable;
  if (type === "Edm.Boolean") return typeof value === "boolean";
  if (typeof value === "number") return type !== "Edm.String" && type !== "Edm.Guid";
  return typeof value === "string" && (type === "Edm.String" || type === "Edm.Guid");
}
