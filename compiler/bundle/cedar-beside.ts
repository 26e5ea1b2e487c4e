/** An esbuild plugin that takes Cedar into the bundle: the runtime requires it only when it first decides. */

import { dirname } from "node:path";
import type { Plugin } from "esbuild";

const specifier = "@cedar-policy/cedar-wasm/nodejs";

/** Cedar reads its WebAssembly from the folder that it runs in: whoever writes the bundle copies this file beside it. */
export const cedarWasm = { specifier, file: "cedar_wasm_bg.wasm" } as const;

/** esbuild follows no `createRequire`; here it finds one whose `require` it can follow, and which is still called late. */
const followedRequire = `
export function createRequire() {
  return (name) => {
    if (name !== ${JSON.stringify(specifier)}) throw new Error("this bundle does not hold " + name);
    return require(${JSON.stringify(specifier)});
  };
}
`;

const namespace = "cedar-beside";

export const cedarBeside: Plugin = {
  name: namespace,
  setup(build) {
    build.onResolve({ filter: /^node:module$/ }, ({ importer }) =>
      /[\\/]adapters[\\/]cedar[\\/]engine\.[jt]s$/.test(importer)
        ? { path: "require", namespace, pluginData: dirname(importer) }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace }, ({ pluginData: resolveDir }) => ({
      contents: followedRequire,
      resolveDir: String(resolveDir),
    }));
  },
};
