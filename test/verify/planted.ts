/** The runtime with a fault in it: a copy of its real code in which some pieces of text are others. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import type { Runtime } from "../../verify/index.ts";

/** Pieces of a file below `runtime-lib`, and what stands there instead. */
export interface Fault {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** Other pieces of the same file. */
  readonly also?: readonly { readonly find: string; readonly replace: string }[];
}

const root = join(import.meta.dirname, "../..");

/** Throws where a piece is not in the file exactly once: then the test does not plant what it says. */
export async function runtimeWith({ file, find, replace, also = [] }: Fault, folder: string): Promise<Runtime> {
  const path = join(root, "runtime-lib", file);
  const planted = [{ find, replace }, ...also].reduce(
    (text, piece) => {
      const parts = text.split(piece.find);
      if (parts.length !== 2) throw new Error(`${file} does not hold this text once: ${piece.find}`);
      return parts.join(piece.replace);
    },
    readFileSync(path, "utf8"),
  );
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
  planting += 1;
  const bundle = join(folder, `runtime-${planting}.mjs`);
  writeFileSync(bundle, outputFiles[0]?.text ?? "");
  return import(pathToFileURL(bundle).href);
}

/** Each is a module of its own, in whatever folder. */
let planting = 0;
