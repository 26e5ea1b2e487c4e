/** The requests of a case, as commands that fast-check runs, and takes away one by one where they break something. */
import type { EntityTypeDescriptor, Value, Values } from "@temperc/runtime";
import { idMadeOf } from "@temperc/runtime/kernel";
import type * as FastCheck from "fast-check";
import type { Action, Automaton } from "../../compiler/ir/index.ts";
import type { Call } from "../replay/trace.ts";
import type { Subject } from "./subject.ts";
import { fillings, paramArbitrary, requiredFields, sample } from "./values.ts";

/** The model is in the subject: it learns from the journal what was accepted. */
export type Command = FastCheck.AsyncCommand<object, Subject>;

/** What a case's requests are made of. */
export interface Sendable {
  readonly automaton: Automaton;
  readonly type: EntityTypeDescriptor;
  /** The calls of level 1: each value in them is one that the spec tells from the others. */
  readonly calls: readonly Call[];
}

/** A day, in milliseconds: the longest that a case waits at a time. */
const dayMs = 86_400_000;

/** One arbitrary for each kind of request; actions come more often than anything else. */
export function commandArbitraries(fc: typeof FastCheck, sendable: Sendable): FastCheck.Arbitrary<Command>[] {
  const ids = entityIds(sendable.type);
  const id = fc.constantFrom(...ids);
  const creation = fc
    .tuple(id, fc.nat(fillings - 1))
    .map(([entityId, filling]) => create(entityId, requiredFields(sendable.type, filling)));
  const actions = sendable.automaton.actions
    .filter(({ name }) => isCallable(sendable.type, name))
    .map((action) =>
      fc
        .tuple(id, paramsArbitrary(fc, action, sendable, ids))
        .map(([entityId, params]) => act(entityId, action.name, params)),
    );
  const calls = callable(sendable);
  const walking = fc.tuple(id, fc.nat(pickMax)).map(([entityId, pick]) => walk(entityId, calls, pick));
  const acting = actions.length === 0 ? [] : [walking, walking, walking, fc.oneof(...actions), fc.oneof(...actions)];
  return [creation, ...acting, fc.nat(dayMs).map(wait), fc.constant(restart)];
}

/** More than there are calls to choose from, and far from being a multiple of their number. */
const pickMax = 999_982;

/** What callers can send of the calls of level 1: the service adds the rest itself. */
function callable({ type, calls }: Sendable): readonly Call[] {
  return calls
    .filter(({ action }) => isCallable(type, action))
    .map(({ action, params }) => {
      const { filled = [] } = type.automaton?.actions.find(({ name }) => name === action) ?? {};
      const own = Object.entries(params).filter(([name]) => !filled.some((each) => each.name === name));
      return { action, params: Object.fromEntries(own) };
    });
}

function isCallable({ automaton }: EntityTypeDescriptor, action: string): boolean {
  return automaton?.actions.some(({ name, kind }) => name === action && kind === "input") ?? false;
}

/** Two entities, so that one may refer to another and be mistaken for it. */
function entityIds(type: EntityTypeDescriptor): readonly string[] {
  return [0, 1].map((index) => idMadeOf(type, (property) => sample(property, index)));
}

function paramsArbitrary(
  fc: typeof FastCheck,
  { name: action, params }: Action,
  { calls }: Sendable,
  ids: readonly string[],
): FastCheck.Arbitrary<Values> {
  const own = calls.filter((call) => call.action === action);
  const values = params.map((param) => {
    const told = own.flatMap(({ params: given }): Value[] => {
      const value = given[param.name];
      return value === undefined ? [] : [value];
    });
    return [param.name, paramArbitrary(fc, param, [...new Set(told)], ids)] as const;
  });
  const requiredKeys = params.filter(({ required }) => required).map(({ name }) => name);
  return fc.record(Object.fromEntries(values), { requiredKeys, noNullPrototype: true });
}

/** Makes the entities that a case is about, wherever the spec lets them be made with some filling. */
export async function populate(subject: Subject, type: EntityTypeDescriptor): Promise<void> {
  for (const entityId of entityIds(type)) {
    await subject.surround(entityId);
    for (let filling = 0; filling < fillings; filling += 1) {
      const { kind } = await subject.send(entityId, { kind: "create", values: requiredFields(type, filling) });
      if (kind === "written") break;
    }
  }
}

function create(entityId: string, values: Values): Command {
  return command(`create ${entityId}`, async (subject) => {
    await subject.send(entityId, { kind: "create", values });
  });
}

function act(entityId: string, action: string, params: Values): Command {
  return command(`${action} on ${entityId}`, async (subject) => {
    await subject.send(entityId, { kind: "action", action, params });
  });
}

/** One of the calls that the step accepts now: random calls alone seldom lead far. */
function walk(entityId: string, calls: readonly Call[], pick: number): Command {
  return command(`possible call ${pick} on ${entityId}`, async (subject) => {
    const open = subject.possible(entityId, calls);
    const call = open[pick % open.length];
    if (call !== undefined) await subject.send(entityId, { kind: "action", ...call });
  });
}

function wait(ms: number): Command {
  return command(`wait ${ms} ms`, (subject) => subject.wait(ms));
}

const restart: Command = command("restart", (subject) => subject.restart());

/** Every request may be sent at any time: a service must stand it. */
function command(text: string, run: (subject: Subject) => Promise<void>): Command {
  return { check: () => true, run: (_, subject) => run(subject), toString: () => text };
}
