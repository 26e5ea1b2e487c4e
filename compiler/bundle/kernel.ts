/** Bundles emitted code for the live kernel: one CommonJS text that stands alone. */

import { build } from "esbuild";
import type { Emitted } from "../emit/emitted.ts";
import { emittedFiles } from "./emitted-files.ts";
import type { BundleOptions } from "./options.ts";

/**
 * The text of a CommonJS module that exports `service` and requires nothing, so that it can be loaded with `node:vm` and
 * collected again. Rejects where emitted code does not bundle, which is our mistake.
 */
export async function bundleForKernel(emitted: Emitted, options: BundleOptions): Promise<string> {
  const { resolveDir, alias = {} } = options;
  const result = await build({
    entryPoints: ["generated/index.ts"],
    plugins: [emittedFiles(emitted, resolveDir)],
    absWorkingDir: resolveDir,
    alias: { ...alias },
    bundle: true,
    write: false,
    format: "cjs",
    platform: "neutral",
    target: "node20",
    charset: "utf8",
    logLevel: "silent",
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Error("esbuild gave no bundle");
  return file.text;
}
