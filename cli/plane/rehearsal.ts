/** A spec of nobody's, verified by a process before it is asked anything: what runs for the first time is slow. */
import type { ReadFolder } from "../folder/read-folder.ts";
import type { PipelineOptions } from "../kernel/pipeline.ts";

const behaviour = `
[automaton]
name = "Rehearsal"
states = ["Open", "Done"]
initial = "Open"
terminal = ["Done"]

[[state]]
name = "steps"
type = "counter"

[[state]]
name = "last"
type = "string"

[[action]]
name = "Step"
kind = "input"
from = "Open"
guard = "steps < 3"
effect = ["steps += 1", "last = params.note"]
params = [{ name = "note", type = "string" }]

[[action]]
name = "Finish"
kind = "input"
from = "Open"
to = "Done"
guard = "steps > 0"

[[invariant]]
name = "Few"
assert = "steps <= 3"

[[invariant]]
name = "DoneAfterSteps"
assert = "status == 'Done' => steps > 0"
`;

const files: Readonly<Record<string, string>> = {
  "rehearsal.ioa.toml": behaviour,
  "rehearsal.cedar": "permit (principal is Agent, action, resource) when { resource.steps < 3 };\n",
};

/** Never served and never told of. */
export function rehearsalFolder(): ReadFolder {
  const encoder = new TextEncoder();
  const texts = Object.entries(files).map(([path, text]) => ({ path, bytes: encoder.encode(text) }));
  return { kind: "read", root: process.cwd(), sources: { name: "rehearsal", files: texts }, strayLinks: [] };
}

/** Little of each level: it is to have run, not to find anything. */
export const rehearsalVerify: PipelineOptions["verify"] = { limits: { seeds: 1, steps: 40, cases: 5 } };
