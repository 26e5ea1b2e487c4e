/** Actions that ask for each other in a circle: unless a guard ends it, the cascade goes on until its limit. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/span.ts";
import { askedBy } from "../ir/asked.ts";
import type { Automaton } from "../ir/automaton.ts";

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly span: Span;
}

/** Reports `check/trigger-cycle` once for each circle, where its first action asks. Timers are no part of one: they wait. */
export function checkCycles(automata: readonly Automaton[], report: Report): void {
  const edges = automata.flatMap(edgesOf);
  const told = new Set<string>();
  for (const edge of edges) {
    const path = pathBetween(edge.to, edge.from, edges);
    if (path === undefined) continue;
    const circle = [edge.from, ...path];
    const identity = [...new Set(circle)].sort().join();
    if (told.has(identity)) continue;
    told.add(identity);
    report("check/trigger-cycle", edge.span, { path: circle.join(" → ") });
  }
}

function edgesOf(automaton: Automaton): readonly Edge[] {
  return askedBy(automaton).flatMap(({ by, entityType, action, source, span }) => {
    if (source === undefined || by === "schedule") return [];
    return [{ from: `${automaton.name}.${source}`, to: `${entityType}.${action}`, span }];
  });
}

/** The actions from one to another, both included, over the fewest steps. */
function pathBetween(start: string, end: string, edges: readonly Edge[]): readonly string[] | undefined {
  const before = new Map<string, string | undefined>([[start, undefined]]);
  for (const [node] of before) {
    if (node === end) return walkBack(node, before);
    for (const { from, to } of edges) if (from === node && !before.has(to)) before.set(to, node);
  }
  return undefined;
}

function walkBack(end: string, before: ReadonlyMap<string, string | undefined>): readonly string[] {
  const path: string[] = [];
  for (let node: string | undefined = end; node !== undefined; node = before.get(node)) path.unshift(node);
  return path;
}
