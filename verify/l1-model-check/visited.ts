/** The visited snapshots, packed: one number each where it fits 53 bits, else a few 32-bit words; found again by hashing. */
import type { Snapshot } from "@temperc/runtime";
import { assert } from "../assert.ts";
import { BlockTable } from "./block-table.ts";
import { type Digit, past } from "./digits.ts";
import { firstSlots, KeyTable, loadMax, mixed, sharedWords } from "./key-table.ts";
import { numberPacker, numberUnpacker, type PackNumber, type PackWords, wordPacker } from "./packer.ts";
import type { SharedKeys } from "./shared-keys.ts";

/** What `add` answers for a snapshot past a bound; for one that was there, −2 − its index, or `known` without indexes. */
export const beyond = -1;
export const known = -2;

export interface Visited {
  /** Of the arrays that hold the snapshots. */
  readonly storeBytes: number;
  /** How many snapshots there is room for, before it takes three times `storeBytes` for a moment, and then twice. */
  readonly room: number;
  /** The key of the snapshot that was asked for last, where there is an `unpacker`. */
  readonly lastKey: number;
  /** For other threads to look its keys up in, until the next snapshot is added; absent where it has none. */
  shared(): SharedKeys | undefined;
  /** The same as `add` for a snapshot of which only the key is at hand. There is none past a bound, and none of words. */
  addKey(key: number): number;
  /** Makes snapshots of keys, in what is left out like this one; absent where keys do not say all that was packed. */
  unpacker(like: Snapshot): ((key: number) => Snapshot) | undefined;
  /** The index of a snapshot that is new; otherwise a negative number, see `beyond`. */
  add(snapshot: Snapshot): number;
  /** Says that the next snapshots are reached from this one: many are the same one again, and are found without a look-up. */
  expand(snapshot: Snapshot, index: number): void;
}

/** Up to so many combinations of digits have a bit each, whether or not they are reached: 8 MiB, most of which is never touched. */
const bitsMax = 2 ** 26;

/** `withIndexes` where it is asked later which snapshot one was that is met again. */
export function createVisited(digits: readonly Digit[], { withIndexes }: { readonly withIndexes: boolean }): Visited {
  const combinations = digits.reduce((product, { size }) => product * size, 1);
  if (combinations > Number.MAX_SAFE_INTEGER) return new VisitedWords(digits);
  if (withIndexes) return new VisitedNumbers(digits);
  return new VisitedKeys(digits, combinations <= bitsMax ? new KeyBits(combinations) : new BlockTable());
}

/** Keys of which is only known whether they were met. */
interface KeySet {
  readonly storeBytes: number;
  readonly room: number;
  /** True where the key is new. */
  add(key: number): boolean;
  shared(): SharedKeys;
}

/** Snapshots without their indexes. */
class VisitedKeys implements Visited {
  private size = 0;
  private readonly pack: PackNumber;
  private readonly digits: readonly Digit[];
  private readonly keys: KeySet;
  lastKey = 0;

  constructor(digits: readonly Digit[], keys: KeySet) {
    this.digits = digits;
    this.pack = numberPacker(digits);
    this.keys = keys;
  }

  get storeBytes(): number {
    return this.keys.storeBytes;
  }

  get room(): number {
    return this.keys.room;
  }

  unpacker(like: Snapshot): ((key: number) => Snapshot) | undefined {
    return numberUnpacker(this.digits, like);
  }

  shared(): SharedKeys {
    return this.keys.shared();
  }

  add(snapshot: Snapshot): number {
    const key = this.pack(snapshot);
    return key === past ? beyond : this.addKey(key);
  }

  addKey(key: number): number {
    this.lastKey = key;
    return this.keys.add(key) ? this.size++ : known;
  }

  expand(): void {}
}

/** A bit a combination: those of near snapshots are near each other in memory. */
class KeyBits implements KeySet {
  private bits: Uint32Array;
  readonly room = Number.POSITIVE_INFINITY;

