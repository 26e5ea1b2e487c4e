/** What automata ask of each other and of themselves: which action, with which parameters, and where it is written. */

import type { Span } from "../diagnostics/span.ts";
import type { Automaton } from "./automaton.ts";
import type { Argument } from "./reaction.ts";

export interface Asked {
  /** How the action is asked for. */
  readonly by: "trigger" | "composite" | "timeout" | "spawn" | "schedule";
  readonly entityType: string;
  readonly action: string;
  readonly params: readonly Pick<Argument, "param" | "span">[];
  /** What a spawned entity takes over by name, as a field or as a parameter of its first action. */
  readonly copies: readonly string[];
  /** The own action that asks; absent for a timeout. */
  readonly source?: string;
  readonly span: Span;
}

/** Every action that the automaton asks for, in the order of triggers, composites, timeouts and effects. */
export function askedBy(automaton: Automaton): readonly Asked[] {
  return [...asTriggers(automaton), ...asComposites(automaton), ...asTimeouts(automaton), ...asOutputs(automaton)];
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
