/** An example, compiled, emitted and loaded by the built toolchain, as the live kernel loads it. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runInThisContext } from "node:vm";
import { bundleForKernel, compile, emit, printDiagnostics } from "../dist/compiler/index.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** The service definition of `examples/<name>`, with these files in the places of its own. */
export async function loadExample(name, others = []) {
  const own = filesUnder(join(root, "examples", name)).filter(
    ({ path }) => !others.some((other) => other.path === path),
  );
  return (await load(name, [...own, ...others])).service;
}

/** The program and the service of `bench/models/<name>.ioa.toml`. */
export async function loadModel(name) {
  const path = `${name}.ioa.toml`;
  return load(name, [{ path, bytes: readFileSync(join(root, "bench/models", path)) }]);
}

async function load(name, files) {
  const { program, diagnostics, texts } = compile({ name, files });
  if (program === undefined) throw new Error(printDiagnostics(diagnostics, texts, { color: false }));
  const text = await bundleForKernel(emit(program, templates()), { resolveDir: root });
  const module = { exports: {} };
  runInThisContext(`(function (module, exports) { ${text}\n})`)(module, module.exports);
  return { program, service: module.exports.service };
}

function filesUnder(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    return { path: path.slice(folder.length + 1), bytes: readFileSync(path) };
  });
}

function templates() {
  const folder = join(root, "templates");
  const names = readdirSync(folder).filter((name) => name.endsWith(".hbs"));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}
