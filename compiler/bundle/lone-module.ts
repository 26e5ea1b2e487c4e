/** Turns one emitted TypeScript module into CommonJS, for a host that gives it what it imports. */

import { transform } from "esbuild";

/** The text of a CommonJS module; its imports are calls of `require`. Rejects where emitted code is malformed, which is our mistake. */
export async function loneModule(text: string): Promise<string> {
  const { code } = await transform(text, { loader: "ts", format: "cjs", target: "node20", charset: "utf8" });
  return code;
}
