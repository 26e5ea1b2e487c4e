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
  const come = byKey(without(after, before));
  const otherwise = without(before, after).map((fact): Difference => {
    const { key, says, ...place } = fact;
    const next = come.get(key)?.shift();
    if (next === undefined) return { kind: "removed", ...place, before: says };
    return { kind: "changed", ...place, before: says, after: next.says };
  });
  const added = [...come.values()].flat().map(({ key: _, says, ...place }): Difference => {
    return { kind: "added", ...place, after: says };
  });
  return [...otherwise, ...added];
}

/** Those that the others do not say. Several may have one key: a parameter has as many constraints as somebody writes. */
function without(facts: readonly Fact[], others: readonly Fact[]): readonly Fact[] {
  const said = ({ key, says }: Fact): string => JSON.stringify([key, says]);
  const known = new Set(others.map(said));
  return facts.filter((fact) => !known.has(said(fact)));
}

function byKey(facts: readonly Fact[]): ReadonlyMap<string, Fact[]> {
  const found = new Map<string, Fact[]>();
  for (const fact of facts) found.set(fact.key, [...(found.get(fact.key) ?? []), fact]);
  return found;
}
