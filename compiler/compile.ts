/** The recipe: files to text, text to syntax, syntax to a bound and checked program. */

import { checkAsked } from "./bind/asked.ts";
import { bindAutomata } from "./bind/automaton.ts";
import { bindContract } from "./bind/contract.ts";
import { bindAcross } from "./bind/cross-invariants.ts";
import { declaredFields } from "./bind/declared-fields.ts";
import { checkWebhooks } from "./bind/inbound-webhooks.ts";
import { bindPolicies } from "./bind/policies.ts";
import { assertWhole } from "./bind/whole.ts";
import { checkProgram } from "./checks/checks.ts";
import { checkRunnable } from "./checks/not-available-yet.ts";
import type { Diagnostic, Report } from "./diagnostics/diagnostic.ts";
import { lineStarts } from "./diagnostics/place.ts";
import type { Texts } from "./diagnostics/print.ts";
import { createReporter } from "./diagnostics/reporter.ts";
import type { Program } from "./ir/program.ts";
import { appFile, parseApp } from "./parse/app.ts";
import { parseAutomaton } from "./parse/automaton.ts";
import { parsePolicies } from "./parse/cedar.ts";
import { crossFile, parseCrossInvariants } from "./parse/cross-invariants.ts";
import { parseContract } from "./parse/csdl.ts";
import { decode } from "./parse/decode.ts";
import { checkReactions, parseEndpoints, parseReactions, type Sidecars } from "./parse/older-triggers.ts";
import { checkSettings, settingsFile } from "./parse/settings.ts";
import { parseToml, type TextFile, type TomlTable } from "./parse/toml.ts";
import type { Sources } from "./sources.ts";

export interface Compiled {
  /** Present when no error was reported; warnings do not keep it away. */
  readonly program?: Program;
  readonly diagnostics: readonly Diagnostic[];
  /** The text of every file that could be decoded, for printing. */
  readonly texts: Texts;
}

/** What is to become of the program: one that is to run may ask for nothing that this version cannot run. */
export type Purpose = "check" | "run";

/** Compiles a spec folder. Every error of the run is reported; the order of files does not matter. */
export function compile(sources: Sources, purpose: Purpose = "check"): Compiled {
  const { report, diagnostics } = createReporter();
  const files = [...sources.files]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .flatMap((file) => decode(file, report) ?? []);
  const ending = (suffix: string) => files.filter(({ path }) => path.endsWith(suffix));

  const behaviours = sources.files.filter(({ path }) => path.endsWith(".ioa.toml"));
  if (behaviours.length === 0)
    report("parse/no-spec", { file: sources.name, start: 0, end: 0 }, { folder: sources.name });

  const documents = ending(".csdl.xml");
  const schemas = documents.flatMap((file) => parseContract(file, report) ?? []);
  const fieldsOf = declaredFields(schemas);
  const sidecars = readSidecars(files, report);
  // One file after the other, so that a file's tree is gone before the next one's is made.
  const syntaxes = ending(".ioa.toml").flatMap((file) => {
    const table = parseToml(file, report);
    return (table && parseAutomaton(table, sidecars, report)) ?? [];
  });
  const automata = bindAutomata(syntaxes, fieldsOf, report);
  checkAsked(automata, fieldsOf, report);
  checkWebhooks(automata, report);
  const isWhole = schemas.length === documents.length && automata.length === behaviours.length;
  if (isWhole)
    checkReactions(
      sidecars,
      automata.map((each) => each.name),
      report,
    );
  const name = programName(sources.name);
  const contract = isWhole ? bindContract(schemas, automata, name, report) : undefined;
  const policySyntaxes = ending(".cedar").flatMap((file) => parsePolicies(file, report));
  const bound = contract && bindPolicies(policySyntaxes, contract, automata, report);
  const crossings = rootsOf(files, crossFile, report).map((root) => parseCrossInvariants(root, report));
  const across = contract && bindAcross(crossings, { automata, contract, fieldsOf }, report);
  for (const root of rootsOf(files, settingsFile, report)) checkSettings(root, report);
  const [about = {}] = rootsOf(files, appFile, report).map((root) => parseApp(root, report));
  if (!hasErrors(diagnostics())) {
    assertWhole(syntaxes, automata);
    checkProgram({ automata, crossInvariants: [], policies: [], ...across, ...bound }, report);
  }

  const texts = new Map(files.map(({ path, text }) => [path, text]));
  if (contract === undefined || bound === undefined || across === undefined)
    return { diagnostics: diagnostics(), texts };
  const lines = files.map(({ path, text }) => ({ path, lineStarts: lineStarts(text) }));
  const program = { name, about, files: lines, automata, contract, ...across, ...bound };
  if (purpose === "run") checkRunnable(program, report);
  const found = diagnostics();
  return hasErrors(found) ? { diagnostics: found, texts } : { program, diagnostics: found, texts };
}

/** The files of earlier versions that stand beside the behaviour files, and that are part of what they mean. */
export function readSidecars(files: readonly TextFile[], report: Report): Sidecars {
  const sidecars = files.filter(({ path }) => path.endsWith(".reactions.toml"));
  return {
    reactions: sidecars
      .flatMap((file) => parseToml(file, report) ?? [])
      .flatMap((root) => parseReactions(root, report)),
    endpoints: rootsOf(files, "integration.toml", report).flatMap((root) => parseEndpoints(root, report)),
  };
}

/** What stands in the files of that name, in whatever folder. */
function rootsOf(files: readonly TextFile[], name: string, report: Report): readonly TomlTable[] {
  const named = files.filter(({ path }) => path === name || path.endsWith(`/${name}`));
  return named.flatMap((file) => parseToml(file, report) ?? []);
}

/** The checks ask what a whole program means; of one with holes they would only tell nonsense. */
function hasErrors(found: readonly Diagnostic[]): boolean {
  return found.some(({ severity }) => severity === "error");
}

/** A folder name as an identifier: `readers-writers` becomes `ReadersWriters`. */
function programName(folder: string): string {
  const words = folder.split(/[^\p{L}\p{Nd}]+/u).filter((word) => word !== "");
  const name = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
  return /^\p{L}/u.test(name) ? name.slice(0, 128) : `Spec${name}`.slice(0, 128);
}
