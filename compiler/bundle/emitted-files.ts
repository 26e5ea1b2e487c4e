/** An esbuild plugin that serves emitted files from memory. */

import { dirname, join } from "node:path/posix";
import type { Plugin } from "esbuild";
import type { Emitted } from "../emit/emitted.ts";

const namespace = "emitted";

/** Emitted files import each other as `./x.js` and packages by name; packages are looked up from `resolveDir`. */
export function emittedFiles(emitted: Emitted, resolveDir: string): Plugin {
  const texts = new Map(emitted.files.map(({ path, text }) => [path, text]));
  return {
    name: "emitted-files",
    setup(build) {
      build.onResolve({ filter: /^generated\// }, ({ path, kind }) =>
        kind === "entry-point" ? { path, namespace } : undefined,
      );
      build.onResolve({ filter: /^\./, namespace }, ({ path, importer }) => ({
        path: join(dirname(importer), path).replace(/\.js$/, ".ts"),
        namespace,
      }));
      build.onLoad({ filter: /.*/, namespace }, ({ path }) => {
        const contents = texts.get(path);
        if (contents === undefined) throw new Error(`emitted code imports ${path}, which is not emitted`);
        return { contents, loader: "ts", resolveDir };
      });
    },
  };
}
