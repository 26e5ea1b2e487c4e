/** Other threads that help with a large search. What comes of it is the same, to the last byte, however many there are. */
import type { Automaton } from "../../compiler/ir/index.ts";
import type { Expander, Expansion } from "./expander.ts";
import type { BoundOverrides } from "./shape.ts";
import type { SharedKeys } from "./shared-keys.ts";

/** The port of the threads: where there is none, a search is alone. */
export interface Crew {
  /** Lets each thread get ready with `expanderFor` of the task; the search goes on alone meanwhile. */
  readonly open: (task: CrewTask) => Promise<OpenCrew>;
}

/** From which every thread makes the same expander: it can be sent as it is. */
export interface CrewTask {
  readonly automaton: Automaton;
  readonly bounds: BoundOverrides;
  readonly callsMax: number;
}

export interface OpenCrew {
  /** One promise a thread, of what its `expandBlocks` of the round gives. */
  readonly expand: (round: Round) => readonly Promise<readonly Block[]>[];
  readonly close: () => Promise<void>;
}

/** Snapshots to be expanded by whoever has time: everything in it is in shared memory. */
export interface Round {
  readonly keys: Float64Array;
  /** The index of the first of them among all states; the others follow. */
  readonly first: number;
  readonly blockStates: number;
  /** The number of the next block that nobody has begun. */
  readonly next: Uint32Array;
  readonly shared: SharedKeys;
}

export interface Block {
  readonly number: number;
  readonly expansion: Expansion;
}

/** Expands blocks of a round until there are no more. Each expander gets them in their order, and others those between. */
export function expandBlocks(expander: Expander, { keys, first, blockStates, next, shared }: Round): readonly Block[] {
  const blocks: Block[] = [];
  for (;;) {
    const number = Atomics.add(next, 0, 1);
    const start = number * blockStates;
    if (start >= keys.length) return blocks;
    const block = keys.subarray(start, start + blockStates);
    blocks.push({ number, expansion: expander.expand(block, first + start, shared) });
  }
}
