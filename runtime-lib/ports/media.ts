/** Media: the bytes of streams, which stand beside the values of an entity and are written in the transaction of its event. */
import type { EntityRef } from "./store.ts";

export interface MediaContent {
  /** SHA-256, base64url without padding. */
  readonly hash: string;
  readonly bytes: Uint8Array;
}

/** What a commit leaves at one stream of its entity; null where nothing is left. */
export interface MediaChange {
  readonly property: string;
  readonly content: MediaContent | null;
}

export interface Media {
  /** The bytes at that stream; undefined where there are none by now, or others than of that hash. */
  find(ref: EntityRef, property: string, hash: string): Promise<Uint8Array | undefined>;
}
