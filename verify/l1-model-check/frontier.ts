/** The snapshots that were met and not expanded yet, first come first served: as their keys where these say all, else as they are. */
import type { Snapshot } from "@temperc/runtime";
import { assert } from "../assert.ts";
import { sharedNumbers } from "./key-table.ts";
import type { Visited } from "./visited.ts";

export interface Frontier {
  /** About what one of them takes. */
  readonly bytesEach: number;
  /** The snapshot that the visited set was asked for last; it need not be given where keys say all. */
  push(snapshot?: Snapshot): void;
  /** The oldest, which is gone then. There must be one. */
  shift(): Snapshot;
  /** The keys of the oldest, which are gone then, for threads to share. There must be so many, and keys that say all. */
  take(count: number): Float64Array;
}

/** A header, and a pointer or small number a field. */
export function createFrontier(visited: Visited, like: Snapshot): Frontier {
  const unpack = visited.unpacker(like);
  const bytesEach = 32 + 8 * Object.keys(like).length;
  return unpack === undefined ? new WholeFrontier(bytesEach) : new KeyFrontier(visited, unpack);
}

const chunkLength = 8_192;

/** Snapshots that wait as numbers are nothing that the garbage collector has to copy. */
class KeyFrontier implements Frontier {
  readonly bytesEach = 8;
  private readonly visited: Visited;
  private readonly unpack: (key: number) => Snapshot;
  private readonly chunks: Float64Array<ArrayBuffer>[] = [];
  private first = new Float64Array(chunkLength);
  private last = this.first;
  private start = 0;
  private end = 0;

  constructor(visited: Visited, unpack: (key: number) => Snapshot) {
    this.visited = visited;
    this.unpack = unpack;
  }

  push(): void {
    if (this.end === chunkLength) {
      this.last = new Float64Array(chunkLength);
      this.chunks.push(this.last);
      this.end = 0;
    }
    this.last[this.end++] = this.visited.lastKey;
  }

  shift(): Snapshot {
    return this.unpack(this.shiftKey());
  }

  take(count: number): Float64Array {
    const keys = sharedNumbers(count);
    for (let index = 0; index < count; index++) keys[index] = this.shiftKey();
    return keys;
  }

  private shiftKey(): number {
    if (this.start === chunkLength) {
      const next = this.chunks.shift();
      assert(next !== undefined, "a snapshot waits");
      this.first = next;
      this.start = 0;
    }
    return this.first[this.start++] ?? 0;
  }
}

class WholeFrontier implements Frontier {
  readonly bytesEach: number;
  private front: Snapshot[] = [];
  private back: Snapshot[] = [];

  constructor(bytesEach: number) {
    this.bytesEach = bytesEach;
  }

  push(snapshot?: Snapshot): void {
    assert(snapshot !== undefined, "a snapshot without a key waits as it is");
    this.back.push(snapshot);
  }

  shift(): Snapshot {
    if (this.front.length === 0) [this.front, this.back] = [this.back.reverse(), []];
    const snapshot = this.front.pop();
    assert(snapshot !== undefined, "a snapshot waits");
    return snapshot;
  }

  take(): never {
    assert(false, "these snapshots have no keys that say all");
  }
}
