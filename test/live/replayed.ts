/** `temperc verify` and `temperc replay` in this process, for tests of what they say: a process for each takes longer than its work. */
import type { ReplayOptions } from "../../cli/commands/replay.ts";
import { makeRevision } from "../../cli/kernel/pipeline.ts";
import { pipelineOptions } from "../../cli/kernel/pipeline-options.ts";
import { withTools } from "../../cli/kernel/tools.ts";
import { replayTrace } from "../../cli/traces/replay-trace.ts";
import { writeTraces } from "../../cli/traces/write-traces.ts";
import { collecting } from "./collecting.ts";
import type { Ended } from "./temperc.ts";

/** Runs a trace again: how the command ends, and what it writes on its two streams. */
export async function replayed(path: string, options: Partial<ReplayOptions> = {}): Promise<Ended> {
  const { terminal, ended } = collecting();
  return ended(await replayTrace(path, { format: "table", ...options }, terminal()));
}

/** Writes the counterexamples of spec folders that are violated, with few random runs: those of the searches are wanted. */
export async function writeTracesOf(folders: readonly string[], to: string): Promise<void> {
  const few = new Map([
    ["seeds", 1],
    ["cases", 1],
  ]);
  const chosen = pipelineOptions({ limit: few }, []);
  if (chosen.kind === "refused") throw new Error(chosen.message);
  await withTools(async (tools) => {
    for (const folder of folders) {
      const made = await makeRevision(folder, chosen, { tools });
      if (made.kind !== "made" || made.outcome !== "violated") throw new Error(`${folder} is not violated`);
      const written = await writeTraces(made, to);
      if ("kind" in written) throw new Error(written.message);
    }
  });
}
