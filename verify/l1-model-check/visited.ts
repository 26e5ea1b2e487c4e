/** The visited snapshots, packed: one number each where it fits 53 bits, else a few 32-bit words; found again by hashing. */
import type { Snapshot } from "@temperc/runtime";
import { type Digit, past } from "./digits.ts";

/** What `add` answers for a snapshot past a bound; for one that was there, −2 − its index. */
export const beyond = -1;

export interface Visited {
  readonly size: number;
  /** Of the arrays that hold the snapshots. */
  readonly storeBytes: number;
  /** The index of a snapshot that is new; otherwise a negative number, see `beyond`. */
  add(snapshot: Snapshot): number;
}

const firstCapacity = 1024;

/** Slots for two entries each: chains stay short, and an entry costs 8 bytes of slots at most. */
const slotsPerEntry = 2;

export function createVisited(digits: readonly Digit[]): Visited {
  const combinations = digits.reduce((product, { size }) => product * size, 1);
  return combinations <= Number.MAX_SAFE_INTEGER ? new VisitedNumbers(digits) : new VisitedWords(digits);
}

/** Mixed radix: the digits of a snapshot as one integer of at most 53 bits. */
class VisitedNumbers implements Visited {
  size = 0;
  private readonly digits: readonly Digit[];
  private keys = new Float64Array(firstCapacity);
  /** Index + 1 of the entry, 0 where the slot is free. */
  private slots = new Int32Array(firstCapacity * slotsPerEntry);

  constructor(digits: readonly Digit[]) {
    this.digits = digits;
  }

  get storeBytes(): number {
    return this.keys.byteLength + this.slots.byteLength;
  }

  add(snapshot: Snapshot): number {
    let key = 0;
    for (const { name, size, digitOf } of this.digits) {
      const digit = digitOf(snapshot[name] ?? null);
      if (digit === past) return beyond;
      key = key * size + digit;
    }
    return this.addKey(key);
  }

  private addKey(key: number): number {
    const { keys, slots } = this;
    const mask = slots.length - 1;
    let slot = hashNumber(key) & mask;
    for (let entry = slots[slot] ?? 0; entry !== 0; entry = slots[slot] ?? 0) {
      if (keys[entry - 1] === key) return -1 - entry;
      slot = (slot + 1) & mask;
    }
    if (this.size === keys.length) {
      this.grow();
      return this.addKey(key);
    }
    keys[this.size] = key;
    slots[slot] = this.size + 1;
    return this.size++;
  }

  private grow(): void {
    const keys = new Float64Array(this.keys.length * 2);
    keys.set(this.keys);
    const slots = new Int32Array(this.slots.length * 2);
    const mask = slots.length - 1;
    for (let index = 0; index < this.size; index++) {
      let slot = hashNumber(keys[index] ?? 0) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = index + 1;
    }
    this.keys = keys;
    this.slots = slots;
  }
}

function hashNumber(key: number): number {
  return mixed(Math.imul((key / 4294967296) | 0, 0x85ebca6b) ^ (key | 0));
}

/** The finaliser of MurmurHash3, by Austin Appleby (public domain): every bit of the input reaches every bit of the result. */
function mixed(bits: number): number {
  let hash = bits;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

interface PackedDigit extends Digit {
  readonly word: number;
  readonly factor: number;
}

/** Digits side by side in 32-bit words; none is split over two. */
class VisitedWords implements Visited {
  size = 0;
  private readonly digits: readonly PackedDigit[];
  private readonly width: number;
  private readonly scratch: Uint32Array;
  private words: Uint32Array;
  private slots = new Int32Array(firstCapacity * slotsPerEntry);

  constructor(digits: readonly Digit[]) {
    this.digits = packed(digits);
    this.width = (this.digits.at(-1)?.word ?? 0) + 1;
    this.scratch = new Uint32Array(this.width);
    this.words = new Uint32Array(firstCapacity * this.width);
  }

  get storeBytes(): number {
    return this.words.byteLength + this.slots.byteLength;
  }

  add(snapshot: Snapshot): number {
    const { scratch } = this;
    scratch.fill(0);
    for (const { name, digitOf, word, factor } of this.digits) {
      const digit = digitOf(snapshot[name] ?? null);
      if (digit === past) return beyond;
      scratch[word] = (scratch[word] ?? 0) + digit * factor;
    }
    return this.addScratch();
  }

  private addScratch(): number {
    const { slots, width } = this;
    const mask = slots.length - 1;
    let slot = this.hash(this.scratch, 0) & mask;
    for (let entry = slots[slot] ?? 0; entry !== 0; entry = slots[slot] ?? 0) {
      if (this.isScratch((entry - 1) * width)) return -1 - entry;
      slot = (slot + 1) & mask;
    }
    if (this.size * width === this.words.length) {
      this.grow();
      return this.addScratch();
    }
    this.words.set(this.scratch, this.size * width);
    slots[slot] = this.size + 1;
    return this.size++;
  }

  private isScratch(start: number): boolean {
    for (let word = 0; word < this.width; word++) if (this.words[start + word] !== this.scratch[word]) return false;
    return true;
  }

  private hash(words: Uint32Array, start: number): number {
    let hash = 0;
    for (let word = 0; word < this.width; word++) hash = mixed(Math.imul(hash, 31) ^ (words[start + word] ?? 0));
    return hash;
  }

  private grow(): void {
    const words = new Uint32Array(this.words.length * 2);
    words.set(this.words);
    const slots = new Int32Array(this.slots.length * 2);
    const mask = slots.length - 1;
    for (let index = 0; index < this.size; index++) {
      let slot = this.hash(words, index * this.width) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = index + 1;
    }
    this.words = words;
    this.slots = slots;
  }
}

/** Each digit in the first word that has room after the digit before it. */
function packed(digits: readonly Digit[]): readonly PackedDigit[] {
  let word = 0;
  let factor = 1;
  return digits.map((digit) => {
    if (factor * digit.size > 2 ** 32) {
      word++;
      factor = 1;
    }
    const place = { ...digit, word, factor };
    factor *= digit.size;
    return place;
  });
}
