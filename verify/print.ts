/** Verdicts as text for people: a line a level, then what keeps it from being certain, then each counterexample as a table. */
import { grouped } from "./grouped.ts";
import { type Paint, paintIn } from "./paint.ts";
import { printRun } from "./print-runs.ts";
import { printStorm } from "./print-storm.ts";
import { printCounterexample } from "./print-trace.ts";
import { visible } from "./print-value.ts";
import type {
  Bound,
  CaseFacts,
  CompositionFacts,
  Facts,
  Level,
  ProofFacts,
  Proved,
  SearchFacts,
  StormFacts,
  Verdict,
} from "./verdict.ts";

const titles: Readonly<Record<Exclude<Level, "composition">, string>> = {
  L0: "L0 Symbolic",
  L1: "L1 Model check",
  L2: "L2 Simulation",
  L3: "L3 Property",
};
const titleWidth = Math.max(...Object.values(titles).map((title) => title.length));

/** The text form; ends with a line break. Levels that are not built say so and are never called passed. */
export function printVerdicts(verdicts: readonly Verdict[], options: { readonly color: boolean }): string {
  const paint = paintIn(options.color);
  const subjects = verdicts.filter(({ level }) => level !== "composition").map(({ subject }) => visible(subject));
  const width = Math.max(0, ...subjects.map((subject) => subject.length));
  const lines = verdicts.flatMap((verdict, index) => {
    const isFirst = verdicts[index - 1]?.subject !== verdict.subject;
    return verdictLines(verdict, heading(verdict, isFirst, width), paint);
  });
  const traces = verdicts.flatMap(({ outcome }) => (outcome.kind === "violated" ? outcome.counterexamples : []));
  const runs = verdicts.flatMap(({ outcome }) => (outcome.kind === "violated" ? (outcome.runs ?? []) : []));
  const storms = verdicts.flatMap(({ outcome }) => (outcome.kind === "violated" ? (outcome.storm ?? []) : []));
  const shown = [
    ...[...new Set(traces)].map((each) => printCounterexample(each, paint)),
    ...runs.map((each) => printRun(each, paint)),
    ...[...new Set(storms)].map((each) => printStorm(each, paint)),
  ];
  return [`${lines.join("\n")}\n`, ...shown].join("\n");
}

interface Heading {
  readonly text: string;
  /** How far the lines below it are set in. */
  readonly indent: number;
}

/** The subject stands on the first of its lines only. */
function heading({ level, subject }: Verdict, isFirst: boolean, width: number): Heading {
  if (level === "composition") return { text: `composition (${visible(subject)})`, indent: 2 };
  const name = (isFirst ? visible(subject) : "").padEnd(width);
  return { text: `${name}  ${titles[level].padEnd(titleWidth)}`, indent: width + titleWidth + 4 };
}

function verdictLines({ outcome }: Verdict, { text, indent }: Heading, paint: Paint): readonly string[] {
  const below = (line: string): string => " ".repeat(indent) + line;
  switch (outcome.kind) {
    case "not-available":
      return [`${text}  ${paint("faint", "not available")}`];
    case "held":
      return [
        `${text}  ${paint("held", "PASSED")}  ${printFacts(outcome.facts)}`,
        ...lemmaLines(outcome.facts, paint).map(below),
        ...outcome.notes.map((note) => below(printNote(note, paint))),
      ];
    case "unknown":
      return [
        `${text}  ${paint("unknown", "UNKNOWN")}  ${printFacts(outcome.facts)}`,
        ...outcome.reasons.map((reason) => below(`${paint("unknown", "because:")} ${visible(reason)}`)),
        ...lemmaLines(outcome.facts, paint).map(below),
        ...outcome.notes.map((note) => below(printNote(note, paint))),
      ];
    case "violated":
      return [
        `${text}  ${paint("violated", "FAILED")}  ${printFacts(outcome.facts)}`,
        ...outcome.reasons.map((reason) => below(`${paint("unknown", "not all:")} ${visible(reason)}`)),
        ...lemmaLines(outcome.facts, paint).map(below),
        ...outcome.notes.map((note) => below(printNote(note, paint))),
      ];
  }
}

