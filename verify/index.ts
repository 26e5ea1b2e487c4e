/** The one door of verification: a program and its emitted service in, verdicts with counterexamples out. */

export type { Limits, Progress } from "./l1-model-check/check.ts";
export { printVerdicts } from "./print.ts";
export { verdictRecords } from "./records.ts";
export { replay } from "./replay/replay.ts";
export type { Call, Change, Trace, TraceStep } from "./replay/trace.ts";
export type { Solver, SolverSession } from "./solver.ts";
export * from "./verdict.ts";
export { defaultVerifyLimits, type VerifyInput, type VerifyOptions, verify } from "./verify.ts";