  constructor(combinations: number) {
    this.bits = new Uint32Array(Math.ceil(combinations / 32));
  }

  get storeBytes(): number {
    return this.bits.byteLength;
  }

  add(key: number): boolean {
    const word = this.bits[key >>> 5] ?? 0;
    const bit = 1 << key;
    if ((word & bit) !== 0) return false;
    this.bits[key >>> 5] = word | bit;
    return true;
  }

  shared(): SharedKeys {
    if (!(this.bits.buffer instanceof SharedArrayBuffer)) {
      const { bits } = this;
      this.bits = sharedWords(bits.length);
      this.bits.set(bits);
    }
    return { kind: "bits", bits: this.bits };
  }
}

/** One number a snapshot. */
class VisitedNumbers implements Visited {
  private readonly pack: PackNumber;
  private readonly table = new KeyTable();
  private expandedKey = past;
  private expandedIndex = 0;
  private readonly digits: readonly Digit[];
  lastKey = 0;

  constructor(digits: readonly Digit[]) {
    this.digits = digits;
    this.pack = numberPacker(digits);
  }

  get storeBytes(): number {
    return this.table.storeBytes;
  }

  get room(): number {
    return this.table.room;
  }

  unpacker(like: Snapshot): ((key: number) => Snapshot) | undefined {
    return numberUnpacker(this.digits, like);
  }

  shared(): SharedKeys {
    return { kind: "table", ...this.table.shared() };
  }

  add(snapshot: Snapshot): number {
    const key = this.pack(snapshot);
    if (key === past) return beyond;
    if (key === this.expandedKey) return -2 - this.expandedIndex;
    return this.addKey(key);
  }

  addKey(key: number): number {
    this.lastKey = key;
    return this.table.add(key);
  }

  expand(snapshot: Snapshot, index: number): void {
    this.expandedKey = this.pack(snapshot);
    this.expandedIndex = index;
  }
}

/** The same for snapshots that take several words; these stand in the order of their indexes. */
class VisitedWords implements Visited {
  private size = 0;
  private readonly pack: PackWords;
  private readonly width: number;
  private readonly scratch: Uint32Array;
  private words: Uint32Array;
  /** Index + 1 of the entry, 0 where the slot is free. */
  private slots = new Uint32Array(firstSlots);
  readonly lastKey = 0;

  constructor(digits: readonly Digit[]) {
    const { width, pack } = wordPacker(digits);
    this.pack = pack;
    this.width = width;
    this.scratch = new Uint32Array(width);
    this.words = new Uint32Array(firstSlots * width);
  }

  get storeBytes(): number {
    return this.words.byteLength + this.slots.byteLength;
  }

  get room(): number {
    return this.slots.length * loadMax - this.size;
  }

  unpacker(): undefined {
    return undefined;
  }

  shared(): undefined {
    return undefined;
  }

  addKey(): number {
    assert(false, "a snapshot of several words has no key");
  }

  add(snapshot: Snapshot): number {
    if (!this.pack(snapshot, this.scratch)) return beyond;
    const { slots, width } = this;
    const mask = slots.length - 1;
    let slot = this.hash(this.scratch, 0) & mask;
    for (let entry = slots[slot] ?? 0; entry !== 0; entry = slots[slot] ?? 0) {
      if (this.isScratch((entry - 1) * width)) return -1 - entry;
      slot = (slot + 1) & mask;
    }
    this.words.set(this.scratch, this.size * width);
    slots[slot] = ++this.size;
    if (this.size > slots.length * loadMax) this.grow();
    return this.size - 1;
  }

  expand(): void {}

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
    const slots = new Uint32Array(this.slots.length * 2);
    const mask = slots.length - 1;
    for (let index = 0; index < this.size; index++) {
      let slot = this.hash(words, index * this.width) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = index + 1;
    }
    [this.words, this.slots] = [words, slots];
  }
}
