/** Z3 as the solver of level 0: its WebAssembly build, loaded beside whatever else is done, and gone when it is not needed any more. */
import { setTimeout as pause } from "node:timers/promises";
import type { Solver, SolverLimits, SolverSession } from "../../verify/index.ts";

/** How often it is seen whether a search must end, and then asked to: it may go on with the next command of its script. */
const interruptEveryMs = 10;

/** How long threads that have no more work may take to end. */
const endingMs = 1_000;

type Api = Awaited<ReturnType<typeof import("z3-solver").init>>;

/** What we need of the memory and threads of the WebAssembly module; the package leaves it untyped. */
interface Module {
  readonly HEAPU8: Uint8Array;
  readonly PThread: { readonly runningWorkers: readonly unknown[]; readonly terminateAllThreads: () => void };
  readonly UTF8ToString: (address: number, bytesMax: number) => string;
  readonly _malloc: (bytes: number) => number;
  readonly _free: (address: number) => void;
  readonly _async_Z3_eval_smtlib2_string: (context: number, address: number) => void;
  readonly async_call: (start: () => void) => Promise<string>;
}

export interface RunningSolver extends Solver {
  /** Ends its threads, which would keep the process alive. */
  readonly end: () => Promise<void>;
}

/** Begins to load Z3; whoever opens a session waits for it. One session is asked at a time. */
export function startZ3(): RunningSolver {
  // What the module says while it loads is of its own loading only ("still waiting", on a slow machine); what fails is thrown.
  const api = import("z3-solver").then(({ init }) => init({ printErr: () => {} }));
  // A failure is reported to whoever opens a session, not to nobody.
  api.catch(() => {});
  return {
    open: async (limits) => openSession(await api, limits),
    end: async () => {
      const loaded = await api.catch(() => undefined);
      if (loaded !== undefined) await endThreads(loaded.em);
    },
  };
}

/** Z3 for the time of the work: it is loaded while the work begins, and ended with it. */
export async function withZ3<T>(work: (solver: Solver) => Promise<T>): Promise<T> {
  const solver = startZ3();
  try {
    return await work(solver);
  } finally {
    await solver.end();
  }
}

/** A thread that is ended before it has said that it is done makes the module complain on standard error. */
async function endThreads({ PThread }: Module): Promise<void> {
  for (let waitedMs = 0; waitedMs < endingMs && PThread.runningWorkers.length > 0; waitedMs++) await pause(1);
  PThread.terminateAllThreads();
}

function openSession({ Z3, em }: Api, { work, ms, shouldStop }: SolverLimits): SolverSession {
  const settings = Z3.mk_config();
  const context = Z3.mk_context(settings);
  Z3.del_config(settings);
  const endsAt = performance.now() + ms;
  let done = 0;
  const mustEnd = (): boolean => performance.now() >= endsAt || shouldStop();
  const isOver = (): boolean => done >= work || mustEnd();
  const run = async (commands: string): Promise<string> => {
    if (isOver()) return "";
    const watching = setInterval(() => {
      if (mustEnd()) Z3.interrupt(context);
    }, interruptEveryMs);
    try {
      const limited = `(set-option :rlimit ${work - done})\n${commands}\n(get-info :rlimit)`;
      const counted = readCount(await evaluate(em, Number(context), limited));
      done = counted.done ?? done;
      return counted.printed;
    } finally {
      clearInterval(watching);
    }
  };
  return { run, isOver, close: () => Z3.del_context(context) };
}

/** What was printed, without the count of the work at its end; an evaluation that was ended may have none. */
function readCount(text: string): { readonly printed: string; readonly done?: number } {
  const counted = /\(:rlimit (\d+)\)\s*$/.exec(text);
  if (counted === null) return { printed: text };
  return { printed: text.slice(0, counted.index), done: Number(counted[1]) };
}

/**
 * The package's own function of that name leaves the text on a stack that others write on before the thread reads it:
 * here it has memory of its own until the thread has ended.
 */
async function evaluate(module: Module, context: number, commands: string): Promise<string> {
  const bytes = new TextEncoder().encode(commands);
  const address = module._malloc(bytes.length + 1);
  // Reading a text makes the module look at its memory anew, where a thread has made it larger.
  module.UTF8ToString(address, 0);
  module.HEAPU8.set(bytes, address);
  module.HEAPU8[address + bytes.length] = 0;
  try {
    return await module.async_call(() => module._async_Z3_eval_smtlib2_string(context, address));
  } finally {
    module._free(address);
  }
}
