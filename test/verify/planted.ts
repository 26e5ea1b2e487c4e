/** The runtime with a fault in it: a copy of its real code in which one piece of text is another. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import type { Runtime } from "../../verify/index.ts";

/** A piece of a file below `runtime-lib`, and what stands there instead. */
export interface Fault {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const root = join(import.meta.dirname, "../..");

/** Throws where the piece is not in the file exactly once: then the test does not plant what it says. */
export async function runtimeWith({ file, find, replace }: Fault, folder: string): Promise<Runtime> {
  const path = join(root, "runtime-lib", file);
  const text = readFileSync(path, "utf8");
  if (text.split(find).length !== 2) throw new Error(`${file} does not hold this text once: ${find}`);
  const planted = text.replace(find, () => replace);
  const { outputFiles } = await build({
    entryPoints: [join(root, "runtime-lib/simulated.ts")],
    ...{ bundle: true, write: false, platform: "node", format: "esm", packages: "external" },
    plugins: [
      {
        name: "plant",
        setup: (build) =>
          build.onLoad({ filter: /\.ts$/ }, (args) =>
            args.path === path ? { contents: planted, loader: "ts" } : undefined,
          ),
      },
    ],
  });
  const bundle = join(folder, "runtime.mjs");
  writeFileSync(bundle, outputFiles[0]?.text ?? "");
  return import(pathToFileURL(bundle).href);
}
