/** Threads that help with a large search of level 1: each loads the bundle anew, so that it runs the very same code. */
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Block, Crew, OpenCrew, Round } from "../../verify/index.ts";
import { packageRoot } from "../package-root.ts";
import type { SearchTask } from "./search-worker.ts";

/** A thread is started from a file as it is built. */
const entry = join(packageRoot, "dist/cli/kernel/search-worker.js");

/** The bundle as `loadBundle` takes it; `threads` are those besides the one that asks. */
export function searchCrew(bundle: string, name: string, threads: number): Crew {
  return {
    open: async (task) => {
      const workers = Array.from(
        { length: threads },
        () => new Worker(entry, { workerData: { bundle, name, task } satisfies SearchTask }),
      );
      try {
        await Promise.all(workers.map((worker) => answerOf<"ready">(worker)));
      } catch (failure) {
        await endAll(workers);
        throw failure;
      }
      return openCrew(workers);
    },
  };
}

function openCrew(workers: readonly Worker[]): OpenCrew {
  return {
    expand: (round: Round) =>
      workers.map((worker) => {
        const answer = answerOf<readonly Block[]>(worker);
        worker.postMessage(round);
        return answer;
      }),
    close: () => endAll(workers),
  };
}

async function endAll(workers: readonly Worker[]): Promise<void> {
  await Promise.all(workers.map((worker) => worker.terminate()));
}

/** The next message of the thread, which is of the type that it is asked for; rejected where it ends or fails instead. */
function answerOf<T>(worker: Worker): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      worker.off("message", onMessage).off("error", onError).off("exit", onExit);
      act();
    };
    const onMessage = (message: T): void => settle(() => resolve(message));
    const onError = (error: unknown): void => settle(() => reject(error));
    const onExit = (code: number): void => settle(() => reject(new Error(`a thread of the search ended with ${code}`)));
    worker.on("message", onMessage).on("error", onError).on("exit", onExit);
  });
}
