/** Keys of snapshots, numbered in the order in which they are added; other threads can look them up between additions. */

export const firstSlots = 2048;

/** A table that is fuller than this is doubled: probes stay short. */
export const loadMax = 0.625;

/** What a table keeps its keys in, slot by slot: key + 1, or 0 where the slot is free, and its index. */
interface KeyWords {
  readonly keys: Float64Array;
  readonly indexes: Uint32Array;
}

/** Open addressing with the keys in the slots themselves, so that a look-up touches one place in memory. */
export class KeyTable {
  size = 0;
  private keys: Float64Array = new Float64Array(firstSlots);
  private indexes: Uint32Array = new Uint32Array(firstSlots);
  private isShared = false;

  get storeBytes(): number {
    return this.keys.byteLength + this.indexes.byteLength;
  }

  /** How many keys there is room for before it grows. */
  get room(): number {
    return this.keys.length * loadMax - this.size;
  }

  /** The index of a key that is new; otherwise −2 − its index. Keys are integers from 0 to 2^53 − 2. */
  add(key: number): number {
    const { keys } = this;
    const mask = keys.length - 1;
    let slot = hashNumber(key) & mask;
    for (let entry = keys[slot]; entry !== 0; entry = keys[slot]) {
      if (entry === key + 1) return -2 - (this.indexes[slot] ?? 0);
      slot = (slot + 1) & mask;
    }
    keys[slot] = key + 1;
    this.indexes[slot] = this.size++;
    if (this.size > keys.length * loadMax) this.grow();
    return this.size - 1;
  }

  /** Takes all keys out and keeps the room. */
  clear(): void {
    this.keys.fill(0);
    this.size = 0;
  }

  /** From now on it stands in memory that threads share; after it has grown, it is to be asked for again. */
  shared(): KeyWords {
    if (!this.isShared) {
      this.isShared = true;
      const { keys, indexes } = this;
      this.allocate(keys.length);
      this.keys.set(keys);
      this.indexes.set(indexes);
    }
    return { keys: this.keys, indexes: this.indexes };
  }

  private allocate(slots: number): void {
    this.keys = this.isShared ? sharedNumbers(slots) : new Float64Array(slots);
    this.indexes = this.isShared ? sharedWords(slots) : new Uint32Array(slots);
  }

  private grow(): void {
    const { keys: oldKeys, indexes: oldIndexes } = this;
    this.allocate(oldKeys.length * 2);
    const { keys, indexes } = this;
    const mask = keys.length - 1;
    for (let old = 0; old < oldKeys.length; old++) {
      const entry = oldKeys[old] ?? 0;
      if (entry === 0) continue;
      let slot = hashNumber(entry - 1) & mask;
      while (keys[slot] !== 0) slot = (slot + 1) & mask;
      keys[slot] = entry;
      indexes[slot] = oldIndexes[old] ?? 0;
    }
  }
}

export function sharedNumbers(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(8 * length));
}

export function sharedWords(length: number): Uint32Array {
  return new Uint32Array(new SharedArrayBuffer(4 * length));
}

export function sharedIntegers(length: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * length));
}

/** The index of a key of the table; absent where it is not there. */
export function indexIn({ keys, indexes }: KeyWords, key: number): number | undefined {
  const mask = keys.length - 1;
  let slot = hashNumber(key) & mask;
  for (let entry = keys[slot]; entry !== 0; entry = keys[slot]) {
    if (entry === key + 1) return indexes[slot] ?? 0;
    slot = (slot + 1) & mask;
  }
  return undefined;
}

/** Both halves of a key of up to 53 bits. */
function hashNumber(key: number): number {
  return mixed(Math.imul((key / 4294967296) | 0, 0x85ebca6b) ^ (key | 0));
}

/** The finaliser of MurmurHash3, by Austin Appleby (public domain): every bit of the input reaches every bit of the result. */
export function mixed(bits: number): number {
  let hash = bits;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
