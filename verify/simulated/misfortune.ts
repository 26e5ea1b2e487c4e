/** Which faults strike, as chance has it, and how often each of them did. */
import type { Chance } from "./chance.ts";
import { type Fault, faultNames, probabilities } from "./faults.ts";

export type FaultCounts = Readonly<Record<Fault, number>>;

export const noFaults: FaultCounts = countsOf(() => 0);

export class Misfortune {
  readonly #chance: Chance;
  readonly #chosen: ReadonlySet<Fault>;
  readonly #met = new Map<Fault, number>();
  /** The storm is over: nothing strikes any more. */
  isOver = false;

  constructor(chance: Chance, chosen: ReadonlySet<Fault>) {
    this.#chance = chance;
    this.#chosen = chosen;
  }

  isChosen(fault: Fault): boolean {
    return this.#chosen.has(fault);
  }

  /** Whether it is to come now. It counts once it has met something: `met`. */
  draws(fault: Fault): boolean {
    const isDrawn = this.#chance.happens(probabilities[fault]);
    return isDrawn && !this.isOver && this.#chosen.has(fault);
  }

  met(fault: Fault): void {
    this.#met.set(fault, (this.#met.get(fault) ?? 0) + 1);
  }

  /** A fault that meets something whenever it comes. */
  strikes(fault: Fault): boolean {
    const strikes = this.draws(fault);
    if (strikes) this.met(fault);
    return strikes;
  }

  get counts(): FaultCounts {
    return countsOf((fault) => this.#met.get(fault) ?? 0);
  }
}

export function addedFaults(one: FaultCounts, other: FaultCounts): FaultCounts {
  return countsOf((fault) => one[fault] + other[fault]);
}

function countsOf(count: (fault: Fault) => number): FaultCounts {
  // The names are those of the record, each once.
  return Object.fromEntries(faultNames.map((fault) => [fault, count(fault)])) as Record<Fault, number>;
}
