/** The mutation report: how many small mistakes in a spec its own properties would catch, and which they would not. */
import type { MutantKind } from "./mutants.ts";

export interface MutationReport {
  /** The automaton's name. */
  readonly subject: string;
  readonly mutants: number;
  /** Caught by an invariant, a liveness property, a deadlock or a terminal status. */
  readonly killed: number;
  /** Not to be told from the original by any call: no property could catch them, and they do not count. */
  readonly equivalent: number;
  /** Held by every property: nothing protects what they change. */
  readonly survivors: readonly Survivor[];
  /** Not caught as far as could be decided. */
  readonly undecided: readonly Survivor[];
  /** Mutants that were not tried, because it was stopped. */
  readonly untried: number;
}

export interface Survivor {
  readonly kind: MutantKind;
  readonly action: string;
  readonly change: string;
  /** `file:line` in the spec. */
  readonly source: string;
}

/** Killed of those that could be, from 0 to 1; undefined where there was none to kill. */
export function score({ mutants, killed, equivalent, untried }: Omit<MutationReport, "subject">): number | undefined {
  const all = mutants - equivalent - untried;
  return all === 0 ? undefined : killed / all;
}

/** The sum over all automata. */
export function total(reports: readonly MutationReport[]): Omit<MutationReport, "subject"> {
  const sum = (of: (report: MutationReport) => number): number => reports.reduce((all, each) => all + of(each), 0);
  return {
    mutants: sum(({ mutants }) => mutants),
    killed: sum(({ killed }) => killed),
    equivalent: sum(({ equivalent }) => equivalent),
    survivors: reports.flatMap(({ survivors }) => survivors),
    undecided: reports.flatMap(({ undecided }) => undecided),
    untried: sum(({ untried }) => untried),
  };
}
