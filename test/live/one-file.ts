/** A service of a test as the one file that `temperc build` would write: a process that opens hundreds of modules starts half as fast. */
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "./temperc.ts";

/** Writes `service.mjs` into the folder: the code, whose imports begin at the repository's root, with all that it imports. */
export async function writeOneFile(contents: string, folder: string): Promise<void> {
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  await build({
    stdin: { contents, resolveDir: root },
    outfile: join(folder, "service.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["@cedar-policy/cedar-wasm", "@opentelemetry/*", "libsql"],
    banner: {
      js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
    },
    alias: { "@temperc/runtime/kernel": join(root, "runtime-lib/kernel/index.ts") },
  });
}
