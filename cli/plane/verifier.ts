/** Verifies specs of strangers beside live traffic: each in a process of its own, with a bound on its time and its memory. */
import type { OnProgress, RevisionFile } from "@temperc/runtime";
import type { VerifyOptions } from "../../verify/index.ts";
import type { Job, Verified } from "./job.ts";
import { Nursery } from "./nursery.ts";
import { defaultProcessLimits, type ProcessLimits } from "./verify-processes.ts";

export interface VerifierLimits extends ProcessLimits {
  /** Such processes at once, of all tenants. */
  readonly verifyProcessesMax: number;
}

export const defaultVerifierLimits: VerifierLimits = { ...defaultProcessLimits, verifyProcessesMax: 1 };

export interface Verifier {
  /** `earlier` is what is live and would be taken over. */
  readonly verify: (
    name: string,
    files: readonly RevisionFile[],
    onProgress: OnProgress,
    earlier?: Job["earlier"],
  ) => Promise<Verified>;
  /** The code of what was found to hold, or not to be known to, before; compiled where it holds up nobody. */
  readonly load: (name: string, files: readonly RevisionFile[], known: "held" | "unknown") => Promise<Verified>;
  /** Ends what is under way. */
  readonly close: () => void;
}

/** `verify` has the bounds, limits and seed under which every spec is verified: a submission cannot ask for less. */
export function startVerifier({ bounds = new Map(), limits = {}, seed }: VerifyOptions, own: VerifierLimits): Verifier {
  const nursery = new Nursery(own);
  const places = new Places(own.verifyProcessesMax);
  const chosen = { bounds, limits: { ...limits }, ...(seed !== undefined && { seed }) };
  return {
    verify: (name, files, onProgress, earlier) =>
      places.hold(() => nursery.verify({ name, files, ...chosen, ...(earlier && { earlier }) }, onProgress)),
    load: (name, files, known) => places.hold(() => nursery.verify({ name, files, ...chosen, known }, () => undefined)),
    close: () => nursery.close(),
  };
}

/** So many at once; the others wait in line. */
class Places {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(max: number) {
    this.#free = max;
  }

  async hold<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
