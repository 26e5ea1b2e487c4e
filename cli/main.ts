#!/usr/bin/env node
/** The entry of the command `temperc`. */
import { exitCodes } from "./exit-codes.ts";
import { apologise, runCommandLine } from "./program.ts";

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
