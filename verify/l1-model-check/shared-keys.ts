/** What other threads look keys up in: it is read only while nobody adds to it. */
import { isInBlocks, type SharedBlocks } from "./block-table.ts";
import { indexIn } from "./key-table.ts";

export type SharedKeys =
  /** A bit a key, at its place. */
  | { readonly kind: "bits"; readonly bits: Uint32Array }
  | SharedBlocks
  | { readonly kind: "table"; readonly keys: Float64Array; readonly indexes: Uint32Array };

/** What a look-up answers for a key that is not there. Any other answer is −2 − the key's index, or −2 where it has none. */
export const absent = 0;

/** As `add` would answer, but that a key which is not there stays away: see `absent`. */
export function lookUp(shared: SharedKeys, key: number): number {
  switch (shared.kind) {
    case "bits":
      return ((shared.bits[key >>> 5] ?? 0) & (1 << key)) === 0 ? absent : -2;
    case "blocks":
      return isInBlocks(shared, key) ? -2 : absent;
    case "table": {
      const index = indexIn(shared, key);
      return index === undefined ? absent : -2 - index;
    }
  }
}
