/** Group read: what is looked up together is one statement, which costs the server and the way there hardly more than one look. */
import { StoreUnavailable } from "../../ports/index.ts";

interface Waiting<Wanted, Found> {
  readonly wanted: Wanted;
  readonly resolve: (found: Found) => void;
  readonly reject: (error: unknown) => void;
}

export interface GroupReadBounds {
  /** Looks that may share a statement. */
  readonly lookedUpMax: number;
  /** Statements that may be under way at once: what comes meanwhile is looked up together after them. */
  readonly underWayMax: number;
}

const defaultBounds: GroupReadBounds = { lookedUpMax: 256, underWayMax: 2 };

/** Everything is looked up after it has been asked for, so nobody is given what was true before they came. */
export class GroupRead<Wanted, Found> {
  readonly #find: (all: readonly Wanted[]) => Promise<readonly Found[]>;
  readonly #bounds: GroupReadBounds;
  #waiting: Waiting<Wanted, Found>[] = [];
  #underWay = 0;
  #isScheduled = false;

  /** `find` answers for all of them, in their order. */
  constructor(find: (all: readonly Wanted[]) => Promise<readonly Found[]>, bounds: Partial<GroupReadBounds> = {}) {
    this.#find = find;
    this.#bounds = { ...defaultBounds, ...bounds };
  }

  /** Resolves with what `find` answers for it; rejects where that fails for it alone too. */
  read(wanted: Wanted): Promise<Found> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ wanted, resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isScheduled || this.#underWay >= this.#bounds.underWayMax) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      void this.#next();
    });
  }

  async #next(): Promise<void> {
    const batch = this.#waiting.splice(0, this.#bounds.lookedUpMax);
    this.#underWay += 1;
    if (this.#waiting.length > 0) this.#schedule();
    await this.#answer(batch);
    this.#underWay -= 1;
    if (this.#waiting.length > 0) this.#schedule();
  }

  /** Where all together fail each is tried alone: one that cannot be looked up is no reason to refuse its neighbours. */
  async #answer(batch: readonly Waiting<Wanted, Found>[]): Promise<void> {
    try {
      const found = await this.#find(batch.map(({ wanted }) => wanted));
      for (const [index, answer] of found.entries()) batch[index]?.resolve(answer);
    } catch (error) {
      if (batch.length === 1 || error instanceof StoreUnavailable) for (const { reject } of batch) reject(error);
      else await Promise.all(batch.map((each) => this.#answer([each])));
    }
  }
}
