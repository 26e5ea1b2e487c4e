/** Writes a whole folder at once: beside the old one, then renamed into its place. There is never half an output. */
import { randomBytes } from "node:crypto";
import { lstat, mkdir, readdir, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import { impossible, type Refusal, reasonOf, systemCode, unusable } from "../refusal.ts";

export interface OutputFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly content: string | Uint8Array;
}

export interface Destination {
  readonly out: string;
  /** The folder that the spec was read from: it is never written over. */
  readonly specFolder: string;
  /** Replace a folder that `temperc build` did not write. */
  readonly force: boolean;
}

export interface Written {
  readonly kind: "written";
  /** Absolute. */
  readonly folder: string;
}

/** Makes the folder hold exactly these files. A refusal leaves everything as it was. */
export async function writeFolder(files: readonly OutputFile[], destination: Destination): Promise<Written | Refusal> {
  const target = resolve(destination.out);
  const refusal = await refusalOf(destination);
  if (refusal !== undefined) return refusal;
  const staging = sibling(target, "new");
  try {
    await mkdir(staging, { recursive: true });
  } catch (error) {
    return cannotWrite(target, error);
  }
  try {
    for (const { path, content } of files) {
      const file = join(staging, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    }
    await takePlace(staging, target);
    return { kind: "written", folder: target };
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    return cannotWrite(target, error);
  }
}

function cannotWrite(target: string, error: unknown): Refusal {
  const hint = "nothing was changed; name another folder with -o, or make this one writable";
  return impossible(`cannot write ${target}: ${reasonOf(error)}`, hint);
}

/** Why this folder must not be written, as is known before there is anything to write; undefined where it may. */
export async function refusalOf({ out, specFolder, force }: Destination): Promise<Refusal | undefined> {
  const target = resolve(out);
  if (contains(await realOf(target), await realOf(specFolder))) {
    return unusable(`${target} holds the spec itself`, "name another folder with -o: building replaces it");
  }
  if (contains(await realOf(target), await realOf(process.cwd()))) {
    return unusable(`${target} is the folder you are in, or around it`, "name a folder below it with -o, such as out");
  }
  const found = await stateOf(target);
  if (found === "not a folder") return unusable(`${target} is not a folder`, "name another folder with -o");
  if (found === "foreign" && !force) {
    return unusable(
      `${target} was not written by temperc build: it has no manifest.json of ours`,
      "name another folder with -o, or let it be replaced with --force",
    );
  }
  return undefined;
}

function contains(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
}

/** The real path, of the nearest folder that there is where it does not exist. */
async function realOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(await realOf(above), basename(path));
  }
}

async function stateOf(target: string): Promise<"free" | "ours" | "foreign" | "not a folder"> {
  try {
    if (!(await lstat(target)).isDirectory()) return "not a folder";
    const names = await readdir(target);
    if (names.length === 0) return "free";
    return names.includes("manifest.json") && (await isOurs(join(target, "manifest.json"))) ? "ours" : "foreign";
  } catch (error) {
    return systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR" ? "free" : "foreign";
  }
}

/** What the manifest of a built folder says of its maker. */
export const madeBy = "temperc build";

async function isOurs(manifest: string): Promise<boolean> {
  try {
    const content: unknown = JSON.parse(await readFile(manifest, "utf8"));
    return typeof content === "object" && content !== null && "madeBy" in content && content.madeBy === madeBy;
  } catch {
    return false;
  }
}

/** On the same file system as the target, so that a rename is all that is left to do. */
function sibling(target: string, role: "new" | "old"): string {
  return join(dirname(target), `.${basename(target)}.${role}-${randomBytes(6).toString("hex")}`);
}

/** The old folder comes back where the new one cannot take its place. */
async function takePlace(staging: string, target: string): Promise<void> {
  const old = sibling(target, "old");
  const replaced = await moveAway(target, old);
  try {
    await rename(staging, target);
  } catch (error) {
    if (replaced) await rename(old, target);
    throw error;
  }
  if (replaced) await rm(old, { recursive: true, force: true });
}

async function moveAway(target: string, old: string): Promise<boolean> {
  try {
    await rename(target, old);
    return true;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw error;
  }
}
