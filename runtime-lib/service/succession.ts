/** Which revision is live and which is to follow, and what calls of an earlier one may still write: nothing that the later has no place for. */
import { fitValues, type Values } from "../kernel/index.ts";
import { crossViolation } from "./cross-invariants.ts";
import { statusOf } from "./evaluate.ts";
import type { Part } from "./parts.ts";
import { brokenPromise } from "./promises.ts";
import type { Readings } from "./readings.ts";
import type { EntityType, Revision } from "./revision.ts";
import { newAcross, newPromises } from "./tightened.ts";

export class Succession {
  #current: Revision;
  #next: Revision | undefined;
  #isSpoilt = false;

  constructor(current: Revision) {
    this.#current = current;
  }

  /** The revision that is live. */
  get current(): Revision {
    return this.#current;
  }

  /** True where, since `next` was announced, calls have made of an entity what it has no place for. */
  get isSpoilt(): boolean {
    return this.#isSpoilt;
  }

  /** From now on, what calls would write is held to what this revision promises, too: it is to be the live one. */
  announce(next: Revision): void {
    this.#next = next;
    this.#isSpoilt = false;
  }

  /** It is not to be, or not so. */
  withdraw(): void {
    this.#next = undefined;
  }

  takeOver(next: Revision): void {
    this.#current = next;
    this.#next = undefined;
  }

  /** True where a commit of that revision has no promises to keep but its own. */
  isSettled(revision: Revision): boolean {
    return revision === this.#current && this.#next === undefined;
  }

  /**
   * To be asked by every commit that is not settled, before it is made: true where it may be. It may not where the revision
   * that has taken over meanwhile has no place for it: then the call is to be served by that one.
   */
  async permits(revision: Revision, parts: readonly Part[], readings: Readings): Promise<boolean> {
    for (;;) {
      const [current, next] = [this.#current, this.#next];
      const isBarred = revision !== current && (await hasNoPlace(revision, current, parts, readings));
      const isSpoiling = !isBarred && next !== undefined && (await hasNoPlace(revision, next, parts, readings));
      if (current !== this.#current || next !== this.#next) continue;
      if (isSpoiling) this.#isSpoilt = true;
      return !isBarred;
    }
  }
}

async function hasNoPlace(
  earlier: Revision,
  later: Revision,
  parts: readonly Part[],
  readings: Readings,
): Promise<boolean> {
  for (const { ref, change } of parts) {
    const [before, after] = [earlier.type(ref.entityType), later.type(ref.entityType)];
    if (change.after === undefined) continue;
    if (before === undefined || after === undefined || breaks(before, after, change.after)) return true;
  }
  if (newAcross(earlier.definition, later.definition).length === 0) return false;
  return (await crossViolation(later, parts, readings)) !== undefined;
}

function breaks(earlier: EntityType, later: EntityType, values: Values): boolean {
  const fitted = fitValues(later.descriptor, values);
  const { statusProperty, automaton } = later.descriptor;
  const status = statusOf(statusProperty, fitted);
  if (status !== null && automaton?.statuses.includes(status) === false) return true;
  return brokenPromise(later, newPromises(earlier.descriptor, later.descriptor), fitted) !== undefined;
}
