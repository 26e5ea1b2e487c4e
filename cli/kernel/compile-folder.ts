/** The first half of the recipe: read a spec folder and compile it. */
import { compile, type Diagnostic, type Program, type Purpose, type Texts } from "../../compiler/index.ts";
import type { FolderLimits } from "../folder/limits.ts";
import { type ReadFolder, readSpecFolder } from "../folder/read-folder.ts";
import type { Refusal } from "../refusal.ts";
import { type Stopwatch, startStopwatch } from "./stopwatch.ts";

export interface CompiledFolder {
  readonly kind: "compiled";
  readonly folder: ReadFolder;
  /** Absent where an error was found. */
  readonly program?: Program;
  readonly diagnostics: readonly Diagnostic[];
  readonly texts: Texts;
}

export interface CompileOptions {
  readonly limits: FolderLimits;
  readonly purpose: Purpose;
}

/** Reads and compiles. What is wrong with the folder is a refusal, what is wrong with the spec a diagnostic. */
export async function compileFolder(
  path: string,
  options: CompileOptions,
  stopwatch: Stopwatch = startStopwatch(),
): Promise<CompiledFolder | Refusal> {
  const folder = await stopwatch.time("read", () => readSpecFolder(path, options.limits));
  return folder.kind === "refused" ? folder : compileRead(folder, options, stopwatch);
}

/** Compiles what has been read. */
export async function compileRead(
  folder: ReadFolder,
  { purpose }: Pick<CompileOptions, "purpose">,
  { time }: Stopwatch,
): Promise<CompiledFolder> {
  return { kind: "compiled", folder, ...(await time("compile", () => compile(folder.sources, purpose))) };
}
