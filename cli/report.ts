/** What the stages found, for people and for programs. */
import { relative } from "node:path";
import { type Diagnostic, diagnosticRecords, outline, printDiagnostics, type Texts } from "../compiler/index.ts";
import { type MutationReport, printMutation, printVerdicts, score, total, verdictRecords } from "../verify/index.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import type { CompiledFolder } from "./kernel/compile-folder.ts";
import type { Revision } from "./kernel/pipeline.ts";
import type { MigrationRecord } from "./plane/migrations.ts";
import { colours, type Terminal, visible } from "./terminal.ts";

/** The compiler's diagnostics and the links that were not followed, on standard error; paths as seen from where the user is. */
export function reportDiagnostics(compiled: CompiledFolder, terminal: Terminal): void {
  const { yellow } = colours(terminal.errColour);
  for (const path of compiled.folder.strayLinks) {
    terminal.err(`${yellow("warning:")} ${visible(path)} is a link out of the folder, or to nothing: it is not read\n`);
  }
  const { diagnostics, texts } = seenFromHere(compiled);
  terminal.err(printDiagnostics(diagnostics, texts, { color: terminal.errColour }));
}

/** The same for programs. */
export function diagnosticsOf(compiled: CompiledFolder): readonly object[] {
  const { diagnostics, texts } = seenFromHere(compiled);
  return diagnosticRecords(diagnostics, texts);
}

interface CheckReport {
  readonly ir?: boolean;
  readonly json?: boolean;
}

/** The result of `temperc check`. */
export function reportCheck(compiled: CompiledFolder, { ir, json }: CheckReport, terminal: Terminal): void {
  const { program } = compiled;
  if (json === true) {
    const found = ir === true && program !== undefined ? { ir: program } : {};
    terminal.json({ ok: program !== undefined, diagnostics: diagnosticsOf(compiled), ...found });
    return;
  }
  reportDiagnostics(compiled, terminal);
  if (program === undefined) return;
  if (ir === true) terminal.out(visible(outline(program)));
  else terminal.out(`${program.name}: ${summary(compiled)}\n`);
}

function summary({ program, diagnostics }: CompiledFolder): string {
  const automata = count(program?.automata.length ?? 0, "automaton", "automata");
  const entities = count(program?.contract.entities.length ?? 0, "entity type", "entity types");
  const policies = count(program?.policies.length ?? 0, "policy", "policies");
  const warnings = diagnostics.length === 0 ? "no mistakes" : "no errors";
  return `${automata}, ${entities}, ${policies}; ${warnings}`;
}

export function verdictsOf({ verdicts }: Revision): readonly object[] {
  return verdictRecords(verdicts);
}

/** What stands beside the verdicts. */
export interface BesideVerdicts {
  /** The files that hold the counterexamples. */
  readonly traces: readonly string[];
  readonly mutation?: readonly MutationReport[];
  /** Where an earlier spec was named. */
  readonly migrations: readonly MigrationRecord[];
}

/** What `temperc verify` found: the verdicts and their traces, or why there are none. */
export function reportVerified(
  made: Revision | CompiledFolder,
  json: boolean,
  terminal: Terminal,
  { traces, mutation, migrations }: BesideVerdicts,
): void {
  const compiled = made.kind === "made" ? made.compiled : made;
  if (json) {
    const found = mutation === undefined ? {} : { mutation: mutationRecords(mutation) };
    const isHeld = migrations.every(({ outcome }) => outcome === "held");
    const mapped = migrations.length > 0 && { migrations, ...(!isHeld && { ok: false }) };
    const beside = { ...(traces.length > 0 && { traces }), ...mapped };
    terminal.json({ ...verifiedRecord(made), ...beside, ...found });
    return;
  }
  reportDiagnostics(compiled, terminal);
  if (made.kind === "made") terminal.out(printVerdicts(made.verdicts, { color: terminal.outColour }));
  for (const each of migrations) terminal.out(migrationLine(each, terminal));
  if (mutation !== undefined) terminal.out(`\n${printMutation(mutation, { color: terminal.outColour })}`);
  for (const path of traces) terminal.err(`run it again: temperc replay ${visible(path)}\n`);
}

function migrationLine({ automaton, outcome, text }: MigrationRecord, { outColour }: Terminal): string {
  const { green, red, yellow } = colours(outColour);
  const words = { held: green("PASSED"), violated: red("FAILED"), unknown: yellow("UNKNOWN") };
  return `migration (${visible(automaton)})  ${words[outcome]}  ${visible(text)}\n`;
}

function mutationRecords(reports: readonly MutationReport[]): object {
  const scored = (report: MutationReport): object => ({ ...report, score: score(report) ?? null });
  return { score: score(total(reports)) ?? null, automata: reports.map(scored) };
}

/** The same for programs. */
export function verifiedRecord(made: Revision | CompiledFolder): object {
  if (made.kind === "compiled") return { ok: false, diagnostics: diagnosticsOf(made) };
  const { outcome, specHash, compiled } = made;
  const diagnostics = diagnosticsOf(compiled);
  return { ok: outcome === "held", outcome, revision: specHash, diagnostics, verdicts: verdictsOf(made) };
}

/** How a verification ends a command. */
export function exitCodeOf(outcome: Revision["outcome"], allowUnknown: boolean): ExitCode {
  switch (outcome) {
    case "held":
      return exitCodes.ok;
    case "violated":
      return exitCodes.failed;
    case "unknown":
      return allowUnknown ? exitCodes.ok : exitCodes.unknown;
  }
}

/** What keeps a revision from being built or served, as an exit code; `ok` where nothing does. */
export function objectionTo(made: Revision | CompiledFolder, allowUnknown: boolean): ExitCode {
  return made.kind === "made" ? exitCodeOf(made.outcome, allowUnknown) : exitCodes.unusable;
}

/** Says why a revision is neither built nor served: the diagnostics, or the verdicts and their traces. */
export function explainRefusal(made: Revision | CompiledFolder, terminal: Terminal): void {
  reportDiagnostics(made.kind === "made" ? made.compiled : made, terminal);
  if (made.kind !== "made") return;
  const { bold, red } = colours(terminal.errColour);
  terminal.err(printVerdicts(made.verdicts, { color: terminal.errColour }));
  const why =
    made.outcome === "violated"
      ? "the spec breaks a promise of its own; the trace shows how"
      : "a promise could not be decided; the reasons stand above, and --allow-unknown goes on without";
  terminal.err(`${red("refused:")} ${bold(why)}\n`);
}

export function count(found: number, one: string, many: string): string {
  return `${found} ${found === 1 ? one : many}`;
}

function seenFromHere({ folder, diagnostics, texts }: CompiledFolder): {
  readonly diagnostics: readonly Diagnostic[];
  readonly texts: Texts;
} {
  const prefix = relative(process.cwd(), folder.root).replaceAll("\\", "/");
  const own = new Set(folder.sources.files.map(({ path }) => path));
  const moved = (path: string): string => (prefix === "" || !own.has(path) ? path : `${prefix}/${path}`);
  return {
    diagnostics: diagnostics.map((diagnostic) => ({
      ...diagnostic,
      span: { ...diagnostic.span, file: moved(diagnostic.span.file) },
      notes: diagnostic.notes.map((note) =>
        note.span === undefined ? note : { ...note, span: { ...note.span, file: moved(note.span.file) } },
      ),
    })),
    texts: new Map([...texts].map(([path, text]) => [moved(path), text])),
  };
}
