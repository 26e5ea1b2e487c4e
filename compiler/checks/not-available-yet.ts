/** What a program asks for that this version can check and verify but not run. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/span.ts";
import type { Automaton } from "../ir/automaton.ts";
import type { Program } from "../ir/program.ts";
import type { Trigger } from "../ir/reaction.ts";

interface Unavailable {
  readonly construct: string;
  readonly span: Span;
}

/** Reports `check/not-available-yet` for each. Nothing is left out silently: a service that lacks it is not built. */
export function checkRunnable({ automata, crossInvariants }: Program, report: Report): void {
  const eventual = crossInvariants
    .filter(({ kind }) => kind === "eventual")
    .map(({ span }) => ({ construct: "an eventual [[invariant]]", span }));
  for (const { construct, span } of [...automata.flatMap(unavailableIn), ...eventual])
    report("check/not-available-yet", span, { construct });
}

function unavailableIn(automaton: Automaton): readonly Unavailable[] {
  const tables = { vector: automaton.vectors, webhook: automaton.webhooks, collection_workflow: automaton.workflows };
  return [
    ...automaton.triggers.flatMap(unavailableTrigger),
    ...Object.entries(tables).flatMap(([name, entries]) =>
      entries.map(({ span }) => ({ construct: `[[${name}]]`, span })),
    ),
    ...(automaton.admission === undefined ? [] : [{ construct: "[admission]", span: automaton.admission.span }]),
  ];
}

function unavailableTrigger({ deed, span }: Trigger): readonly Unavailable[] {
  switch (deed.kind) {
    case "entity":
      return [];
    case "webhook":
      return deed.outcome.failureRoutes.length === 0 ? [] : [{ construct: "failure_routes of a webhook", span }];
    case "wasm":
      return [{ construct: "a trigger of kind wasm", span }];
    case "adapter":
      return [{ construct: "a trigger of kind adapter", span }];
    case "hook":
      return [{ construct: "a trigger of kind hook", span }];
  }
}
