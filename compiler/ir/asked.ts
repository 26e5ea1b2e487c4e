/** What automata ask of each other and of themselves: which action, with which parameters, and where it is written. */

import type { Span } from "../diagnostics/span.ts";
import type { Automaton } from "./automaton.ts";
import type { Argument } from "./reaction.ts";

export interface Asked {
  /** How the action is asked for. */
  readonly by: "trigger" | "composite" | "timeout" | "spawn" | "schedule" | "workflow" | "answer" | "webhook";
  readonly entityType: string;
  readonly action: string;
  readonly params: readonly Pick<Argument, "param" | "span">[];
  /** What a spawned entity takes over by name, as a field or as a parameter of its first action. */
  readonly copies: readonly string[];
  /** The own action that asks; absent for what comes later or from outside: a timeout, an answer, a webhook. */
  readonly source?: string;
  readonly span: Span;
}

/** Every action that the automaton asks for, in the order of triggers, composites, timeouts, effects, workflows, answers and webhooks. */
export function askedBy(automaton: Automaton): readonly Asked[] {
  return [
    ...asTriggers(automaton),
    ...asComposites(automaton),
    ...asTimeouts(automaton),
    ...asOutputs(automaton),
    ...asMembers(automaton),
    ...asAnswers(automaton),
    ...asWebhooks(automaton),
  ];
}

function asTriggers({ triggers }: Automaton): readonly Asked[] {
  return triggers.flatMap(({ deed, action: source }) => {
    if (deed.kind !== "entity") return [];
    const { entityType, action, params, span } = deed;
    return [{ by: "trigger", entityType, action, params, copies: [], source, span }];
  });
}

function asComposites({ actions }: Automaton): readonly Asked[] {
  return actions.flatMap(({ name: source, composite }) =>
    (composite?.subWrites ?? []).map(({ entityType, action, params, span }) => {
      return { by: "composite", entityType, action, params, copies: [], source, span };
    }),
  );
}

function asTimeouts({ name: entityType, timeouts }: Automaton): readonly Asked[] {
  return timeouts.map(({ action, params, span }) => ({ by: "timeout", entityType, action, params, copies: [], span }));
}

function asOutputs({ name, rules }: Automaton): readonly Asked[] {
  return rules.flatMap(({ action: source, outputs }) =>
    outputs.flatMap((output): readonly Asked[] => {
      if (output.kind === "emit" || output.action === undefined) return [];
      const { action, span } = output;
      const asked = { action, params: [], source, span };
      if (output.kind !== "spawn") return [{ by: "schedule", entityType: name, copies: [], ...asked }];
      return [{ by: "spawn", entityType: output.entityType, copies: output.copies, ...asked }];
    }),
  );
}

function asMembers({ workflows }: Automaton): readonly Asked[] {
  return workflows.flatMap(({ startAction, memberEntity, memberAction, memberCancelAction, memberSpan: span }) =>
    [memberAction, memberCancelAction].flatMap((action): readonly Asked[] =>
      action === undefined
        ? []
        : [{ by: "workflow", entityType: memberEntity, action, params: [], copies: [], source: startAction, span }],
    ),
  );
}

/** What follows on a webhook or a workflow, which tell the entity nothing but that. Modules and adapters give what they like. */
function asAnswers({ name: entityType, triggers, workflows }: Automaton): readonly Asked[] {
  const answers = [
    ...triggers.flatMap(({ deed, span }) => {
      if (deed.kind !== "webhook") return [];
      const { onSuccess, onFailure, failureRoutes } = deed.outcome;
      return [onSuccess, onFailure, ...failureRoutes.map(({ action }) => action)].map((action) => ({ action, span }));
    }),
    ...workflows.flatMap(({ onSuccess, onPartialFailure, onFailure, onCancelled, onTimedOut, span }) =>
      [onSuccess, onPartialFailure, onFailure, onCancelled, onTimedOut].map((action) => ({ action, span })),
    ),
  ];
  return answers.flatMap(({ action, span }): readonly Asked[] =>
    action === undefined ? [] : [{ by: "answer", entityType, action, params: [], copies: [], span }],
  );
}

function asWebhooks({ name: entityType, webhooks }: Automaton): readonly Asked[] {
  return webhooks.map(({ action, extract: params, span }) => {
    return { by: "webhook", entityType, action, params, copies: [], span };
  });
}
