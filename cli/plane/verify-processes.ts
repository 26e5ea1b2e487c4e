/** The processes that verify submissions: one for each, and a spare that has loaded what every one needs, so that the next need not wait for it. */
import { type ChildProcess, fork } from "node:child_process";
import { constants, setPriority } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../package-root.ts";

export interface ProcessLimits {
  /** How long one submission may be compiled and verified. */
  readonly verifyProcessMs: number;
  /** What such a process may take of memory: its heap everywhere, all of it where the system tells. */
  readonly verifyProcessBytesMax: number;
  /** Processes that are kept loaded for submissions to come; with 0 each is started when it is needed. */
  readonly verifySparesMax: number;
  /** How long after the start of the host the first spare is started, if nothing was submitted before. */
  readonly verifySpareAfterMs: number;
}

export const defaultProcessLimits: ProcessLimits = {
  verifyProcessMs: 120_000,
  verifyProcessBytesMax: 1_536 * 2 ** 20,
  verifySparesMax: 1,
  verifySpareAfterMs: 10_000,
};

/** Live requests go first: the system gives these processes what is left. */
const priority = constants.priority.PRIORITY_LOW;

export class VerifyProcesses {
  readonly #limits: ProcessLimits;
  readonly #running = new Set<ChildProcess>();
  readonly #spares = new Set<ChildProcess>();
  readonly #first: NodeJS.Timeout;
  #isClosed = false;

  constructor(limits: ProcessLimits) {
    this.#limits = limits;
    this.#first = setTimeout(() => this.#refill(), limits.verifySpareAfterMs).unref();
  }

  /** A process that nothing was told yet. */
  take(): ChildProcess {
    clearTimeout(this.#first);
    const [spare] = this.#spares;
    const child = spare ?? start(this.#limits, "now");
    this.#spares.delete(child);
    this.#running.add(child);
    child.ref();
    child.channel?.ref();
    return child;
  }

  /** It is not wanted any more, whatever it does. Its place is taken by a spare: not before, for that would slow it down. */
  end(child: ChildProcess): void {
    this.#running.delete(child);
    child.kill("SIGKILL");
    this.#refill();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#first);
    for (const child of [...this.#running, ...this.#spares]) child.kill("SIGKILL");
  }

  /** A spare keeps no host alive; one that ends by itself is replaced when the next is needed, so that none is started for ever. */
  #refill(): void {
    if (this.#isClosed || this.#spares.size >= this.#limits.verifySparesMax) return;
    const child = start(this.#limits, "spare");
    this.#spares.add(child);
    child.once("error", () => this.#spares.delete(child));
    child.once("exit", () => this.#spares.delete(child));
    child.unref();
    child.channel?.unref();
  }
}

/** It sees nothing of the host's environment, where secrets are. */
function start({ verifyProcessBytesMax }: ProcessLimits, when: "now" | "spare"): ChildProcess {
  const heapMb = Math.max(64, Math.floor(verifyProcessBytesMax / 2 ** 20));
  const child = fork(join(packageRoot, "dist/cli/plane/verify-process.js"), [when], {
    env: {},
    execArgv: [`--max-old-space-size=${heapMb}`],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  if (child.pid !== undefined) setPriority(child.pid, priority);
  return child;
}