function printNote(note: string, paint: Paint): string {
  return `${paint("faint", "note:")} ${visible(note)}`;
}

function printFacts(facts: Facts): string {
  switch (facts.kind) {
    case "proof":
      return printProof(facts);
    case "search":
      return printSearch(facts);
    case "storm":
      return printStormFacts(facts);
    case "cases":
      return printCases(facts);
    case "composition":
      return printComposition(facts);
  }
}

/** `11 guards reachable, 4 invariants proved (3 inductive, 1 strengthened)`. */
function printProof({ guards, guardsReached, invariants, proved }: ProofFacts): string {
  const reached = guards === 0 ? [] : [`${outOf(guardsReached, guards, "guard")} reachable`];
  if (invariants === 0) return [...reached, "no invariants"].join(", ");
  const ways = (["inductive", "strengthened", "searched"] as const).flatMap((how) => {
    const count = proved.filter((each) => each.how === how).length;
    return count === 0 ? [] : [`${count} ${howProved[how]}`];
  });
  const how = ways.length === 0 ? "" : ` (${ways.join(", ")})`;
  return [...reached, `${outOf(proved.length, invariants, "invariant")} proved${how}`].join(", ");
}

const howProved: Readonly<Record<Proved["how"], string>> = {
  inductive: "inductive",
  strengthened: "strengthened",
  searched: "by exhaustive search",
};

function outOf(count: number, all: number, noun: string): string {
  return count === all ? counted(all, noun) : `${count} of ${counted(all, noun)}`;
}

/** What was found to hold besides, each once. */
function lemmaLines(facts: Facts, paint: Paint): readonly string[] {
  if (facts.kind !== "proof") return [];
  const lemmas = new Set(facts.proved.flatMap(({ by }) => by));
  return [...lemmas].map((lemma) => `${paint("faint", "with:")} ${visible(lemma)}`);
}

function printSearch({ states, transitions, bounds }: SearchFacts): string {
  const counts = [counted(states, "state"), counted(transitions, "transition")];
  const limits = bounds.length === 0 ? [] : [`bounds ${bounds.map(printBound).join(" ")}`];
  return [...counts, ...limits].join(", ");
}

function printStormFacts({ seeds, steps, ...counts }: StormFacts): string {
  const { requests, crashes, redeliveries, conflicts, deliveries, timers, swaps } = counts;
  const runs = `${counted(seeds, "seed")} × ${counted(steps, "step")}`;
  const faults = [counted(crashes, "crash", "crashes"), counted(redeliveries, "redelivery", "redeliveries")];
  const ways = [
    counted(conflicts, "conflict"),
    counted(deliveries, "delivery", "deliveries"),
    counted(timers, "timer"),
  ];
  return [runs, counted(requests, "request"), ...faults, ...ways, counted(swaps, "swap")].join(", ");
}

function printCases({ cases, requests, accepted }: CaseFacts): string {
  return `${counted(cases, "case")}, ${counted(requests, "request")}, ${grouped(accepted)} accepted`;
}

function printComposition({ groups, states, instances }: CompositionFacts): string {
  if (groups.length === 0) return "nothing between entities can fail";
  return `${counted(states, "joint state")}, up to ${counted(instances, "instance")} of each type`;
}

/** `items≤4`; with a `+` where larger values were followed as that one. */
function printBound({ name, low, high, past }: Bound): string {
  const below = low === undefined ? "" : `${low}≤`;
  return visible(`${below}${name}≤${high}${past === "merged" ? "+" : ""}`);
}

function counted(count: number, noun: string, nouns = `${noun}s`): string {
  return `${grouped(count)} ${count === 1 ? noun : nouns}`;
}
