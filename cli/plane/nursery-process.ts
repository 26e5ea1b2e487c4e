/** The main of the nursery: starts a process for each job of its host, and ends with it. */
import type { FromNursery, ToNursery } from "./job.ts";
import { verifyIn } from "./verify-alone.ts";
import { type ProcessLimits, VerifyProcesses } from "./verify-processes.ts";

/** Its host tells the limits first. */
let processes: { readonly of: VerifyProcesses; readonly limits: ProcessLimits } | undefined;

process.on("message", (message: ToNursery) => {
  if (message.kind === "limits") {
    processes = { of: new VerifyProcesses(message.limits), limits: message.limits };
    return;
  }
  if (processes === undefined) throw new Error("a job has come before the limits");
  const { id, job } = message;
  const onProgress = (progress: Extract<FromNursery, { kind: "progress" }>["progress"]): void =>
    tell({ id, kind: "progress", progress });
  // What fails here is our mistake: the process ends with it, and the host says so.
  void verifyIn(processes.of, job, { onProgress, limits: processes.limits }).then((verified) =>
    tell({ id, kind: "verified", verified }),
  );
});

process.once("disconnect", () => {
  processes?.of.close();
  process.exit(0);
});

function tell(message: FromNursery): void {
  process.send?.(message);
}
