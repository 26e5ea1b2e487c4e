/** Verifies specs of strangers beside live traffic: each in a process of its own, with a bound on its time and its memory. */
import type { ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import type { OnProgress, RevisionFile } from "@temperc/runtime";
import type { VerifyOptions } from "../../verify/index.ts";
import type { Finding, Job, Told } from "./job.ts";
import { defaultProcessLimits, type ProcessLimits, VerifyProcesses } from "./verify-processes.ts";

export interface VerifierLimits extends ProcessLimits {
  /** How long one submission may be compiled and verified. */
  readonly verifyProcessMs: number;
  /** Such processes at once, of all tenants. */
  readonly verifyProcessesMax: number;
}

export const defaultVerifierLimits: VerifierLimits = {
  ...defaultProcessLimits,
  verifyProcessMs: 120_000,
  verifyProcessesMax: 1,
};

/** What is known of a spec: what was found, or why nothing was. */
export type Verified =
  | Finding
  /** Past a limit, or ended from outside. */
  | { readonly kind: "ended"; readonly reason: string };

export interface Verifier {
  /** `earlier` is what is live and would be taken over. */
  readonly verify: (
    name: string,
    files: readonly RevisionFile[],
    onProgress: OnProgress,
    earlier?: Job["earlier"],
  ) => Promise<Verified>;
  /** Ends what is under way. */
  readonly close: () => void;
}

const memoryLookMs = 100;
const stderrBytesMax = 4_096;

/** `verify` has the bounds, limits and seed under which every spec is verified: a submission cannot ask for less. */
export function startVerifier({ bounds = new Map(), limits = {}, seed }: VerifyOptions, own: VerifierLimits): Verifier {
  const processes = new VerifyProcesses(own);
  const places = new Places(own.verifyProcessesMax);
  return {
    verify: (name, files, onProgress, earlier) =>
      places.hold(() => {
        const chosen = { bounds, limits: { ...limits }, ...(seed !== undefined && { seed }) };
        const job: Job = { name, files, ...chosen, ...(earlier && { earlier }) };
        return verifyIn(processes, job, { onProgress, limits: own });
      }),
    close: () => processes.close(),
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

interface Watching {
  readonly onProgress: OnProgress;
  readonly limits: VerifierLimits;
}

/** What was told of one submission is all that its process has ever known, and it ends with it. */
async function verifyIn(processes: VerifyProcesses, job: Job, { onProgress, limits }: Watching): Promise<Verified> {
  const child = processes.take();
  const watch = new Watch(child, limits);
  try {
    return await new Promise<Verified>((resolve, reject) => {
      child.on("message", (told: Told) => {
        if (told.kind === "progress") onProgress(told.progress);
        else resolve(told.finding);
      });
      child.once("error", reject);
      child.once("close", (code, signal) => resolve({ kind: "ended", reason: watch.reason(code, signal) }));
      child.send(job);
    });
  } finally {
    watch.end();
    processes.end(child);
  }
}

/** Kills the process past a limit, and knows why it has ended. */
class Watch {
  readonly #timer: NodeJS.Timeout;
  readonly #look: NodeJS.Timeout;
  readonly #limits: VerifierLimits;
  #stderr = "";
  #killed: string | undefined;

  constructor(child: ChildProcess, limits: VerifierLimits) {
    this.#limits = limits;
    const { verifyProcessMs, verifyProcessBytesMax } = limits;
    const kill = (reason: string): void => {
      this.#killed ??= reason;
      child.kill("SIGKILL");
    };
    this.#timer = setTimeout(
      () => kill(`it took longer than ${verifyProcessMs} ms (verifyProcessMs)`),
      verifyProcessMs,
    );
    this.#look = setInterval(() => {
      void residentBytes(child.pid).then((bytes) => {
        if (bytes > verifyProcessBytesMax) kill(tooMuchMemory(limits));
      });
    }, memoryLookMs);
    child.stderr?.on("data", (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString("utf8")).slice(-stderrBytesMax);
    });
  }

  reason(code: number | null, signal: string | null): string {
    if (this.#killed !== undefined) return this.#killed;
    if (/heap out of memory/.test(this.#stderr)) return tooMuchMemory(this.#limits);
    return `its process ended unexpectedly (${signal ?? code}): ${this.#stderr.slice(0, 500)}`;
  }

  end(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#look);
  }
}

function tooMuchMemory({ verifyProcessBytesMax }: VerifierLimits): string {
  return `it took more than ${verifyProcessBytesMax} bytes of memory (verifyProcessBytesMax)`;
}

/** What the process has in memory where the system has `/proc`; elsewhere 0, and the bound on its heap must do. */
async function residentBytes(pid: number | undefined): Promise<number> {
  if (pid === undefined) return 0;
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1_024;
}
