/** What must hold of an automaton, and the counterexamples that a search found, each replayed through `step`. */
import type { Automaton as Emitted } from "@temperc/runtime";
import type { Automaton, Liveness, Span } from "../../compiler/ir/index.ts";
import { assert } from "../assert.ts";
import { lastSnapshot, replay } from "../replay/replay.ts";
import type { Trace } from "../replay/trace.ts";
import type { Counterexample, Property } from "../verdict.ts";
import type { Lasso } from "./liveness/lasso.ts";
import type { LivenessCheck } from "./liveness/liveness.ts";
import type { Found, Search } from "./search.ts";

/** A property with the place in the search that breaks it. */
interface Broken {
  readonly property: Property;
  readonly found: Found;
  /** Where the run has no end. */
  readonly lasso?: Lasso;
}

export interface Searched {
  readonly automaton: Automaton;
  readonly emitted: Emitted;
  readonly search: Search;
  readonly liveness: LivenessCheck;
  /** `file:line` of a span. */
  readonly sourceOf: (span: Span) => string;
}

/** One counterexample a broken property; the shortest first, and among equals in the order of the spec. */
export function counterexamplesOf(searched: Searched): readonly Counterexample[] {
  const broken = [
    ...brokenInvariants(searched),
    ...deadlocks(searched),
    ...terminalMoves(searched),
    ...brokenLiveness(searched),
  ];
  const counterexamples = broken.map((each) => ({ property: each.property, trace: traceOf(each, searched) }));
  for (const each of counterexamples) confirm(each, searched.emitted);
  return counterexamples.sort((a, b) => a.trace.steps.length - b.trace.steps.length);
}

function traceOf({ found, lasso }: Broken, { emitted, search }: Searched): Trace {
  const path = search.path(found);
  if (lasso === undefined) return replay(emitted, path);
  const callsOf = (moves: readonly number[]) => moves.map((move) => search.callAt(search.moves.callOf(move)));
  const stem = [...path, ...callsOf(lasso.stem)];
  const trace = replay(emitted, [...stem, ...callsOf(lasso.loop)]);
  assert(search.stateOf(lastSnapshot(trace)) === lasso.turn, "the replay of a loop comes back to where it began");
  return { ...trace, loop: stem.length };
}

/** The replay must show what the search saw. */
function confirm({ property, trace }: Counterexample, emitted: Emitted): void {
  if (property.kind !== "invariant") return;
  const invariant = emitted.invariants.find(({ name }) => name === property.name);
  assert(invariant !== undefined && !invariant.holds(lastSnapshot(trace)), `${property.name} holds in the replay`);
}

function brokenInvariants({ emitted, search }: Searched): readonly Broken[] {
  return emitted.invariants.flatMap(({ name, text, source }): readonly Broken[] => {
    const found = search.brokenInvariants.get(name);
    return found === undefined ? [] : [{ property: { kind: "invariant", name, text, source }, found }];
  });
}

function deadlocks({ automaton, search, sourceOf }: Searched): readonly Broken[] {
  const mayStop = new Set([...automaton.terminal, ...automaton.indefinite]);
  return automaton.statuses.flatMap(({ name, span }): readonly Broken[] => {
    const found = search.stuck.get(name);
    if (found === undefined || mayStop.has(name)) return [];
    const text = `${name} is not terminal and may not wait for ever: some action is always possible in it`;
    return [{ property: { kind: "deadlock", name, text, source: sourceOf(span) }, found }];
  });
}

function terminalMoves({ automaton, search, sourceOf }: Searched): readonly Broken[] {
  return automaton.statuses.flatMap(({ name, span }): readonly Broken[] => {
    const found = search.terminalMoves.get(name);
    if (found === undefined) return [];
    const text = `${name} is terminal: no action is possible in it`;
    return [{ property: { kind: "terminal", name, text, source: sourceOf(span) }, found }];
  });
}

function brokenLiveness(searched: Searched): readonly Broken[] {
  const { automaton, sourceOf } = searched;
  return automaton.liveness.flatMap((liveness): readonly Broken[] => {
    const broken = breaks(liveness, searched);
    if (broken === undefined) return [];
    const { kind, name, span } = liveness;
    return [{ property: { kind, name, text: textOf(liveness), source: sourceOf(span) }, ...broken }];
  });
}

function breaks(liveness: Liveness, { search, liveness: check }: Searched): Omit<Broken, "property"> | undefined {
  switch (liveness.kind) {
    case "reaches": {
      const state = check.trap(liveness);
      return state === undefined ? undefined : { found: { state } };
    }
    case "eventually": {
      const found = check.inevitability(liveness);
      return found.kind === "avoided" ? { found: { state: found.lasso.root }, lasso: found.lasso } : undefined;
    }
    case "has-actions": {
      const found = liveness.from.flatMap((status) => search.stuck.get(status) ?? []);
      const [first] = found.sort((a, b) => a.state - b.state);
      return first === undefined ? undefined : { found: first };
    }
  }
}

function textOf(liveness: Liveness): string {
  switch (liveness.kind) {
    case "reaches":
      return `from ${liveness.from.join(", ")} it can still reach ${liveness.targets.join(" or ")}`;
    case "eventually":
      return `from ${liveness.from.join(", ")} it inevitably reaches ${liveness.targets.join(" or ")}`;
    case "has-actions":
      return `in ${liveness.from.join(", ")} some action is possible`;
  }
}
