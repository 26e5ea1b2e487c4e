/** A trace of several entities, run again against the emitted code or a running service. */
import { JointRerun, type JointTraceFile, judgeJointly, rerunJointly, withoutDropping } from "../../verify/index.ts";
import type { LoadedFolder } from "../kernel/load-folder.ts";
import { JointHttpRunner } from "./joint-http-runner.ts";
import type { Outcome } from "./replay-trace.ts";
import type { ServiceClient } from "./service-client.ts";

/** Against the emitted code, by the rules of the composition: what happens in which order is the trace's. */
export async function runJointly(trace: JointTraceFile, loaded: LoadedFolder): Promise<Outcome> {
  const rerun = jointRerunOf(loaded);
  const run = await rerunJointly(trace, rerun);
  return { run, judgement: judgeJointly(trace.property, rerun), notes: [] };
}

/** What is required may never be dropped, whatever the spec says. */
export function jointRerunOf({ definition, program }: LoadedFolder): JointRerun {
  return new JointRerun(withoutDropping(definition, program.automata));
}

/** Against a service, which chooses itself when it delivers: another order than the trace's is a departure. */
export async function runJointlyOn(trace: JointTraceFile, client: ServiceClient): Promise<Outcome> {
  const run = await rerunJointly(trace, new JointHttpRunner(client));
  const refused = trace.steps.slice(0, run.steps).some(({ refusal }) => refusal !== undefined);
  const notes = refused ? ["that a delivery is refused shows in temperc outbox list"] : [];
  return { run, notes };
}
