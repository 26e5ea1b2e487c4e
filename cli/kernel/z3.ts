/** Z3 as the solver of level 0: in a thread of its own, begun before there is a question and gone when there are no more. */
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Solver, SolverLimits, SolverSession } from "../../verify/index.ts";
import { packageRoot } from "../package-root.ts";
import type { Z3Answer, Z3Command } from "./z3-thread.ts";

/** A thread is started from a file as it is built. */
const entry = join(packageRoot, "dist/cli/kernel/z3-thread.js");

/** How often it is seen whether a search must end, and then asked to: it may go on with the next command of its script. */
const interruptEveryMs = 10;

export interface RunningSolver extends Solver {
  /** Ends its threads, which would keep the process alive. */
  readonly end: () => Promise<void>;
}

/** Begins to load Z3; who asks before that is done waits for it. One session is asked at a time. */
export function startZ3(): RunningSolver {
  const thread = z3Thread();
  let sessions = 0;
  return {
    open: async (limits) => {
      sessions += 1;
      return openSession(thread, sessions, limits);
    },
    end: thread.end,
  };
}

interface Z3Thread {
  readonly tell: (command: Z3Command) => void;
  /** The answer to a command that has one; rejected where the thread ended or failed instead, now or before. */
  readonly ask: (command: Z3Command) => Promise<Z3Answer>;
  readonly end: () => Promise<void>;
}

function z3Thread(): Z3Thread {
  const worker = new Worker(entry);
  const waiting: { readonly resolve: (answer: Z3Answer) => void; readonly reject: (failure: unknown) => void }[] = [];
  let failure: unknown;
  const fail = (error: unknown): void => {
    failure ??= error;
    for (const { reject } of waiting.splice(0)) reject(failure);
  };
  worker.on("message", (answer: Z3Answer) => waiting.shift()?.resolve(answer));
  worker.on("error", fail).on("exit", (code) => fail(new Error(`the thread of Z3 ended with ${code}`)));
  const tell = (command: Z3Command): void => worker.postMessage(command);
  return {
    tell,
    ask: (command) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) return reject(failure);
        waiting.push({ resolve, reject });
        tell(command);
      }),
    end: async () => {
      await worker.terminate();
    },
  };
}

function openSession(thread: Z3Thread, session: number, { work, ms, shouldStop }: SolverLimits): SolverSession {
  thread.tell({ kind: "open", session });
  let done = 0;
  let spentMs = 0;
  const isOver = (): boolean => done >= work || spentMs >= ms || shouldStop();
  const run = async (commands: string): Promise<string> => {
    if (isOver()) return "";
    const watching = setInterval(() => {
      if (shouldStop()) thread.tell({ kind: "interrupt", session });
    }, interruptEveryMs);
    try {
      const limited = `(set-option :rlimit ${work - done})\n${commands}\n(get-info :rlimit)`;
      const answer = await thread.ask({ kind: "run", session, commands: limited, ms: ms - spentMs });
      spentMs += answer.ms;
      const counted = readCount(answer.printed);
      done = counted.done ?? done;
      return counted.printed;
    } finally {
      clearInterval(watching);
    }
  };
  return { run, isOver, spentMs: () => spentMs, close: () => thread.tell({ kind: "close", session }) };
}

/** What was printed, without the count of the work at its end; an evaluation that was ended may have none. */
function readCount(text: string): { readonly printed: string; readonly done?: number } {
  const counted = /\(:rlimit (\d+)\)\s*$/.exec(text);
  if (counted === null) return { printed: text };
  return { printed: text.slice(0, counted.index), done: Number(counted[1]) };
}
