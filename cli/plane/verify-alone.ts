/** One submission in a process of its own, bounded in time and memory. */
import type { ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import type { OnProgress } from "@temperc/runtime";
import type { Job, Told, Verified } from "./job.ts";
import type { ProcessLimits, VerifyProcesses } from "./verify-processes.ts";

const memoryLookMs = 100;
const stderrBytesMax = 4_096;

interface Watching {
  readonly onProgress: OnProgress;
  readonly limits: ProcessLimits;
}

/** What was told of one submission is all that its process has ever known, and it ends with it. */
export async function verifyIn(
  processes: VerifyProcesses,
  job: Job,
  { onProgress, limits }: Watching,
): Promise<Verified> {
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
  readonly #limits: ProcessLimits;
  #stderr = "";
  #killed: string | undefined;

  constructor(child: ChildProcess, limits: ProcessLimits) {
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

function tooMuchMemory({ verifyProcessBytesMax }: ProcessLimits): string {
  return `it took more than ${verifyProcessBytesMax} bytes of memory (verifyProcessBytesMax)`;
}

/** What the process has in memory where the system has `/proc`; elsewhere 0, and the bound on its heap must do. */
async function residentBytes(pid: number | undefined): Promise<number> {
  if (pid === undefined) return 0;
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1_024;
}
