/** A spec folder as loaded code, without a verification: for whoever wants to run it, not to serve it. */
import type { ServiceDefinition } from "@temperc/runtime";
import { bundleForKernel, emit, type Program } from "../../compiler/index.ts";
import { packageRoot, readTemplates, version } from "../package-root.ts";
import type { Refusal } from "../refusal.ts";
import { type CompiledFolder, type CompileOptions, compileFolder } from "./compile-folder.ts";
import { loadBundle } from "./load-bundle.ts";
import { specHash } from "./spec-hash.ts";

export interface LoadedFolder {
  readonly kind: "loaded";
  readonly program: Program;
  readonly definition: ServiceDefinition;
  readonly specHash: string;
}

/** The emitted code of a folder, or what the compiler found, or why the folder cannot be read. */
export async function loadFolder(
  path: string,
  options: CompileOptions,
): Promise<LoadedFolder | CompiledFolder | Refusal> {
  const compiled = await compileFolder(path, options);
  if (compiled.kind === "refused" || compiled.program === undefined) return compiled;
  const { program, folder } = compiled;
  const hash = specHash(folder.sources, version());
  const bundle = await bundleForKernel(emit(program, readTemplates()), { resolveDir: packageRoot });
  return {
    kind: "loaded",
    program,
    definition: loadBundle(bundle, `${program.name}-${hash.slice(0, 12)}`),
    specHash: hash,
  };
}
