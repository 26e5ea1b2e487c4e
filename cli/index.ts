/** The door of the command line, for programs that want to run it in their own process. */
export { type ExitCode, exitCodes } from "./exit-codes.ts";
export { runCommandLine } from "./program.ts";
export { type CallsToRerun, type RerunOfCalls, rerunCalls } from "./traces/rerun-calls.ts";
export { rerunTogether, type StepsToRerun } from "./traces/rerun-together.ts";
