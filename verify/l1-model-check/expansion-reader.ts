/** An expansion, read snapshot by snapshot by the search that takes it in. */
import type { Expansion, Sighting } from "./expander.ts";

export class ExpansionReader {
  /** Which of the snapshots is read; it goes up by one from 0, and each of the functions below is called once for each. */
  at = 0;
  private readonly expansion: Expansion;
  /** What the search made of the fresh keys so far, as the visited set would answer for them now. */
  private readonly answers: Int32Array;
  private freshNext = 0;
  private moveNext = 0;
  private sightingNext = 0;

  constructor(expansion: Expansion) {
    this.expansion = expansion;
    this.answers = new Int32Array(expansion.freshKeys.length);
  }

  get status(): number {
    return this.expansion.statuses[this.at] ?? 0;
  }

  get moved(): number {
    return this.expansion.moved[this.at] ?? 0;
  }

  eachSighting(tell: (sighting: Sighting) => void): void {
    const { sightings } = this.expansion;
    for (let next = sightings[this.sightingNext]; next?.at === this.at; next = sightings[++this.sightingNext])
      tell(next);
  }

  /** `add` gives what the visited set answers. */
  eachFresh(add: (key: number, call: number) => number): void {
    const { fresh, freshKeys, freshCalls } = this.expansion;
    const end = this.freshNext + (fresh[this.at] ?? 0);
    for (; this.freshNext < end; this.freshNext++) {
      this.answers[this.freshNext] = add(freshKeys[this.freshNext] ?? 0, freshCalls[this.freshNext] ?? 0);
    }
  }

  /** After `eachFresh`. */
  eachMove(tell: (answer: number, call: number) => void): void {
    const { answers, calls } = this.expansion;
    const end = this.moveNext + this.moved;
    for (; this.moveNext < end; this.moveNext++) {
      const answer = answers[this.moveNext] ?? 0;
      tell(answer < 0 ? answer : (this.answers[answer] ?? 0), calls[this.moveNext] ?? 0);
    }
  }
}
