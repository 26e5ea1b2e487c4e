/** A long search as a person sees it: a progress line, and Ctrl-C to end it with what is known. */
import { setImmediate as turn } from "node:timers/promises";
import { grouped, type MutationProgress, type Progress, type VerifyOptions } from "../../verify/index.ts";
import { type Terminal, visible } from "../terminal.ts";

/** A search that ends sooner needs no progress line; one that goes on has a new line as often. */
const everyMs = 1_000;

export interface WatchedSearch {
  readonly options: Pick<VerifyOptions, "shouldStop" | "onProgress">;
  /** The same for mutants of a spec. */
  readonly onMutant: (progress: MutationProgress) => Promise<void>;
  /** Takes the progress line away and gives Ctrl-C back its usual meaning. */
  readonly end: () => void;
}

/** Watches a verification. The first Ctrl-C ends the search, the second one the process. */
export function watchSearch(terminal: Terminal): WatchedSearch {
  let stopped = false;
  const stop = (): void => {
    stopped = true;
  };
  process.once("SIGINT", stop);
  const line = new ProgressLine(terminal);
  const onProgress = async (progress: Progress): Promise<void> => {
    line.show(progress);
    await turn();
  };
  const onMutant = async (progress: MutationProgress): Promise<void> => {
    line.showMutants(progress);
    await turn();
  };
  const end = (): void => {
    process.off("SIGINT", stop);
    line.clear();
  };
  return { options: { shouldStop: () => stopped, onProgress }, onMutant, end };
}

class ProgressLine {
  readonly #terminal: Terminal;
  #subject = "";
  /** When the search of this subject began: when the one before was last heard of. */
  #startedAt = 0;
  #heardAt = performance.now();
  #shownAt = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show({ subject, states, waiting }: Progress): void {
    const now = performance.now();
    if (subject !== this.#subject) {
      this.#subject = subject;
      this.#startedAt = this.#heardAt;
      this.#shownAt = this.#heardAt;
    }
    this.#heardAt = now;
    if (!this.#terminal.errIsTerminal || now - this.#shownAt < everyMs) return;
    this.#shownAt = now;
    const perSecond = Math.round(states / ((now - this.#startedAt) / 1_000));
    const figures = `${grouped(states)} states, ${grouped(perSecond)} states/s, ${grouped(waiting)} waiting`;
    this.#terminal.err(`\r\u001b[K${visible(subject)}: ${figures}; Ctrl-C ends the search`);
  }

  showMutants({ subject, done, mutants }: MutationProgress): void {
    const now = performance.now();
    if (!this.#terminal.errIsTerminal || now - this.#shownAt < everyMs) return;
    this.#shownAt = now;
    this.#startedAt = 0;
    const figures = `mutant ${grouped(done + 1)} of ${grouped(mutants)}`;
    this.#terminal.err(`\r\u001b[K${visible(subject)}: ${figures}; Ctrl-C ends the search`);
  }

  clear(): void {
    if (this.#shownAt > this.#startedAt) this.#terminal.err("\r\u001b[K");
  }
}
