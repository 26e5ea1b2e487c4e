/** What a program asks for that this version can check and verify but not run. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/span.ts";
import type { Automaton } from "../ir/automaton.ts";
import { onDeleteRule } from "../ir/on-delete.ts";
import type { Program } from "../ir/program.ts";
import type { Trigger } from "../ir/reaction.ts";
import type { Entity } from "../ir/schema.ts";

interface Unavailable {
  readonly construct: string;
  readonly span: Span;
}

/** Reports `check/not-available-yet` for each. Nothing is left out silently: a service that lacks it is not built. */
export function checkRunnable({ automata, contract }: Program, report: Report): void {
  const unfollowed = contract.entities.flatMap((entity) => unfollowedIn(entity, contract.entities));
  for (const { construct, span } of [...automata.flatMap(unavailableIn), ...contract.notServed, ...unfollowed])
    report("check/not-available-yet", span, { construct });
}

function unavailableIn({ triggers, vectors, variables }: Automaton): readonly Unavailable[] {
  const kept = variables.filter(({ ttlSeconds }) => ttlSeconds !== undefined);
  return [
    ...triggers.flatMap(unavailableTrigger),
    ...vectors.map(({ span }) => ({ construct: "[[vector]]", span })),
    ...kept.map(({ span }) => ({ construct: '"overflow_ttl_seconds" in [[state]]', span })),
  ];
}

function unavailableTrigger({ deed, span }: Trigger): readonly Unavailable[] {
  switch (deed.kind) {
    case "entity":
    case "webhook":
      return [];
    case "wasm":
    case "adapter":
    case "hook":
      return [{ construct: `a trigger of kind ${deed.kind}`, span }];
  }
}

/** What is contained goes with the entity around it, whatever is said. */
function unfollowedIn(entity: Entity, entities: readonly Entity[]): readonly Unavailable[] {
  return entity.navigations.flatMap((navigation) => {
    const { onDelete, containsTarget, span } = navigation;
    if (onDelete === undefined || (containsTarget && onDelete === "Cascade")) return [];
    if (onDeleteRule(entity, navigation, entities) !== undefined) return [];
    const of =
      onDelete === "SetDefault" ? "" : " of a navigation property without a partner that refers back by the key";
    return [{ construct: `OnDelete Action="${onDelete}"${of}`, span }];
  });
}
