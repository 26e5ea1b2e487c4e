/** What level 0 asks of the world: an SMT solver, and the text of what it is told. Without them level 0 is not available. */
import type { WriteScript } from "./scripts.ts";

export interface Prover {
  readonly solver: Solver;
  readonly write: WriteScript;
}

export interface Solver {
  /** A session that knows nothing yet. */
  readonly open: (limits: SolverLimits) => Promise<SolverSession>;
}

/** For all that a session is asked, whichever is reached first. */
export interface SolverLimits {
  /** In units of the solver's own count (Z3's `rlimit`), which is the same on every machine. */
  readonly work: number;
  /** Of the solver's own time: what it waits for the next question does not count. */
  readonly ms: number;
  /** Asked again and again while it works: true is the end, as if the time were over. */
  readonly shouldStop: () => boolean;
}

export interface SolverSession {
  /**
   * Runs SMT-LIB commands and gives what they print. What was asserted stays for the next call. Once a limit is reached
   * every answer is `unknown`, and the rest of the commands may not be run: their answers are then missing.
   */
  readonly run: (commands: string) => Promise<string>;
  readonly isOver: () => boolean;
  /** How long the solver has worked for it, in milliseconds. */
  readonly spentMs: () => number;
  readonly close: () => void;
}
