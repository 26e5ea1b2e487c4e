/** Puts the starter spec into a folder: all of its files, or none. */
import { lstat, mkdir, rm, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { readStarter } from "../package-root.ts";
import { impossible, type Refusal, reasonOf, systemCode, unusable } from "../refusal.ts";
import { count } from "../report.ts";
import { colours, refuse, type Terminal, visible } from "../terminal.ts";

/** What a new user types next, each with the folder behind it. */
const nextSteps = [
  { command: "check", why: "report every mistake, with file, line and column" },
  { command: "verify", why: "prove what the spec promises" },
  { command: "dev", why: "serve it, and swap in what you save" },
] as const;

/** Writes the starter spec. Refuses where one of its files is there already. */
export async function initFolder(folder: string, json: boolean, terminal: Terminal): Promise<ExitCode> {
  const target = resolve(folder);
  const starter = readStarter();
  const refusal = (await objection(target, Object.keys(starter))) ?? (await writeAll(target, starter));
  if (refusal !== undefined) return refuse(terminal, refusal, json);
  const files = Object.keys(starter);
  const shown = asArgument(relative(process.cwd(), target) || ".");
  const next = nextSteps.map(({ command, why }) => ({ command: `temperc ${command} ${shown}`, why }));
  if (json) terminal.json({ ok: true, folder: target, files, next: next.map(({ command }) => command) });
  else terminal.out(report(files, next, terminal));
  return exitCodes.ok;
}

async function objection(target: string, names: readonly string[]): Promise<Refusal | undefined> {
  for (const name of names) {
    const path = join(target, name);
    try {
      await lstat(path);
      return unusable(`${path} is there already`, "nothing was written; name an empty folder: temperc init FOLDER");
    } catch (error) {
      if (systemCode(error) !== "ENOENT") return cannotWrite(path, error);
    }
  }
  return undefined;
}

/** What was written before a failure is taken back, the folders that were made for it too. */
async function writeAll(target: string, files: Readonly<Record<string, string>>): Promise<Refusal | undefined> {
  const undo: string[] = [];
  try {
    const made = await mkdir(target, { recursive: true });
    if (made !== undefined) undo.push(made);
    for (const [name, text] of Object.entries(files)) {
      const path = join(target, name);
      await writeFile(path, text, { flag: "wx" });
      undo.push(path);
    }
    return undefined;
  } catch (error) {
    for (const path of undo.reverse()) await rm(path, { recursive: true, force: true });
    return cannotWrite(target, error);
  }
}

function cannotWrite(path: string, error: unknown): Refusal {
  return impossible(`cannot write ${path}: ${reasonOf(error)}`, "nothing was written; name another folder");
}

function report(
  files: readonly string[],
  next: readonly { readonly command: string; readonly why: string }[],
  { outColour }: Terminal,
): string {
  const { bold, dim } = colours(outColour);
  const width = Math.max(...next.map(({ command }) => command.length));
  const rows = next.map(({ command, why }) => `  ${bold(command.padEnd(width))}  ${dim(why)}`);
  const written = files.map((name) => `  ${name}`);
  return `${[`wrote ${count(files.length, "file", "files")}:`, ...written, "", "next:", ...rows].join("\n")}\n`;
}

/** As a shell takes it. */
function asArgument(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${visible(path).replaceAll("'", "'\\''")}'`;
}
