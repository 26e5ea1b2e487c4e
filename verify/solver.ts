/** The port of an SMT solver: what level 0 asks of the world. Where there is none, level 0 is not available. */

export interface Solver {
  /** A session that knows nothing yet; it has so many milliseconds for all that it is asked. */
  readonly open: (limitMs: number) => Promise<SolverSession>;
}

export interface SolverSession {
  /**
   * Runs SMT-LIB commands and gives what they print. What was asserted stays for the next call. Once the time is over
   * every answer is `unknown`, and the rest of the commands may not be run: their answers are then missing.
   */
  readonly run: (commands: string) => Promise<string>;
  readonly isOver: () => boolean;
  readonly close: () => void;
}
