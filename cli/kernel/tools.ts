/** What takes long to start and runs beside this thread: begun before it is needed, while a command still reads its spec. */
import type { Solver } from "../../verify/index.ts";
import { startZ3 } from "./z3.ts";

export interface Tools {
  readonly solver: Solver;
  /** Ends what would keep the process alive, whether or not it has started. */
  readonly end: () => Promise<void>;
}

/** Begins to start Z3 and esbuild. */
export function startTools(): Tools {
  const { open, end } = startZ3();
  // Where it cannot be started is told by what bundles, which tries again.
  import("esbuild").then(({ transform }) => transform("")).catch(() => {});
  return { solver: { open }, end };
}

/** Tools for the time of the work. */
export async function withTools<T>(work: (tools: Tools) => Promise<T>): Promise<T> {
  const tools = startTools();
  try {
    return await work(tools);
  } finally {
    await tools.end();
  }
}
