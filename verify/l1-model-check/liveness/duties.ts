/** What an automaton is owed without anybody's asking: internal actions, call-backs of its triggers, and timers. */
import type { Automaton, OutcomeActions, Trigger } from "../../../compiler/ir/index.ts";

/** Weak fairness: where one of the actions is possible from some moment on, one of them is taken. Inputs are owed by nobody. */
export interface Duty {
  readonly actions: ReadonlySet<string>;
  /** Actions that put it off: they arm its timer anew. */
  readonly resets: ReadonlySet<string>;
  /** The only status in which it is owed; absent where it is owed in all. */
  readonly status?: string;
  /** Where it comes from, for people: `the timeout of Waiting`. */
  readonly source: string;
  /** Whether it is owed at all. */
  readonly isCertain: boolean;
}

/** How one of the things that come once is begun: a timer or a trigger. */
interface Armed {
  readonly actions: readonly string[];
  readonly resets: readonly string[];
  readonly source: string;
  /** Whether a rule of this action that leads into this status begins it. */
  readonly isArmedBy: (action: string, status: string) => boolean;
}

const nobody: ReadonlySet<string> = new Set();

/**
 * Internal actions that nothing in the automaton asks for are owed wherever they are possible; those that a timer or a
 * trigger asks for come when that does, and no sooner. What comes once (a timer fires a few times a stay, a call-back
 * is made once and may be refused) is owed for certain only in a status that `leavesAtOnce` says each of its actions
 * leaves, in every snapshot, and that cannot be entered without it; elsewhere it may be owed.
 */
export function dutiesOf(
  automaton: Automaton,
  leavesAtOnce: (status: string, actions: readonly string[]) => boolean,
): readonly Duty[] {
  const armed = merged([...schedules(automaton), ...automaton.triggers.flatMap((each) => callBacks(each, automaton))]);
  const once = [
    ...timeouts(automaton, leavesAtOnce),
    ...armed.map((each) => ({ ...dutyOf(each), isCertain: false })),
    ...workflows(automaton),
  ];
  const asked = new Set(once.flatMap(({ actions }) => [...actions]));
  const internal = automaton.actions.filter(({ name, kind }) => kind === "internal" && !asked.has(name));
  return [
    ...internal.map(({ name, filled }) => ({
      actions: new Set([name]),
      resets: nobody,
      source: `the internal action ${name}`,
      isCertain: filled.every(({ kind }) => kind === "fresh"),
    })),
    ...once,
    ...armed.flatMap((each) => certainOf(each, automaton, leavesAtOnce)),
  ];
}

function timeouts(
  { timeouts: all }: Automaton,
  leavesAtOnce: (status: string, actions: readonly string[]) => boolean,
): readonly Duty[] {
  return all.map(({ status, action, resetOn }) => ({
    actions: new Set([action]),
    resets: new Set(resetOn),
    status,
    source: `the timeout of ${status}`,
    isCertain: leavesAtOnce(status, [action]),
  }));
}

/** One timer an action: asking for it again moves it. */
function schedules({ rules }: Automaton): readonly Armed[] {
  const asking = rules.flatMap(({ action: source, outputs }) =>
    outputs.flatMap((output) => (output.kind === "schedule" ? [{ source, action: output.action }] : [])),
  );
  return [...new Set(asking.map(({ action }) => action))].map((action) => {
    const resets = asking.filter((each) => each.action === action).map(({ source }) => source);
    const everyRule = (source: string, status: string): boolean =>
      rules.every((rule) => {
        const isInto = rule.action === source && rule.to.kind === "status" && rule.to.name === status;
        return !isInto || rule.outputs.some((output) => output.kind === "schedule" && output.action === action);
      });
    return { actions: [action], resets, source: `the timer for ${action}`, isArmedBy: everyRule };
  });
}

/** A trigger that asks something of this very automaton in the end. */
function callBacks({ name, action, toStatus, guard, deed }: Trigger, automaton: Automaton): readonly Armed[] {
  const isArmedBy = (source: string, status: string): boolean =>
    source === action && guard === undefined && (toStatus === undefined || toStatus === status);
  const source = `the trigger ${name}`;
  if (deed.kind === "entity") {
    const isOwn = deed.entityType === automaton.name && deed.target.kind === "same-id";
    return isOwn ? [{ actions: [deed.action], resets: [], source, isArmedBy }] : [];
  }
  const actions = outcomesOf(deed.outcome);
  const isAnsweredAlways = deed.outcome.onSuccess !== undefined && deed.outcome.onFailure !== undefined;
  return actions.length === 0
    ? []
    : [{ actions, resets: [], source, isArmedBy: isAnsweredAlways ? isArmedBy : () => false }];
}

/** Those of the same actions as one: a status may be entered by several ways that each begin the same. */
function merged(all: readonly Armed[]): readonly Armed[] {
  const keyOf = ({ actions, resets }: Armed): string => JSON.stringify([actions, resets]);
  const firsts = new Map(all.toReversed().map((each) => [keyOf(each), each]));
  return [...firsts].reverse().map(([key, first]) => {
    const same = all.filter((each) => keyOf(each) === key);
    return { ...first, isArmedBy: (action, status) => same.some((each) => each.isArmedBy(action, status)) };
  });
}

function outcomesOf({ onSuccess, onFailure, failureRoutes, mayTake }: OutcomeActions): readonly string[] {
  const named = [onSuccess, onFailure, ...failureRoutes.map(({ action }) => action), ...mayTake];
  return [...new Set(named.flatMap((name) => name ?? []))];
}

function dutyOf({ actions, resets, source }: Armed): Omit<Duty, "isCertain"> {
  return { actions: new Set(actions), resets: new Set(resets), source };
}

/** The statuses that nothing enters without beginning it. A creation begins nothing. */
function certainOf(
  armed: Armed,
  { statuses, initial, rules }: Automaton,
  leavesAtOnce: (status: string, actions: readonly string[]) => boolean,
): readonly Duty[] {
  const entered = statuses.filter(({ name }) => {
    const ways = rules.filter(
      ({ from, to }) => to.kind === "status" && to.name === name && from.some((each) => each !== name),
    );
    const isArmed = name !== initial && ways.every(({ action }) => armed.isArmedBy(action, name));
    return isArmed && ways.length > 0 && leavesAtOnce(name, armed.actions);
  });
  return entered.map(({ name: status }) => ({ ...dutyOf(armed), status, isCertain: true }));
}

function workflows({ workflows: all }: Automaton): readonly Duty[] {
  return all.flatMap(({ name, onSuccess, onPartialFailure, onFailure }): readonly Duty[] => {
    const actions = [onSuccess, onPartialFailure, onFailure].flatMap((each) => each ?? []);
    if (actions.length === 0) return [];
    return [{ actions: new Set(actions), resets: nobody, source: `the workflow ${name}`, isCertain: false }];
  });
}
