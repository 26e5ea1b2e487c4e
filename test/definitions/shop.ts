/** The shop of `examples/ecommerce`, compiled, emitted and loaded as the live kernel loads it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runInThisContext } from "node:vm";
import type { ServiceDefinition } from "@temperc/runtime";
import { bundleForKernel, compile, emit, printDiagnostics } from "../../compiler/index.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The definition that the emitted code exports. */
export async function shopService(): Promise<ServiceDefinition> {
  const { program, diagnostics, texts } = compile({ name: "ecommerce", files: filesUnder("examples/ecommerce") });
  if (program === undefined) throw new Error(printDiagnostics(diagnostics, texts, { color: false }));
  const templates = Object.fromEntries(
    filesUnder("templates").map(({ path, bytes }) => [path, Buffer.from(bytes).toString("utf8")]),
  );
  const alias = { "@temperc/runtime/kernel": join(root, "runtime-lib/kernel/index.ts") };
  const text = await bundleForKernel(emit(program, templates), { resolveDir: root, alias });
  const module: { exports: { service?: ServiceDefinition } } = { exports: {} };
  runInThisContext(`(function (module, exports) { ${text}\n})`)(module, module.exports);
  if (module.exports.service === undefined) throw new Error("the bundle exports no service");
  return module.exports.service;
}

function filesUnder(folder: string): readonly { readonly path: string; readonly bytes: Uint8Array }[] {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return { path: path.slice(join(root, folder).length + 1), bytes: readFileSync(path) };
    });
}
