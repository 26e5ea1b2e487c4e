/** What all stores do alike with refusals: the record after one more, and what a bound counts. */
import type { DecisionRecord, NewDecision } from "../ports/index.ts";

/** The first record of a refusal. */
export function firstOf({ times, ...refused }: NewDecision, mark: number): DecisionRecord {
  return { ...refused, count: times, firstSeenAt: refused.lastSeenAt, mark, verdict: null };
}

/** The record with one more refusal counted in: what stays is its id, its state and what was decided. */
export function countedInto(open: DecisionRecord, refused: NewDecision, mark: number): DecisionRecord {
  const { lastSeenAt, because, policies, errors, intent, session, principal, expiresAt } = refused;
  const isLonger = expiresAt > open.expiresAt;
  const seen = { lastSeenAt, because, policies, errors, principal, intent: intent ?? open.intent, session };
  return { ...open, ...seen, count: open.count + refused.times, mark, ...(isLonger && { expiresAt }) };
}

/** True where a change of a policy follows the version before it. */
export function follows(version: number, present: { readonly version: number } | undefined): boolean {
  return version === (present?.version ?? 0) + 1;
}
