/** The snapshots that were met and not expanded yet, first come first served: as their keys where these say all, else as they are. */
import type { Snapshot } from "@temperc/runtime";
import { assert } from "../assert.ts";
import type { Visited } from "./visited.ts";

export interface Frontier {
  /** About what one of them takes. */
  readonly bytesEach: number;
  /** The snapshot that the visited set was asked for last. */
  push(snapshot: Snapshot): void;
  /** The oldest, which is gone then. There must be one. */
  shift(): Snapshot;
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
    if (this.start === chunkLength) {
      const next = this.chunks.shift();
      assert(next !== undefined, "a snapshot waits");
      this.first = next;
      this.start = 0;
    }
    return this.unpack(this.first[this.start++] ?? 0);
  }
}

class WholeFrontier implements Frontier {
  readonly bytesEach: number;
  private front: Snapshot[] = [];
  private back: Snapshot[] = [];

  constructor(bytesEach: number) {
    this.bytesEach = bytesEach;
  }

  push(snapshot: Snapshot): void {
    this.back.push(snapshot);
  }

  shift(): Snapshot {
    if (this.front.length === 0) [this.front, this.back] = [this.back.reverse(), []];
    const snapshot = this.front.pop();
    assert(snapshot !== undefined, "a snapshot waits");
    return snapshot;
  }
}
