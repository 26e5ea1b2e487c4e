/** Policies that repeated denials ask for: what one caller was refused again and again, at the smallest scope that covers it. */
import type { DecisionRecord } from "../../ports/index.ts";
import { textOf } from "./decide.ts";
import type { Governance } from "./governance.ts";
import { type ScopeName, scopes } from "./scopes.ts";

export interface Suggestion {
  readonly scope: ScopeName;
  /** The policy; approving `decisionId` at this scope adds it. */
  readonly text: string;
  readonly decisionId: string;
  /** The pending decisions that it covers, and how many denials they stand for. */
  readonly decisionIds: readonly string[];
  readonly count: number;
}

/** Different actions on one type from which on all of them are suggested. */
const broadFrom = 3;

/** Of the pending decisions; the most refused first. `least` denials are repeated ones. Where no policy would help none is suggested. */
export function suggestionsFrom(
  governance: Governance,
  pending: readonly DecisionRecord[],
  least: number,
): readonly Suggestion[] {
  const helped = pending.filter(({ policies, errors }) => policies.length === 0 && errors.length === 0);
  const byType = grouped(helped, ({ principal, entityType }) => [principal.type, principal.id, entityType]);
  const found = [...byType.values()].flatMap((ofType): readonly Suggestion[] => {
    const actions = grouped(ofType, ({ action }) => [action]);
    if (actions.size >= broadFrom) return suggestion(governance, { covered: ofType, scope: "broad", least });
    return [...actions.values()].flatMap((covered) => {
      const scope = covered.length === 1 ? "narrow" : "medium";
      return suggestion(governance, { covered, scope, least });
    });
  });
  return found.sort((one, other) => other.count - one.count);
}

interface Covered {
  readonly covered: readonly DecisionRecord[];
  readonly scope: ScopeName;
  readonly least: number;
}

function suggestion(governance: Governance, { covered, scope, least }: Covered): readonly Suggestion[] {
  const [first] = covered;
  const count = covered.reduce((sum, decision) => sum + decision.count, 0);
  if (first === undefined || count < least) return [];
  const text = textOf(governance, first, scopes[scope]);
  if (typeof text !== "string") return [];
  return [{ scope, text, decisionId: first.id, decisionIds: covered.map(({ id }) => id), count }];
}

function grouped(
  decisions: readonly DecisionRecord[],
  keyOf: (decision: DecisionRecord) => readonly string[],
): ReadonlyMap<string, readonly DecisionRecord[]> {
  const groups = new Map<string, DecisionRecord[]>();
  for (const decision of decisions) {
    const key = JSON.stringify(keyOf(decision));
    groups.set(key, [...(groups.get(key) ?? []), decision]);
  }
  return groups;
}
