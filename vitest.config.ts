/** Tests run on the TypeScript sources; those that start the command line use the built `dist`. */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { DearestFirst } from "./test/dearest-first.ts";

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@temperc\/runtime$/, replacement: source("./runtime-lib/index.ts") },
      { find: /^@temperc\/runtime\/kernel$/, replacement: source("./runtime-lib/kernel/index.ts") },
      { find: /^@temperc\/runtime\/simulated$/, replacement: source("./runtime-lib/simulated.ts") },
    ],
  },
  test: {
    include: ["{compiler,runtime-lib,verify,cli,test}/**/*.test.ts"],
    globalSetup: [source("./test/live/postgres/setup.ts"), source("./test/live/verdicts.ts")],
    // Every core works: vitest would leave one of two idle, while many tests here only wait for a child process.
    maxWorkers: "100%",
    sequence: { sequencer: DearestFirst },
    // No test changes what another sees, so the files that a worker runs share their modules: a third of the time less.
    isolate: false,
    execArgv: [
      // As `temperc` itself has it: optimised code of Cedar and Z3 does not pay in the time of a test file.
      "--wasm-tiering-budget=50000000",
      // Searches and storms make much that is soon forgotten: with room for it, a tenth less of the time goes into collecting it.
      "--max-semi-space-size=64",
    ],
    // Each run of `temperc verify` verifies; what is kept of it is tested in a folder of its own.
    env: { TEMPERC_CACHE_DIR: "" },
    // As Node has it: else every use of a name that a CommonJS package exports goes through a proxy.
    deps: { interopDefault: false },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
