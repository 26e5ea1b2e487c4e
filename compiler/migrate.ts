/** The recipe of `temperc migrate`: compile, rewrite, compile again, and prove that both mean the same. */

import { type Compiled, compile, readSidecars } from "./compile.ts";
import type { Diagnostic, Report } from "./diagnostics/diagnostic.ts";
import { migrateBehaviour, olderCodes } from "./migrate/behaviour.ts";
import { besideOf, unneeded } from "./migrate/beside.ts";
import { firstDifference } from "./migrate/difference.ts";
import type { Sources } from "./sources.ts";

/** A file before and after, without a byte order mark; one without an after goes away. */
export interface MigratedFile {
  readonly path: string;
  readonly before: string;
  readonly after?: string;
}

export type Migration =
  /** The spec has errors: they come first. */
  | { readonly kind: "not compiled"; readonly compiled: Compiled }
  /** Our mistake: what was made does not mean the same. */
  | { readonly kind: "not the same"; readonly difference: string; readonly files: readonly MigratedFile[] }
  | {
      readonly kind: "migrated";
      /** Those that change. */
      readonly files: readonly MigratedFile[];
      /** What is of an older form still, in the files as they come out. */
      readonly remaining: readonly Diagnostic[];
      readonly compiled: Compiled;
    };

/** What is wrong was told when the program was compiled. */
const quiet: Report = () => undefined;

/** Every behaviour file of a spec folder in today's form, with the proof that the program is the same. */
export function migrate(sources: Sources): Migration {
  const before = compile(sources);
  if (before.program === undefined) return { kind: "not compiled", compiled: before };
  const files = migrateFiles(before);
  if (files.length === 0) return { kind: "migrated", files, remaining: olderIn(before), compiled: before };
  const after = compile(withTexts(sources, files));
  const difference = after.program === undefined ? errorIn(after) : firstDifference(before.program, after.program);
  if (difference !== undefined) return { kind: "not the same", difference, files };
  return { kind: "migrated", files, remaining: olderIn(after), compiled: after };
}

function migrateFiles({ program, diagnostics, texts }: Compiled): readonly MigratedFile[] {
  const files = [...texts].map(([path, text]) => ({ path, text }));
  const beside = besideOf(files, readSidecars(files, quiet));
  const behaviours = (program?.automata ?? []).map(({ span, strictParams }) => {
    const path = span.file;
    const text = texts.get(path) ?? "";
    const own = diagnostics.filter((each) => each.span.file === path);
    const after = migrateBehaviour(text, { path, diagnostics: own, isLenient: !strictParams, beside });
    return { path, before: text, after };
  });
  const gone = unneeded(
    beside,
    files.filter(({ path }) => path.endsWith(".ioa.toml")),
  ).map((path) => ({ path, before: texts.get(path) ?? "" }));
  return [...behaviours.filter(({ before, after }) => before !== after), ...gone].sort((a, b) =>
    a.path < b.path ? -1 : 1,
  );
}

function isOlder({ code }: Diagnostic): boolean {
  return olderCodes.some((each) => each === code);
}

function olderIn({ diagnostics }: Compiled): readonly Diagnostic[] {
  return diagnostics.filter(isOlder);
}

function withTexts(sources: Sources, changed: readonly MigratedFile[]): Sources {
  const made = new Map(changed.map(({ path, after }) => [path, after]));
  const files = sources.files.flatMap((file) => {
    if (!made.has(file.path)) return [file];
    const after = made.get(file.path);
    return after === undefined ? [] : [{ ...file, bytes: new TextEncoder().encode(after) }];
  });
  return { ...sources, files };
}

function errorIn({ diagnostics }: Compiled): string {
  const error = diagnostics.find(({ severity }) => severity === "error");
  return `it does not compile any more: ${error?.span.file ?? ""}: ${error?.message ?? ""}`;
}
