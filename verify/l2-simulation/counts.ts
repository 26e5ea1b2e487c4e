/** How often a storm took each of the ways that it is there to take. */
import type { ServiceDefinition } from "@temperc/runtime";
import type { Fault } from "../simulated/faults.ts";
import { addedFaults, type FaultCounts, noFaults } from "../simulated/misfortune.ts";

const counted = [
  /** What clients asked, reads among them, and how often they asked again. */
  ...(["requests", "reads", "redeliveries"] as const),
  /** Commits, those refused because another writer was faster, histories read from the journal, and answers that all is full. */
  ...(["commits", "conflicts", "replays", "overloads"] as const),
  /** Deliveries that took effect, timers among them, and those whose process had died since; requests to others. */
  ...(["deliveries", "timers", "timersAfterRestart", "calls"] as const),
  /** Processes that died, by whatever fault, and changes of policies or tables that went through. */
  ...(["crashes", "swaps"] as const),
  "virtualMs",
] as const;

export type Counts = Readonly<Record<(typeof counted)[number], number>> & { readonly faults: FaultCounts };

export const noCounts: Counts = { ...countsOf(() => 0), faults: noFaults };

export function addedCounts(one: Counts, other: Counts): Counts {
  return { ...countsOf((name) => one[name] + other[name]), faults: addedFaults(one.faults, other.faults) };
}

function countsOf(count: (name: (typeof counted)[number]) => number): Omit<Counts, "faults"> {
  // The names are those of the record, each once.
  return Object.fromEntries(counted.map((name) => [name, count(name)])) as Omit<Counts, "faults">;
}

/** What a storm did not try, in words: faults that met nothing, and reactions of the spec that never took place; undefined where it tried all. */
export function untried(
  counts: Counts,
  chosen: readonly Fault[],
  { entityTypes }: ServiceDefinition,
): string | undefined {
  const idle = chosen.filter((fault) => counts.faults[fault] === 0);
  const reactions = entityTypes.flatMap((type) => type.reactions ?? []);
  const deeds = reactions.flatMap(({ triggers }) => triggers.map(({ deed }) => deed.kind));
  const timeouts = reactions.flatMap((each) => each.timeouts);
  const callsOut = deeds.includes("webhook");
  const outgoing = callsOut ? [] : idle.filter((fault) => fault.startsWith("call-"));
  const parts = [
    ...idle.filter((fault) => !outgoing.includes(fault)),
    ...(outgoing.length > 0 ? [`${outgoing.join(", ")} (the spec calls nobody outside)`] : []),
    ...(callsOut && counts.calls === 0 ? ["a webhook"] : []),
    ...(deeds.includes("entity") && counts.deliveries === counts.timers ? ["a trigger"] : []),
    ...(timeouts.length > 0 && counts.timers === 0 ? ["a timer"] : []),
  ];
  return parts.length === 0 ? undefined : `never came up: ${parts.join(", ")}`;
}
