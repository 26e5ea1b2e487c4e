/** What every compilation owes, whatever it was given: an end in time, and a program or diagnostics with a place in the text. */
import { createContext, Script } from "node:vm";
import {
  type Compiled,
  compile,
  type Diagnostic,
  diagnosticRecords,
  emit,
  finish,
  printDiagnostics,
  type Sources,
} from "../../compiler/index.ts";
import { templates } from "../emission/load.ts";

/** A compilation that is slower than this hangs, as far as its user can tell. */
const patienceMs = 1_000;
/** One that is slower than this is cut off, so that an endless one fails a test and does not stop the run. */
const endlessMs = 20_000;

export interface Judged {
  readonly compiled: Compiled;
  readonly elapsedMs: number;
}

/** Compiles and judges. Throws an error that says what is wrong. */
export function judge(sources: Sources): Judged {
  const judged = measured(sources);
  judgeDiagnostics(sources, judged.compiled);
  judgeProgram(judged.compiled);
  return judged;
}

/** Counted in the processor's time, as others are at work on the machine; what was slow once must be slow thrice. */
function measured(sources: Sources): Judged {
  let judged = inTime(sources);
  for (let again = 0; again < 2 && judged.elapsedMs > patienceMs; again += 1) judged = inTime(sources);
  if (judged.elapsedMs > patienceMs) throw new Error(`it takes ${Math.round(judged.elapsedMs)} ms`);
  return judged;
}

const noSources: Sources = { name: "", files: [] };
const cut = { sources: noSources, compile };
const context = createContext(cut);
const script = new Script("compile(sources)");

/** Cut off by V8 itself: nothing else stops an expression that backtracks for ever. */
function inTime(sources: Sources): Judged {
  cut.sources = sources;
  const start = cpuMs();
  const compiled = unlessPaused(() => script.runInContext(context, { timeout: endlessMs }));
  printDiagnostics(compiled.diagnostics, compiled.texts, { color: false });
  diagnosticRecords(compiled.diagnostics, compiled.texts);
  return { compiled, elapsedMs: cpuMs() - start };
}

/** V8 goes by the clock: what it cuts off before any work was done was paused with the whole process, and runs again, once. */
function unlessPaused(compilation: () => Compiled): Compiled {
  const start = cpuMs();
  try {
    return compilation();
  } catch (error) {
    if (cpuMs() - start > patienceMs) throw error;
    return compilation();
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function judgeDiagnostics(sources: Sources, { program, diagnostics, texts }: Compiled): void {
  const refused = diagnostics.some(({ severity }) => severity === "error");
  if (refused === (program !== undefined)) throw new Error(refused ? "a program with errors" : "no program, no error");
  const paths = new Set([sources.name, ...sources.files.map(({ path }) => path)]);
  for (const diagnostic of diagnostics) judgeOne(diagnostic, paths, texts);
  const printed = printDiagnostics(diagnostics, texts, { color: false });
  const unprintable = /[^\n\P{Cc}]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.exec(printed);
  if (unprintable !== null) throw new Error(`a diagnostic prints ${JSON.stringify(unprintable[0])}`);
  for (const { line, column, endLine, endColumn } of diagnosticRecords(diagnostics, texts))
    if (!(line >= 1 && column >= 1 && (endLine > line || endColumn >= column))) throw new Error("a place that is none");
}

function judgeOne(diagnostic: Diagnostic, paths: ReadonlySet<string>, texts: Compiled["texts"]): void {
  const { code, message, hint, span, notes } = diagnostic;
  const said = [message, hint ?? "", ...notes.map((note) => note.message)].join("\n");
  const source = [...texts.values(), ...texts.keys()].join("\n");
  const slip = /\b(undefined|NaN|TypeError|\[object \w+\])|\p{Cs}|\\ud[89a-f]/u.exec(said)?.[0];
  if (slip !== undefined && !source.toLowerCase().includes(slip.toLowerCase()))
    throw new Error(`${code} says ${slip}: ${said}`);
  if (message === "" || hint === "") throw new Error(`${code} says nothing`);
  for (const each of [span, ...notes.flatMap((note) => note.span ?? [])]) {
    const length = texts.get(each.file)?.length ?? 0;
    const isInside = Number.isInteger(each.start) && Number.isInteger(each.end) && each.start >= 0;
    if (!paths.has(each.file) || !isInside || each.start > each.end || each.end > length)
      throw new Error(`${code} stands at ${JSON.stringify(each)} of ${length} characters`);
  }
  if (span.end === 0 && (texts.get(span.file) ?? "") !== "" && !code.startsWith("parse/"))
    throw new Error(`${code} stands nowhere in ${span.file}`);
}

/** What compiles can be emitted, and what is emitted is TypeScript: `finish` throws where it is not. */
function judgeProgram({ program }: Compiled): void {
  if (program !== undefined) finish(emit(program, templates));
}
