/** Behaviour files, compiled, emitted, bundled and loaded: what verification is given, for its tests. */
import { join } from "node:path";
import { runInThisContext } from "node:vm";
import type { Automaton, ServiceDefinition } from "@temperc/runtime";
import { bundleForKernel, compile, emit, type Program, printDiagnostics, type Sources } from "../../compiler/index.ts";
import { readTexts } from "../golden/compare.ts";

export interface Loaded {
  readonly program: Program;
  readonly service: ServiceDefinition;
  /** What the service was loaded from. */
  readonly bundle: string;
}

const root = join(import.meta.dirname, "../..");
const alias = { "@temperc/runtime/kernel": join(root, "runtime-lib/kernel/index.ts") };

/** Throws with the diagnostics where the files do not compile. `crossInvariants` is the file of that name. */
export async function loaded(texts: readonly string[], crossInvariants?: string): Promise<Loaded> {
  const encoder = new TextEncoder();
  const automata = texts.map((text, index) => ({ path: `spec-${index}.ioa.toml`, bytes: encoder.encode(text) }));
  const across = crossInvariants === undefined ? [] : [encoder.encode(crossInvariants)];
  return load([...automata, ...across.map((bytes) => ({ path: "cross-invariants.toml", bytes }))]);
}

/** A whole spec folder, by its path below the root of the project. Throws as `loaded` does. */
export async function loadedFolder(path: string): Promise<Loaded> {
  const encoder = new TextEncoder();
  return load([...readTexts(join(root, path))].map(([name, text]) => ({ path: name, bytes: encoder.encode(text) })));
}

async function load(files: Sources["files"]): Promise<Loaded> {
  const { program, diagnostics, texts: decoded } = compile({ name: "specs", files });
  if (program === undefined) throw new Error(printDiagnostics(diagnostics, decoded, { color: false }));
  const templates = Object.fromEntries([...readTexts(join(root, "templates"))]);
  const bundle = await bundleForKernel(emit(program, templates), { resolveDir: root, alias });
  const module: { exports: { service?: ServiceDefinition } } = { exports: {} };
  runInThisContext(`(function (module, exports) { ${bundle}\n})`)(module, module.exports);
  if (module.exports.service === undefined) throw new Error("the bundle exports no service");
  return { program, service: module.exports.service, bundle };
}

export function automatonIn({ service }: Loaded, name: string): Automaton {
  const automaton = service.entityTypes.find((type) => type.automaton?.name === name)?.automaton;
  if (automaton === undefined) throw new Error(`there is no automaton ${name}`);
  return automaton;
}
