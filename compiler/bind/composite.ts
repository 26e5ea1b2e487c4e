/** Binds composite actions: other entities' actions that stand or fall with this one. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Composite } from "../ir/automaton.ts";
import type { SubWrite } from "../ir/reaction.ts";
import type { RuleSyntax } from "../parse/automaton.ts";
import { bindArguments, bindTarget } from "./deeds.ts";
import { isAutomaton } from "./fields.ts";
import type { Scope } from "./scope.ts";

/** The composite that the entries of one action make, or undefined where they are of a plain one. Reports one without parts. */
export function bindComposite(entries: readonly RuleSyntax[], scope: Scope, report: Report): Composite | undefined {
  const kind = entries.find((entry) => entry.kind?.value.toLowerCase() === "composite")?.kind;
  const readers = entries.flatMap((entry) => entry.subWrites);
  if (kind === undefined) {
    const hint = 'kind = "composite"';
    for (const reader of readers) report("bind/sub-write-here", reader.span, {}, { hint });
    const facts = { what: "an action that is not composite" };
    for (const { key, keySpan } of entries.flatMap((entry) => entry.compositeKeys))
      report("bind/key-without-effect", keySpan, { key, ...facts }, { hint });
    return undefined;
  }
  if (readers.length === 0) {
    report("parse/missing-key", kind.span, { key: "sub_writes", table: "a composite [[action]]" });
    return undefined;
  }
  const gate = entries.find((entry) => entry.gate !== undefined)?.gate?.value;
  return {
    subWrites: readers.flatMap((reader) => bindSubWrite(reader, scope, report) ?? []),
    recordsParentEvent: entries.every((entry) => entry.recordsParentEvent),
    ...(gate !== undefined && { gate }),
  };
}

function bindSubWrite(reader: RuleSyntax["subWrites"][number], scope: Scope, report: Report): SubWrite | undefined {
  const [entity, action] = [reader.get("target_entity"), reader.get("target_action")];
  const target = bindTarget(reader.get("resolve_target"), scope, report);
  const params = bindArguments(reader.get("params") ?? [], reader.get("params_from") ?? [], scope, report);
  if (entity === undefined || action === undefined || target === undefined) return undefined;
  if (!isAutomaton(entity, scope, report)) return undefined;
  return { entityType: entity.value, action: action.value, target, params, span: action.span };
}
