/** A spec folder in today's form: what changes is shown, and written where that was asked for. */
import { join, relative } from "node:path";
import { type MigratedFile, type Migration, migrate } from "../../compiler/index.ts";
import type { MigrateOptions } from "../commands/migrate.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { defaultFolderLimits } from "../folder/limits.ts";
import { type ReadFolder, readSpecFolder } from "../folder/read-folder.ts";
import { type Replacement, replaceFiles } from "../output/replace-files.ts";
import { count, diagnosticsOf, reportDiagnostics } from "../report.ts";
import { colours, refuse, type Terminal, visible } from "../terminal.ts";
import { unifiedDiff } from "./unified-diff.ts";

type Migrated = Extract<Migration, { readonly kind: "migrated" }>;

/** Exits with `failed` where something of an older form is left for a person, or the files cannot be written. */
export async function migrateFolder(path: string, options: MigrateOptions, terminal: Terminal): Promise<ExitCode> {
  const { write = false, json = false } = options;
  const folder = await readSpecFolder(path, defaultFolderLimits);
  if (folder.kind === "refused") return refuse(terminal, folder, json);
  const made = migrate(folder.sources);
  if (made.kind === "not the same") {
    const files = made.files.map((file) => file.path).join(", ");
    throw new Error(
      `after migrating ${files} the spec would not mean the same, so nothing was written: ${made.difference}`,
    );
  }
  if (made.kind === "not compiled") {
    const compiled = { kind: "compiled", folder, ...made.compiled } as const;
    if (json) terminal.json({ ok: false, diagnostics: diagnosticsOf(compiled) });
    else reportDiagnostics(compiled, terminal);
    return exitCodes.unusable;
  }
  const diffs = made.files.map((file) =>
    unifiedDiff({ ...file, path: seenFromHere(folder, file.path), after: file.after }),
  );
  if (!json) terminal.out(diffs.map((diff) => printed(diff, terminal)).join(""));
  const refusal = write ? await replaceFiles(made.files.map((file) => replacement(folder, file))) : undefined;
  if (refusal !== undefined) return refuse(terminal, refusal, json);
  if (json) terminal.json(record(made, { folder, diffs, write }));
  else summarise(made, { folder, write, path }, terminal);
  return made.remaining.length === 0 ? exitCodes.ok : exitCodes.failed;
}

function seenFromHere({ root }: ReadFolder, path: string): string {
  return relative(process.cwd(), join(root, path)).replaceAll("\\", "/");
}

const byteOrderMark = new Uint8Array([0xef, 0xbb, 0xbf]);

/** A byte order mark stays where it was. */
function replacement({ root, sources }: ReadFolder, { path, after }: MigratedFile): Replacement {
  const before = sources.files.find((file) => file.path === path)?.bytes ?? new Uint8Array();
  const hasMark = byteOrderMark.every((each, index) => each === before[index]);
  const text = after === undefined ? undefined : new TextEncoder().encode(after);
  return {
    path: join(root, path),
    before,
    after: text && (hasMark ? new Uint8Array([...byteOrderMark, ...text]) : text),
  };
}

/** On a terminal, control characters are shown and not obeyed; elsewhere the diff is one that `patch` takes. */
function printed(diff: readonly string[], { outColour }: Terminal): string {
  if (!outColour) return `${diff.join("\n")}\n`;
  const { bold, cyan, green, red } = colours(true);
  const paint = (line: string, index: number): string => {
    const text = visible(line.replace(/\r$/, "").replaceAll("\t", "    "));
    if (index < 2) return bold(text);
    if (text.startsWith("@")) return cyan(text);
    return text.startsWith("+") ? green(text) : text.startsWith("-") ? red(text) : text;
  };
  return `${diff.map(paint).join("\n")}\n`;
}

interface Told {
  readonly folder: ReadFolder;
  readonly write: boolean;
}

function record(
  { files, remaining, compiled }: Migrated,
  told: Told & { readonly diffs: readonly (readonly string[])[] },
) {
  const changed = files.map(({ path, after }, index) => ({
    file: seenFromHere(told.folder, path),
    change: after === undefined ? "removed" : "rewritten",
    diff: `${(told.diffs[index] ?? []).join("\n")}\n`,
  }));
  const left = { ...compiled, diagnostics: remaining, kind: "compiled", folder: told.folder } as const;
  return { ok: remaining.length === 0, written: told.write, files: changed, remaining: diagnosticsOf(left) };
}

function summarise(
  made: Migrated,
  { folder, write, path }: Told & { readonly path: string },
  terminal: Terminal,
): void {
  const { files, remaining, compiled } = made;
  const { bold, dim } = colours(terminal.errColour);
  reportDiagnostics({ ...compiled, kind: "compiled", folder, diagnostics: remaining }, terminal);
  if (remaining.length > 0)
    terminal.err(`${count(remaining.length, "older form is", "older forms are")} left to be rewritten by hand\n`);
  else if (files.length === 0) terminal.err("everything is in today's form already\n");
  if (files.length === 0) return;
  const what = count(files.length, "file", "files");
  const proof = dim("the program is the same before and after");
  if (write) terminal.err(`${bold(`migrated ${what}`)}: ${proof}\n`);
  else
    terminal.err(`${bold(`${what} would change`)}: ${proof}; temperc migrate ${visible(path)} --write writes them\n`);
}
