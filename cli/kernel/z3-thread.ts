/** A thread of its own for Z3: its WebAssembly build takes longer to load than many a spec to be compiled. */
import { parentPort } from "node:worker_threads";

/** A session is known by its number, which whoever opens it chooses. */
export type Z3Command =
  | { readonly kind: "open" | "interrupt" | "close"; readonly session: number }
  /** It is interrupted after so many milliseconds. */
  | { readonly kind: "run"; readonly session: number; readonly commands: string; readonly ms: number };

export interface Z3Answer {
  /** By the commands. */
  readonly printed: string;
  /** How long they took here: whoever asked may have been busy before the answer was looked at. */
  readonly ms: number;
}

/** How often it is interrupted once its time is over: it may go on with the next command of its script. */
const interruptEveryMs = 10;

/** A proof as most are: what is called for the first time has to be compiled, and that can be done before it is asked. */
const rehearsal = `
(set-logic ALL)
(declare-const x Int) (declare-const y Int) (declare-const p Bool) (declare-const q Bool)
(define-fun inv ((n Int) (m Int)) Bool (and (<= 0 n m) (=> p (or q (= n m)))))
(assert (inv x y))
(push 1) (define-fun next () Int (ite (> x 1) (- x 1) 0))
(assert (< x 5)) (assert (not (inv next (+ y 1)))) (check-sat) (get-value (x p)) (pop 1)
(push 1) (assert (not (<= x y))) (check-sat) (pop 1)
(push 1) (check-sat-assuming (p (not q))) (get-value (x y p q)) (pop 1)`;

type Api = Awaited<ReturnType<typeof import("z3-solver").init>>;
type Context = ReturnType<Api["Z3"]["mk_context"]>;

/** What we need of the memory of the WebAssembly module; the package leaves it untyped. */
interface Module {
  readonly HEAPU8: Uint8Array;
  readonly UTF8ToString: (address: number, bytesMax: number) => string;
  readonly _malloc: (bytes: number) => number;
  readonly _free: (address: number) => void;
  readonly _async_Z3_eval_smtlib2_string: (context: number, address: number) => void;
  readonly async_call: (start: () => void) => Promise<string>;
}

const { init } = await import("z3-solver");
// What the module says while it loads is of its own loading only ("still waiting", on a slow machine); what fails is thrown.
const { Z3, em } = await init({ printErr: () => {} });
const contexts = new Map<number, Context>();

const rehearsed = newContext();
await evaluate(em, rehearsed, rehearsal);
Z3.del_context(rehearsed);

// `startZ3` alone starts this file, and sends nothing else.
parentPort?.on("message", (command: Z3Command) => obey(command));

function obey(command: Z3Command): void {
  const context = command.kind === "open" ? newContext() : contexts.get(command.session);
  if (context === undefined) return;
  switch (command.kind) {
    case "open":
      contexts.set(command.session, context);
      return;
    case "run":
      void run(context, command.commands, command.ms);
      return;
    case "interrupt":
      Z3.interrupt(context);
      return;
    case "close":
      contexts.delete(command.session);
      Z3.del_context(context);
  }
}

function newContext(): Context {
  const settings = Z3.mk_config();
  const context = Z3.mk_context(settings);
  Z3.del_config(settings);
  return context;
}

/** A failure ends the thread, which is told to whoever waits for the answer. */
async function run(context: Context, commands: string, ms: number): Promise<void> {
  const startedAt = performance.now();
  const watching = setInterval(() => {
    if (performance.now() - startedAt >= ms) Z3.interrupt(context);
  }, interruptEveryMs);
  try {
    const printed = await evaluate(em, context, commands);
    const answer: Z3Answer = { printed, ms: performance.now() - startedAt };
    parentPort?.postMessage(answer);
  } finally {
    clearInterval(watching);
  }
}

/**
 * The package's own function of that name leaves the text on a stack that others write on before the thread reads it:
 * here it has memory of its own until the thread has ended.
 */
async function evaluate(module: Module, context: Context, commands: string): Promise<string> {
  const bytes = new TextEncoder().encode(commands);
  const address = module._malloc(bytes.length + 1);
  // Reading a text makes the module look at its memory anew, where a thread has made it larger.
  module.UTF8ToString(address, 0);
  module.HEAPU8.set(bytes, address);
  module.HEAPU8[address + bytes.length] = 0;
  try {
    return await module.async_call(() => module._async_Z3_eval_smtlib2_string(Number(context), address));
  } finally {
    module._free(address);
  }
}
