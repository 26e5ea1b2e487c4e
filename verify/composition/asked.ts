/** Who asks for an action: clients, call-backs, or only other parts of the service. */
import type { Automaton, OutcomeActions } from "../../compiler/ir/index.ts";
import type { Group } from "./groups.ts";

export interface Asked {
  /** Inputs, what endpoints are called for, and internal actions that nothing in the specs asks for. */
  readonly byClients: ReadonlySet<string>;
  /** What an answer to a webhook can lead to. */
  readonly byAnswers: ReadonlySet<string>;
}

export function askedOf(automaton: Automaton, group: Group): Asked {
  const byAnswers = new Set(
    automaton.triggers.flatMap(({ deed }) => (deed.kind === "entity" ? [] : actionsIn(deed.outcome))),
  );
  const byService = new Set([
    ...byAnswers,
    ...ownRequests(automaton),
    ...group.automata.flatMap((each) => requestsOf(each, automaton)),
  ]);
  const endpoints = new Set(automaton.webhooks.map(({ action }) => action));
  const byClients = automaton.actions.filter(({ name, kind }) => {
    return endpoints.has(name) || kind === "input" || (kind === "internal" && !byService.has(name));
  });
  return { byClients: new Set(byClients.map(({ name }) => name)), byAnswers };
}

function actionsIn({ onSuccess, onFailure, failureRoutes }: OutcomeActions): readonly string[] {
  return [
    ...(onSuccess ? [onSuccess] : []),
    ...(onFailure ? [onFailure] : []),
    ...failureRoutes.map(({ action }) => action),
  ];
}

/** Its timers' and its workflows'. */
function ownRequests({ timeouts, rules, workflows }: Automaton): readonly string[] {
  const scheduled = rules.flatMap(({ outputs }) =>
    outputs.flatMap((each) => (each.kind === "schedule" || each.kind === "schedule-at" ? [each.action] : [])),
  );
  const joined = workflows.flatMap(
    ({ onSuccess, onPartialFailure, onFailure, onCancelled, onTimedOut, timeoutAction }) =>
      [onSuccess, onPartialFailure, onFailure, onCancelled, onTimedOut, timeoutAction].flatMap((each) => each ?? []),
  );
  return [...timeouts.map(({ action }) => action), ...scheduled, ...joined];
}

function requestsOf({ triggers, actions, rules, workflows }: Automaton, { name }: Automaton): readonly string[] {
  const deeds = triggers.flatMap(({ deed }) => (deed.kind === "entity" ? [deed] : []));
  const written = actions.flatMap(({ composite }) => composite?.subWrites ?? []);
  const spawned = rules.flatMap(({ outputs }) => outputs.flatMap((each) => (each.kind === "spawn" ? [each] : [])));
  const members = workflows.filter(({ memberEntity }) => memberEntity === name);
  return [
    ...[...deeds, ...written, ...spawned].flatMap(({ entityType, action }) =>
      entityType === name ? (action ?? []) : [],
    ),
    ...members.flatMap(({ memberAction, memberCancelAction }) => [
      memberAction,
      ...(memberCancelAction ? [memberCancelAction] : []),
    ]),
  ];
}
