/** What a `[migration]` makes of every snapshot that the earlier revision reaches, and all that follows from there: no invariant breaks. */
import type { Automaton as Emitted, InvariantDescriptor, Snapshot } from "@temperc/runtime";
import type { Automaton } from "../../compiler/ir/index.ts";
import { callsOf } from "../l1-model-check/calls.ts";
import { type BoundOverrides, shapeOf } from "../l1-model-check/shape.ts";
import type { Call } from "../replay/trace.ts";
import { explore, type Followed, type Way } from "./explore.ts";

export interface MigrationInput {
  readonly earlier: Side;
  readonly later: Side;
  /** What the later revision makes of a snapshot of the earlier one; undefined where it is not mapped, or has no place and so keeps the later one out. */
  readonly taken: (snapshot: Snapshot) => Snapshot | undefined;
  readonly bounds: BoundOverrides;
  readonly limits: MigrationLimits & { readonly callsMax: number };
}

/** An automaton, and the code that was emitted of it. */
export interface Side {
  readonly automaton: Automaton;
  readonly emitted: Emitted;
}

export interface MigrationLimits {
  /** Snapshots of the earlier and of the later revision that are visited. */
  readonly migrationStatesMax: number;
}

export const defaultMigrationLimits: MigrationLimits = { migrationStatesMax: 100_000 };

/** How an entity comes to where it breaks an invariant: what was called before, what it is then, what it becomes, what is called after. */
export interface MigrationRun {
  readonly before: readonly Call[];
  readonly from: Snapshot;
  readonly to: Snapshot;
  readonly after: readonly Call[];
  readonly broken: Snapshot;
}

export type MigrationFinding =
  | { readonly kind: "held"; readonly mapped: number; readonly states: number }
  | {
      readonly kind: "violated";
      readonly invariant: Pick<InvariantDescriptor, "name" | "text" | "source">;
      readonly run: MigrationRun;
    }
  | { readonly kind: "unknown"; readonly reason: string };

/** A function of its input; the run that is found first is one of those with the fewest calls after the migration. */
export function migrationCheck({ earlier, later, taken, bounds, limits }: MigrationInput): MigrationFinding {
  const follows = followedIn(earlier, later, bounds);
  const [before, after] = [searched(earlier, follows.earlier, limits), searched(later, follows.later, limits)];
  const statesMax = limits.migrationStatesMax;
  const left = explore({ ...before, roots: [{ snapshot: earlier.emitted.initial }], statesMax });
  const roots = left.ways.flatMap((way): readonly Way[] => {
    const snapshot = taken(way.snapshot);
    return snapshot === undefined ? [] : [{ snapshot, parent: way }];
  });
  const gone = explore({ ...after, roots, statesMax });
  for (const way of gone.ways) {
    const invariant = later.emitted.invariants.find(({ holds }) => !holds(way.snapshot));
    if (invariant === undefined) continue;
    const { name, text, source } = invariant;
    return { kind: "violated", invariant: { name, text, source }, run: runOf(way, new Set(left.ways)) };
  }
  const reason = left.gap ?? gone.gap ?? before.gaps[0] ?? after.gaps[0];
  if (reason !== undefined) return { kind: "unknown", reason };
  return { kind: "held", mapped: roots.length, states: gone.ways.length };
}

/** What of each side is followed, and how far: what either tells apart, as far as either does, by the name that it has there. */
function followedIn(earlier: Side, later: Side, bounds: BoundOverrides): Record<"earlier" | "later", Followed> {
  const [before, after] = [furthest(earlier, bounds), furthest(later, bounds)];
  const renamed = new Map(
    later.automaton.migration?.variables.flatMap((each) => (each.kind === "rename" ? [[each.variable, each.to]] : [])),
  );
  for (const { name } of earlier.automaton.variables) {
    const to = renamed.get(name) ?? name;
    const [own, next] = [before.get(name), after.get(to)];
    if (own === undefined && next === undefined) continue;
    const far = Math.max(own ?? 0, next ?? 0);
    before.set(name, far);
    if (next !== undefined) after.set(to, far);
  }
  return { earlier: before, later: after };
}

/** Of a number its size, of a list its length; 0 of what has neither. What nothing tells apart is not among them. */
function furthest({ automaton }: Side, bounds: BoundOverrides): Map<string, number> {
  return new Map(
    shapeOf(automaton, bounds).variables.map((shape) => {
      if (shape.kind === "number") return [shape.name, Math.max(shape.high, -shape.low)];
      return [shape.name, shape.kind === "list" ? shape.lengthMax : 0];
    }),
  );
}

function searched({ automaton, emitted }: Side, followed: Followed, { callsMax }: MigrationInput["limits"]) {
  const { calls, gaps } = callsOf(automaton, shapeOf(automaton, followed), callsMax);
  return { emitted, followed, calls, gaps };
}

function runOf(way: Way, earlier: ReadonlySet<Way>): MigrationRun {
  const line = lineOf(way);
  const at = line.findIndex((each) => !earlier.has(each));
  const callsIn = (ways: readonly Way[]): readonly Call[] => ways.flatMap(({ call }) => call ?? []);
  return {
    before: callsIn(line.slice(0, at)),
    from: line[at - 1]?.snapshot ?? way.snapshot,
    to: line[at]?.snapshot ?? way.snapshot,
    after: callsIn(line.slice(at)),
    broken: way.snapshot,
  };
}

function lineOf(way: Way): readonly Way[] {
  const line: Way[] = [];
  for (let each: Way | undefined = way; each !== undefined; each = each.parent) line.push(each);
  return line.reverse();
}
