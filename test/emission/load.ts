/** From a spec to its loaded service, by the calls that the live kernel makes: for tests of what emitted code does. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import type { Automaton, ServiceDefinition } from "@temperc/runtime";
import { bundleForKernel, compile, type Emitted, emit, type Program, printDiagnostics } from "../../compiler/index.ts";
import { readTexts } from "../golden/compare.ts";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** Bundles in these tests take the runtime from its sources, as the tests themselves do. */
export const alias = {
  "@temperc/runtime": join(root, "runtime-lib/index.ts"),
  "@temperc/runtime/kernel": join(root, "runtime-lib/kernel/index.ts"),
};

export const templates: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(join(root, "templates"))
    .filter((name) => name.endsWith(".hbs"))
    .map((name) => [name, readFileSync(join(root, "templates", name), "utf8")]),
);

/** The program of these files; throws with what is wrong where it has errors. */
export function programOf(files: Readonly<Record<string, string>>, name = "trial"): Program {
  const sources = Object.entries(files).map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text) }));
  const { program, diagnostics, texts } = compile({ name, files: sources });
  if (program === undefined) throw new Error(printDiagnostics(diagnostics, texts, { color: false }));
  return program;
}

export function exampleProgram(name: string): Program {
  return programOf(Object.fromEntries(readTexts(join(root, "examples", name))), name);
}

/** The program of a golden case that has a spec of its own. */
export function goldenProgram(name: string): Program {
  return programOf(Object.fromEntries(readTexts(join(root, "golden", name, "spec"))), name);
}

/** The emitted service in a context of its own, where nothing but the language is. */
export async function loadService(emitted: Emitted): Promise<ServiceDefinition> {
  const text = await bundleForKernel(emitted, { resolveDir: root, alias });
  const module: { exports: { service?: ServiceDefinition } } = { exports: {} };
  runInNewContext(`(function (module, exports) { ${text}\n})`)(module, module.exports);
  if (module.exports.service === undefined) throw new Error("the bundle exports no service");
  return module.exports.service;
}

/** The automaton of a spec that has one. */
export async function automatonOf(toml: string): Promise<Automaton> {
  const service = await loadService(emit(programOf({ "trial.ioa.toml": toml }), templates));
  const automaton = service.entityTypes[0]?.automaton;
  if (automaton === undefined) throw new Error("the spec has no automaton");
  return automaton;
}
