/** Puts the command line and the runtime that it serves with into few files: they are some thousand modules, which take longer to open than to run. */
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** What is started, and what the tests of transcripts call. The modules of the rooms stay beside it, for those who import them. */
const entries = [
  ...["cli/main.js", "cli/program.js", "cli/kernel/search-worker.js", "cli/kernel/z3-thread.js"],
  ...["cli/plane/nursery-process.js", "cli/plane/verify-process.js"],
];

/** Packages that bring files of other kinds along, or are asked for seldom. */
const external = [
  "@cedar-policy/cedar-wasm",
  "@opentelemetry",
  "esbuild",
  "fast-check",
  "libsql",
  "ts-morph",
  "z3-solver",
];

rmSync(join(root, "dist/chunks"), { recursive: true, force: true });
buildSync({
  absWorkingDir: join(root, "dist"),
  entryPoints: entries,
  outbase: ".",
  outdir: ".",
  allowOverwrite: true,
  chunkNames: "chunks/[name]-[hash]",
  ...{ bundle: true, splitting: true, format: "esm", platform: "node", target: "node20", legalComments: "eof" },
  external: external.flatMap((name) => [name, `${name}/*`]),
  // Packages of the older kind ask for Node's modules by `require`.
  banner: {
    js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
  },
  logLevel: "warning",
});
