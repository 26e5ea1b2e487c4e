/** A spec folder as loaded code, without a verification: for whoever wants to run it, not to serve it. */
import type { ServiceDefinition } from "@temperc/runtime";
import { bundleForKernel, emit, type Program } from "../../compiler/index.ts";
import { type ReadFolder, readSpecFolder } from "../folder/read-folder.ts";
import { packageRoot, readTemplates, version } from "../package-root.ts";
import type { Refusal } from "../refusal.ts";
import { type CompiledFolder, type CompileOptions, compileRead } from "./compile-folder.ts";
import { loadBundle } from "./load-bundle.ts";
import { specHash } from "./spec-hash.ts";
import { startStopwatch } from "./stopwatch.ts";

export interface LoadedFolder {
  readonly kind: "loaded";
  readonly program: Program;
  /** The emitted code as one CommonJS text, which `definition` was loaded from. */
  readonly bundle: string;
  readonly definition: ServiceDefinition;
  readonly specHash: string;
}

/** The emitted code of a folder, or what the compiler found, or why the folder cannot be read. */
export async function loadFolder(
  path: string,
  options: CompileOptions,
): Promise<LoadedFolder | CompiledFolder | Refusal> {
  const folder = await readSpecFolder(path, options.limits);
  return folder.kind === "refused" ? folder : loadRead(folder, options);
}

/** The same of files that have been read. */
export async function loadRead(folder: ReadFolder, options: CompileOptions): Promise<LoadedFolder | CompiledFolder> {
  const compiled = await compileRead(folder, options, startStopwatch());
  const { program } = compiled;
  if (program === undefined) return compiled;
  const hash = specHash(folder.sources, version());
  const bundle = await bundleForKernel(emit(program, readTemplates()), { resolveDir: packageRoot });
  return {
    kind: "loaded",
    program,
    bundle,
    definition: loadBundle(bundle, `${program.name}-${hash.slice(0, 12)}`),
    specHash: hash,
  };
}
