/** Bundles emitted code with the runtime into one file that Node runs. */

import { build } from "esbuild";
import type { Emitted, EmittedFile } from "../emit/emitted.ts";
import { cedarBeside } from "./cedar-beside.ts";
import { emittedFiles } from "./emitted-files.ts";
import type { ServiceBundleOptions } from "./options.ts";

/** CommonJS parts of the bundle expect these names, which ECMAScript modules do not have. */
const banner = `import { createRequire as createRequireOfBundle } from "node:module";
import { dirname as dirnameOfBundle } from "node:path";
import { fileURLToPath as fileURLToPathOfBundle } from "node:url";
const require = createRequireOfBundle(import.meta.url);
const __filename = fileURLToPathOfBundle(import.meta.url);
const __dirname = dirnameOfBundle(__filename);`;

/**
 * `service.mjs`: everything but libSQL's native store and OpenTelemetry, which are installed, and `cedarWasm`, which the caller copies beside it.
 * Rejects where emitted code does not bundle, which is our mistake.
 */
export async function bundleService(emitted: Emitted, options: ServiceBundleOptions): Promise<readonly EmittedFile[]> {
  const { resolveDir, revision, alias = {} } = options;
  const result = await build({
    entryPoints: ["generated/main.ts"],
    plugins: [emittedFiles(emitted, resolveDir), cedarBeside],
    absWorkingDir: resolveDir,
    alias: { ...alias },
    define: { TEMPERC_REVISION: JSON.stringify(revision) },
    // The native store is installed beside it; telemetry is only by who wants it sent.
    external: ["libsql", "@opentelemetry/*"],
    banner: { js: banner },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node20",
    charset: "utf8",
    legalComments: "eof",
    logLevel: "silent",
  });
  return result.outputFiles.map(({ text }) => ({ path: "service.mjs", text }));
}
