/** A set of keys as bits of blocks: near snapshots share a block, so that the blocks of a large search fit a processor's cache. */
import { firstSlots, loadMax, mixed, sharedIntegers } from "./key-table.ts";

/** A slot has four words: its block's number in two halves, and a bit for each of the block's 64 keys. Without bits it is free. */
const slotWords = 4;

export interface SharedBlocks {
  readonly kind: "blocks";
  readonly words: Int32Array;
}

export class BlockTable {
  private words: Int32Array = new Int32Array(firstSlots * slotWords);
  private blocks = 0;
  private isShared = false;

  get storeBytes(): number {
    return this.words.byteLength;
  }

  /** How many keys there is room for before it grows, though each were in a block of its own. */
  get room(): number {
    return (this.words.length / slotWords) * loadMax - this.blocks;
  }

  /** True where the key is new. Keys are integers from 0 to 2^53 − 1. */
  add(key: number): boolean {
    const { words } = this;
    const [low, high] = [lowOf(key), highOf(key)];
    const slot = slotOf(words, low, high);
    const place = slot + placeOf(key);
    const word = words[place] ?? 0;
    const bit = 1 << key;
    if ((word & bit) !== 0) return false;
    if (isFree(words, slot)) this.begin(slot, low, high);
    words[place] = word | bit;
    if (this.room < 0) this.grow();
    return true;
  }

  /** From now on it stands in memory that threads share; after it has grown, it is to be asked for again. */
  shared(): SharedBlocks {
    if (!this.isShared) {
      this.isShared = true;
      const { words } = this;
      this.words = sharedIntegers(words.length);
      this.words.set(words);
    }
    return { kind: "blocks", words: this.words };
  }

  private begin(slot: number, low: number, high: number): void {
    this.words[slot] = low;
    this.words[slot + 1] = high;
    this.blocks++;
  }

  private grow(): void {
    const { words: old } = this;
    const length = old.length * 2;
    const words = this.isShared ? sharedIntegers(length) : new Int32Array(length);
    for (let from = 0; from < old.length; from += slotWords) {
      if (isFree(old, from)) continue;
      const slot = slotOf(words, old[from] ?? 0, old[from + 1] ?? 0);
      for (let word = 0; word < slotWords; word++) words[slot + word] = old[from + word] ?? 0;
    }
    this.words = words;
  }
}

export function isInBlocks({ words }: SharedBlocks, key: number): boolean {
  const slot = slotOf(words, lowOf(key), highOf(key));
  return ((words[slot + placeOf(key)] ?? 0) & (1 << key)) !== 0;
}

/** The number of the key's block is the key without its last six bits. */
function lowOf(key: number): number {
  return (key >>> 6) | (upperHalf(key) << 26);
}

function highOf(key: number): number {
  return upperHalf(key) >>> 6;
}

function upperHalf(key: number): number {
  return (key / 4294967296) | 0;
}

/** Which word of the slot has the key's bit. */
function placeOf(key: number): number {
  return 2 + ((key >>> 5) & 1);
}

/** Where the block is, or the free slot where it would be. */
function slotOf(words: Int32Array, low: number, high: number): number {
  const mask = words.length - 1;
  let slot = Math.imul(mixed(Math.imul(high, 0x85ebca6b) ^ low), slotWords) & mask;
  while (!(words[slot] === low && words[slot + 1] === high) && !isFree(words, slot)) slot = (slot + slotWords) & mask;
  return slot;
}

function isFree(words: Int32Array, slot: number): boolean {
  return ((words[slot + 2] ?? 0) | (words[slot + 3] ?? 0)) === 0;
}
