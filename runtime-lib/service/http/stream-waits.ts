/** What a stream waits for: that there is more to tell, and that its reader takes what it was told. */
import type { ServerResponse } from "node:http";

/** Remembers that it was woken while nobody waited. */
export class Wakeful {
  #isWoken = false;
  #wake: (() => void) | undefined;

  wake(): void {
    this.#isWoken = true;
    this.#wake?.();
  }

  /** Resolves `batchMs` after it is woken, so that what comes close together is taken together. */
  async wait(batchMs: number): Promise<void> {
    if (!this.#isWoken) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    this.#isWoken = false;
    await new Promise<void>((resolve) => {
      setTimeout(resolve, batchMs);
    });
  }
}

/** True when the reader has taken what was written, false where it has not in that time or is gone. */
export function isDrained(raw: ServerResponse, stallMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (drained: boolean): void => {
      clearTimeout(timer);
      raw.off("drain", drain).off("close", close);
      resolve(drained);
    };
    const drain = (): void => end(true);
    const close = (): void => end(false);
    const timer = setTimeout(() => end(false), stallMs);
    raw.on("drain", drain).on("close", close);
  });
}
