/** What a search tries in each status. */
import type { Automaton } from "@temperc/runtime";
import type { Call } from "../replay/trace.ts";
import { type OnMove, type Round, roundOf } from "./steps.ts";

export interface Searchable {
  readonly automaton: Automaton;
  readonly calls: readonly Call[];
}

/** What is tried in a status: the calls of the actions that have a rule there. */
export interface Plan {
  readonly status: string;
  /** The status's index among the automaton's. */
  readonly number: number;
  readonly calls: readonly number[];
  readonly round: Round;
  readonly isTerminal: boolean;
  isReached: boolean;
  /** How many of its snapshots are among the samples. */
  sampled: number;
}

/** By status. */
export function plansOf({ automaton, calls }: Searchable, onMove: OnMove): ReadonlyMap<string, Plan> {
  const byAction = new Map<string, number[]>(calls.map(({ action }) => [action, []]));
  for (const [index, { action }] of calls.entries()) byAction.get(action)?.push(index);
  const actionsIn = new Map(automaton.statuses.map((status) => [status, new Set<string>()]));
  for (const { action, from } of automaton.rules) for (const status of from) actionsIn.get(status)?.add(action);
  const plans = automaton.statuses.map((status, number): [string, Plan] => {
    const actions = [...(actionsIn.get(status) ?? [])];
    const tried = actions.flatMap((action) => byAction.get(action) ?? []).sort((a, b) => a - b);
    return [
      status,
      {
        status,
        number,
        calls: tried,
        round: roundOf(automaton, calls, tried, onMove),
        isTerminal: automaton.terminal.includes(status),
        isReached: false,
        sampled: 0,
      },
    ];
  });
  return new Map(plans);
}
