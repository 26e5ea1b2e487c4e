/** The one door of verification: a program and its emitted service in, verdicts with counterexamples out. */

export { withoutDropping } from "./composition/required.ts";
export { type AskedStep, JointRerun, type TakenStep } from "./composition/rerun.ts";
export { grouped } from "./grouped.ts";
export { expanderFor, type Limits, type Progress } from "./l1-model-check/check.ts";
export {
  type Block,
  type Crew,
  type CrewTask,
  expandBlocks,
  type OpenCrew,
  type Round,
} from "./l1-model-check/crew.ts";
export { type MigrationFinding, type MigrationInput, migrationCheck, type Side } from "./migration/check.ts";
export type { Wording } from "./mutation/mutants.ts";
export { type MutationProgress, mutate } from "./mutation/mutate.ts";
export { printMutation } from "./mutation/print.ts";
export { type MutationReport, score, total } from "./mutation/report.ts";
export { printVerdicts } from "./print.ts";
export { printTrace } from "./print-trace.ts";
export { type VerdictRecord, verdictRecords } from "./records.ts";
export {
  askedIn,
  type JointEntity,
  type JointFileStep,
  type JointTraceFile,
  jointTraceFileOf,
} from "./replay/joint-trace.ts";
export { defaultJudgeLimits, type JudgeLimits, type Judgement, judge } from "./replay/judge.ts";
export { mermaid } from "./replay/mermaid.ts";
export { defaultTraceLimits, type ReadTrace, readTrace, type TraceLimits } from "./replay/read-trace.ts";
export { replay } from "./replay/replay.ts";
export * from "./replay/rerun.ts";
export { type JointRunner, judgeJointly, rerunJointly } from "./replay/rerun-jointly.ts";
export type { Call, Change, Trace, TraceStep } from "./replay/trace.ts";
export {
  type FileStep,
  printTraceFile,
  type SpecName,
  type TraceFile,
  type TraceHead,
  traceFileOf,
} from "./replay/trace-file.ts";
export type { Runtime } from "./runtime.ts";
export type { WriteScript } from "./scripts.ts";
export { type Fault, faultNames } from "./simulated/faults.ts";
export type { Prover, Solver, SolverLimits, SolverSession } from "./solver.ts";
export * from "./verdict.ts";
export { defaultVerifyLimits, type VerifyInput, type VerifyOptions, verify } from "./verify.ts";
