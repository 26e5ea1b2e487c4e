/** What a later program says otherwise than an earlier one. */
import type { ProgramData } from "../../compiler/index.ts";
import { type Fact, factsOf } from "./facts.ts";

export type Difference = Omit<Fact, "key" | "says"> &
  (
    | { readonly kind: "added"; readonly after: string }
    | { readonly kind: "removed"; readonly before: string }
    | { readonly kind: "changed"; readonly before: string; readonly after: string }
  );

/** Those of the earlier program first, in its order; then what is new. */
export function differences(earlier: ProgramData, later: ProgramData): readonly Difference[] {
  const [before, after] = [factsOf(earlier), factsOf(later)];
  const [known, now] = [new Map(before.map(keyed)), new Map(after.map(keyed))];
  const removed = before.flatMap((fact): readonly Difference[] => {
    const { key, says, ...place } = fact;
    const next = now.get(key);
    if (next === undefined) return [{ kind: "removed", ...place, before: says }];
    return next.says === says ? [] : [{ kind: "changed", ...place, before: says, after: next.says }];
  });
  const added = after.flatMap(({ key, says, ...place }): readonly Difference[] =>
    known.has(key) ? [] : [{ kind: "added", ...place, after: says }],
  );
  return [...removed, ...added];
}

function keyed(fact: Fact): [string, Fact] {
  return [fact.key, fact];
}
