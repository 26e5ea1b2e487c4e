/** The reference for the model checker: breadth first over the emitted step, snapshots as JSON text, wide plain domains, nothing clever. */
import type { Automaton, Snapshot, Value, Values } from "@temperc/runtime";

export interface NaiveResult {
  readonly states: number;
  readonly transitions: number;
  /** False where a value left the window or the limit on states was reached. */
  readonly complete: boolean;
  /** Length of the shortest run to a snapshot that breaks each invariant, by name. */
  readonly broken: ReadonlyMap<string, number>;
  /** Length of the shortest run to a snapshot without any move, by status. */
  readonly stuck: ReadonlyMap<string, number>;
  /** Length of the shortest run to a snapshot in `from` that never gets to `targets`; known only where complete. */
  readonly trap: (from: readonly string[], targets: readonly string[]) => number | undefined;
}

export interface Window {
  readonly numberMax: number;
  readonly lengthMax: number;
  readonly statesMax: number;
}

const naturals = Array.from({ length: 12 }, (_, number) => number);

/** What is tried for the parameter of each name: wider than the model checker's domains of the specs that are compared. */
const domains: ReadonlyMap<string, readonly Value[]> = new Map<string, readonly Value[]>([
  ["amount", naturals],
  ["delta", [...naturals.map((number) => -number), ...naturals.slice(1)]],
  ["who", ["", "a", "b", "x", "y", "z"]],
]);

interface Visit {
  readonly snapshot: Snapshot;
  readonly depth: number;
  readonly next: string[];
  leadsOut: boolean;
}

export function naiveSearch(automaton: Automaton, window: Window): NaiveResult {
  const calls = automaton.actions.flatMap(({ name, params }) => {
    const own = params[0]?.name;
    if (own === undefined) return [{ name, params: {} as Values }];
    return (domains.get(own) ?? []).map((value) => ({ name, params: { [own]: value } }));
  });
  const visits = new Map<string, Visit>();
  const broken = new Map<string, number>();
  const stuck = new Map<string, number>();
  let [transitions, complete] = [0, true];
  const enter = (snapshot: Snapshot, depth: number): string | undefined => {
    for (const { name, holds } of automaton.invariants)
      if (!holds(snapshot) && !broken.has(name)) broken.set(name, depth);
    const key = keyOf(snapshot);
    if (visits.has(key)) return key;
    if (!isInside(snapshot, window) || visits.size === window.statesMax) return undefined;
    visits.set(key, { snapshot, depth, next: [], leadsOut: false });
    return key;
  };
  enter(automaton.initial, 0);
  for (const visit of visits.values()) {
    const before = transitions;
    for (const { name, params } of calls) {
      const outcome = automaton.step(visit.snapshot, name, params);
      if (outcome.kind === "refused") continue;
      transitions++;
      const key = enter(outcome.after, visit.depth + 1);
      if (key === undefined) visit.leadsOut = true;
      else visit.next.push(key);
    }
    if (visit.leadsOut) complete = false;
    const { status } = visit.snapshot;
    if (transitions === before && !stuck.has(status)) stuck.set(status, visit.depth);
  }
  const trap = (from: readonly string[], targets: readonly string[]) => shortestTrap(visits, from, targets);
  return { states: visits.size, transitions, complete, broken, stuck, trap };
}

/** A set is the same in any order. */
function keyOf(snapshot: Snapshot): string {
  const { s0 } = snapshot;
  return JSON.stringify({ ...snapshot, s0: Array.isArray(s0) ? s0.toSorted() : s0 });
}

function isInside(snapshot: Snapshot, { numberMax, lengthMax }: Window): boolean {
  return Object.values(snapshot).every((value) => {
    if (typeof value === "number") return Math.abs(value) <= numberMax;
    return !Array.isArray(value) || value.length <= lengthMax;
  });
}

/** Forwards from each candidate anew: slow and plain. */
function shortestTrap(
  visits: ReadonlyMap<string, Visit>,
  from: readonly string[],
  targets: readonly string[],
): number | undefined {
  for (const [key, { snapshot, depth }] of visits) {
    if (!from.includes(snapshot.status)) continue;
    const seen = new Set([key]);
    for (const each of seen) for (const next of visits.get(each)?.next ?? []) seen.add(next);
    const isSaved = [...seen].some((each) => {
      const visit = visits.get(each);
      return visit === undefined || visit.leadsOut || targets.includes(visit.snapshot.status);
    });
    if (!isSaved) return depth;
  }
  return undefined;
}
