#!/usr/bin/env node
/** The entry of the command `temperc`. */
import { setFlagsFromString } from "node:v8";
import { exitCodes } from "./exit-codes.ts";
import { apologise, runCommandLine } from "./program.ts";

// Cedar and Z3 are megabytes of WebAssembly, and most commands end before optimised code of theirs has paid for its compilation:
// V8 begins to optimise a function after some fifty milliseconds in it, not after two.
setFlagsFromString("--wasm-tiering-budget=50000000");
// Most of their functions are never called: each is validated when it is first called, not all of them at the start.
setFlagsFromString("--wasm-lazy-validation");

process.on("uncaughtException", (error) => {
  apologise(error);
  process.exit(exitCodes.internal);
});
// Whoever reads the output may stop early (`temperc check --ir | head`): that is no mistake of anyone.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error) => {
    if ("code" in error && error.code === "EPIPE") process.exit();
    throw error;
  });
}

process.exitCode = await runCommandLine(process.argv.slice(2));
