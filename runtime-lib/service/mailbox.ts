/** A bounded first-in first-out queue. */

export class Mailbox<T> {
  readonly #max: number;
  #items: (T | undefined)[] = [];
  #head = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** False, and nothing is queued, where the mailbox is full. */
  put(item: T): boolean {
    if (this.length >= this.#max) return false;
    this.#items.push(item);
    return true;
  }

  /** The oldest item, which stays where it is. */
  get first(): T | undefined {
    return this.#items[this.#head];
  }

  /** The oldest item, or undefined where there is none. */
  take(): T | undefined {
    const item = this.#items[this.#head];
    if (this.#head >= this.#items.length) return undefined;
    this.#items[this.#head] = undefined;
    this.#head += 1;
    if (this.#head === this.#items.length || this.#head > 1_024) this.#compact();
    return item;
  }

  #compact(): void {
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}
