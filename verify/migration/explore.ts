/** A plain breadth-first search over the emitted step, from many snapshots at once; how each was reached is kept. */
import type { Automaton as Emitted, Snapshot } from "@temperc/runtime";
import type { Call } from "../replay/trace.ts";

/** A snapshot, what it was made of and by which call; a migration is no call. */
export interface Way {
  readonly snapshot: Snapshot;
  readonly parent?: Way;
  readonly call?: Call;
}

/** The variables by which snapshots are told apart, each with the size or length up to which it is followed. */
export type Followed = ReadonlyMap<string, number>;

export interface Exploring {
  readonly emitted: Emitted;
  readonly followed: Followed;
  readonly calls: readonly Call[];
  readonly roots: readonly Way[];
  readonly statesMax: number;
}

export interface Explored {
  /** Each snapshot once, those reached by fewer calls first. */
  readonly ways: readonly Way[];
  /** Why there may be more; undefined where all are among them. */
  readonly gap: string | undefined;
}

export function explore({ emitted, followed, calls, roots, statesMax }: Exploring): Explored {
  const ways: Way[] = [];
  const seen = new Set<string>();
  let gap: string | undefined;
  const add = (way: Way): void => {
    const key = keyOf(followed, way.snapshot);
    if (seen.has(key)) return;
    seen.add(key);
    ways.push(way);
  };
  for (const root of roots) add(root);
  for (let at = 0; at < ways.length; at += 1) {
    const way = ways[at];
    if (way === undefined) break;
    if (ways.length > statesMax) return { ways, gap: `more than ${statesMax} states (migrationStatesMax)` };
    const past = beyond(followed, way.snapshot);
    if (past !== undefined) gap ??= `${past} goes past its bound, and what follows from there was not searched`;
    else for (const call of calls) follow(emitted, way, call, add);
  }
  return { ways, gap };
}

function follow(emitted: Emitted, way: Way, call: Call, add: (way: Way) => void): void {
  const outcome = emitted.step(way.snapshot, call.action, call.params);
  if (outcome.kind === "moved") add({ snapshot: outcome.after, parent: way, call });
}

function keyOf(followed: Followed, snapshot: Snapshot): string {
  return JSON.stringify([snapshot.status, ...[...followed.keys()].map((name) => snapshot[name] ?? null)]);
}

/** The variable that is past its bound, if one is. */
function beyond(followed: Followed, snapshot: Snapshot): string | undefined {
  for (const [name, far] of followed) {
    const value = snapshot[name];
    const size = Array.isArray(value) ? value.length : typeof value === "number" ? Math.abs(value) : 0;
    if (size > far) return name;
  }
  return undefined;
}
