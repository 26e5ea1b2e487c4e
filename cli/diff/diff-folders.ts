/** The work of `temperc diff`: two spec folders compared, and the later one asked what the journal's calls would come to. */
import { type Rehearsal, rehearse, type ServiceDefinition } from "@temperc/runtime";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { defaultFolderLimits } from "../folder/limits.ts";
import type { Told } from "../kernel/announce.ts";
import { type CompiledFolder, compileFolder } from "../kernel/compile-folder.ts";
import { loadFolder } from "../kernel/load-folder.ts";
import type { Refusal } from "../refusal.ts";
import { diagnosticsOf, reportDiagnostics } from "../report.ts";
import { existingStore } from "../store/existing-store.ts";
import { differences } from "./compare.ts";
import { inWords, printDifferences, printRehearsal } from "./print.ts";

export interface DiffOptions {
  /** A store whose journal is asked. */
  readonly replay?: string;
  readonly tenant: string;
  readonly events: number;
}

const reading = { limits: defaultFolderLimits, purpose: "check" } as const;

/** Exit codes: 0 they say the same and every call ends as it did; 1 they differ; 2 one does not compile, or wrong usage. */
export async function diffFolders(
  [before, after]: readonly [string, string],
  options: DiffOptions,
  told: Told,
): Promise<ExitCode | Refusal> {
  const earlier = await compileFolder(before, reading);
  if (earlier.kind === "refused") return earlier;
  const later = await loadFolder(after, reading);
  if (later.kind === "refused") return later;
  if (earlier.program === undefined) return broken(earlier, told);
  if (later.kind === "compiled") return broken(later, told);
  const found = differences(earlier.program, later.program);
  const rehearsal =
    options.replay === undefined ? undefined : await rehearsed(options.replay, later.definition, options);
  if (rehearsal !== undefined && "kind" in rehearsal) return rehearsal;
  const { otherwise = [], unreadable = [] } = rehearsal ?? {};
  const isSame = found.length === 0 && otherwise.length === 0 && unreadable.length === 0;
  const { terminal, json } = told;
  if (json) {
    const inText = found.map((difference) => ({ ...difference, text: inWords(difference) }));
    terminal.json({ same: found.length === 0, differences: inText, ...(rehearsal && { replay: rehearsal }) });
    return isSame ? exitCodes.ok : exitCodes.failed;
  }
  terminal.out(found.length === 0 ? "both say the same\n" : printDifferences(found, terminal.outColour));
  if (rehearsal !== undefined) terminal.out(`\n${printRehearsal(rehearsal, terminal.outColour)}`);
  return isSame ? exitCodes.ok : exitCodes.failed;
}

function broken(compiled: CompiledFolder, { terminal, json }: Told): ExitCode {
  if (json) terminal.json({ ok: false, diagnostics: diagnosticsOf(compiled) });
  else reportDiagnostics(compiled, terminal);
  return exitCodes.unusable;
}

async function rehearsed(
  path: string,
  definition: ServiceDefinition,
  { tenant, events }: DiffOptions,
): Promise<Rehearsal | Refusal> {
  const opened = await existingStore(path);
  if (opened.kind === "refused") return opened;
  try {
    return await rehearse(opened.store, definition, { tenant, events });
  } finally {
    await opened.store.close();
  }
}
