/** Who expands the snapshots of a search: one thread alone, and once it is large, all that there are. */
import type { Automaton } from "../../compiler/ir/index.ts";
import { type Block, type Crew, expandBlocks, type OpenCrew, type Round } from "./crew.ts";
import { createExpander, type Expander, type ExpanderInput } from "./expander.ts";
import { sharedWords } from "./key-table.ts";
import type { Search } from "./search.ts";
import type { BoundOverrides } from "./shape.ts";

/** Calls of `step` in one go of a thread that is alone. */
const batchStepsMax = 100_000;

/** Calls that a block tries: what comes of them is kept until the round is over. */
const blockSteps = 2 ** 18;

/** Of the snapshots that one thread visits alone. A larger block leads to one snapshot more often, which then is looked up once. */
const blockShare = 1 / 25;
const blocksMax = 32;

/** Fewer blocks than these are not worth the waiting for one another. */
const blocksMin = 4;

interface Help {
  readonly automaton: Automaton;
  readonly bounds: BoundOverrides;
  readonly limits: { readonly callsMax: number; readonly aloneMax: number };
  readonly crew?: Crew;
}

/** The verdict does not depend on when others begin to help, nor on which of them does what. */
export class Hands {
  private readonly search: Search;
  private readonly input: ExpanderInput;
  private readonly help: Help;
  private readonly blockStates: number;
  private readonly batchSteps: number;
  private opening: Promise<void> | undefined;
  private crew: OpenCrew | undefined;
  private failure: unknown;
  private own: Expander | undefined;

  constructor(search: Search, input: ExpanderInput, help: Help) {
    this.search = search;
    this.input = input;
    this.help = help;
    const states = Math.min(help.limits.aloneMax * blockShare, blockSteps / input.calls.length);
    this.blockStates = Math.max(1, Math.floor(states));
    this.batchSteps = Math.min(batchStepsMax, help.limits.aloneMax);
  }

  /** Expands some of the snapshots that wait. */
  async expand(): Promise<void> {
    if (this.opening === undefined && this.search.states >= this.help.limits.aloneMax) this.askForHelp();
    if (this.failure !== undefined) throw this.failure;
    if (this.crew === undefined || this.search.waiting < blocksMin * this.blockStates)
      this.search.expand(this.batchSteps);
    else await this.expandTogether(this.crew);
  }

  async close(): Promise<void> {
    await this.opening;
    await this.crew?.close();
  }

  private askForHelp(): void {
    const { automaton, bounds, limits, crew } = this.help;
    if (crew === undefined || !this.search.hasKeys) return;
    this.own = createExpander(this.input);
    this.opening = crew.open({ automaton, bounds, callsMax: limits.callsMax }).then(
      (open) => {
        this.crew = open;
      },
      (failure: unknown) => {
        this.failure = failure;
      },
    );
  }

  /** Nobody adds to what is visited while it is looked up: first all expand, and then this thread alone takes it in. */
  private async expandTogether(crew: OpenCrew): Promise<void> {
    const { search, blockStates } = this;
    const first = search.states - search.waiting;
    const keys = search.take(blocksMax * blockStates);
    const round: Round = { keys, first, blockStates, shared: search.shared(), next: sharedWords(1) };
    const others = crew.expand(round);
    const own = this.own === undefined ? [] : expandBlocks(this.own, round);
    const blocks = [...own, ...(await Promise.all(others)).flat()];
    for (const { number, expansion } of blocks.toSorted(inOrder)) {
      if (search.reached !== undefined) return;
      const start = number * blockStates;
      search.absorb(keys.subarray(start, start + blockStates), expansion);
    }
  }
}

function inOrder(one: Block, other: Block): number {
  return one.number - other.number;
}
