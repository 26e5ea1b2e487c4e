/** The small process that starts those that verify: to fork a host with much in memory would hold up all that it serves. */
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { OnProgress } from "@temperc/runtime";
import { packageRoot } from "../package-root.ts";
import type { FromNursery, Job, ToNursery, Verified } from "./job.ts";
import type { ProcessLimits } from "./verify-processes.ts";

interface Waiting {
  readonly onProgress: OnProgress;
  readonly resolve: (verified: Verified) => void;
}

export class Nursery {
  readonly #limits: ProcessLimits;
  readonly #waiting = new Map<number, Waiting>();
  #child: ChildProcess | undefined;
  #jobs = 0;

  /** Where a spare is kept, so is the nursery: it is started now, when nobody waits yet. */
  constructor(limits: ProcessLimits) {
    this.#limits = limits;
    if (limits.verifySparesMax > 0) this.#started();
  }

  /** Of its process, where there is one. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  verify(job: Job, onProgress: OnProgress): Promise<Verified> {
    const child = this.#started();
    this.#jobs += 1;
    const id = this.#jobs;
    return new Promise((resolve) => {
      this.#waiting.set(id, { onProgress, resolve });
      child.ref();
      child.channel?.ref();
      tell(child, { kind: "job", id, job });
    });
  }

  /** Ends what is under way, and the nursery. */
  close(): void {
    this.#child?.disconnect();
    this.#ended("the host has ended");
  }

  #started(): ChildProcess {
    if (this.#child !== undefined) return this.#child;
    const child = fork(join(packageRoot, "dist/cli/plane/nursery-process.js"), [], {
      env: {},
      execArgv: [],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    const ended = (why: string) => (): void => {
      if (this.#child === child) this.#ended(why);
    };
    child.once("error", ended("its process could not be started"));
    child.once("exit", ended("the process that starts those that verify has ended unexpectedly"));
    child.on("message", (from: FromNursery) => this.#heard(from));
    tell(child, { kind: "limits", limits: this.#limits });
    child.unref();
    child.channel?.unref();
    this.#child = child;
    return child;
  }

  #heard(from: FromNursery): void {
    const waiting = this.#waiting.get(from.id);
    if (from.kind === "progress") {
      waiting?.onProgress(from.progress);
      return;
    }
    this.#waiting.delete(from.id);
    if (this.#waiting.size === 0) {
      this.#child?.unref();
      this.#child?.channel?.unref();
    }
    waiting?.resolve(from.verified);
  }

  /** The next job starts another. */
  #ended(reason: string): void {
    this.#child = undefined;
    for (const { resolve } of this.#waiting.values()) resolve({ kind: "ended", reason });
    this.#waiting.clear();
  }
}

function tell(child: ChildProcess, message: ToNursery): void {
  child.send(message);
}
