/** A spec folder as sources: the one place where the text of a spec is read. */
import { readFileSync, statSync } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { SourceFile, Sources } from "../../compiler/index.ts";
import { type Refusal, reasonOf, systemCode, unusable } from "../refusal.ts";
import { type FoundFile, findSpecFiles } from "./find-files.ts";
import type { FolderLimits } from "./limits.ts";

export interface ReadFolder {
  readonly kind: "read";
  /** The folder that the paths of the sources are relative to; absolute. */
  readonly root: string;
  readonly sources: Sources;
  /** Links that were not followed; relative to the root. */
  readonly strayLinks: readonly string[];
}

/** Reads every `*.ioa.toml`, `*.csdl.xml` and `*.cedar` below a folder, or below `specs/` in it. */
export async function readSpecFolder(folder: string, limits: FolderLimits): Promise<ReadFolder | Refusal> {
  const root = await folderAt(resolve(folder));
  if (typeof root !== "string") return root;
  const found = await findSpecFiles(root, limits);
  if (found.kind === "refused") return found;
  const { strayLinks } = found;
  const nested = found.files.length > 0 && found.files.every(({ path }) => path.startsWith("specs/"));
  const base = nested ? join(root, "specs") : root;
  const within = nested ? found.files.map(withoutSpecs) : found.files;
  if (within.length === 0) return noSpec(folder);
  const files = readFiles(within, limits);
  if ("kind" in files) return files;
  return { kind: "read", root: base, sources: { name: programName(base), files: files.list }, strayLinks };
}

async function folderAt(path: string): Promise<string | Refusal> {
  try {
    const root = await realpath(path);
    if ((await stat(root)).isDirectory()) return root;
    return unusable(`${path} is not a folder`, `name the folder that the spec is in: ${dirname(path)}`);
  } catch (error) {
    const missing = systemCode(error) === "ENOENT";
    return missing
      ? unusable(`there is no folder ${path}`, "check the path; it is relative to where you are")
      : unusable(`cannot read the folder ${path}: ${reasonOf(error)}`, "check its permissions");
  }
}

function withoutSpecs({ path, absolute }: FoundFile): FoundFile {
  return { path: path.slice("specs/".length), absolute };
}

function noSpec(folder: string): Refusal {
  return unusable(
    `there is no spec in ${folder}: no *.ioa.toml, *.csdl.xml or *.cedar file`,
    "name a folder that holds a spec; examples/readers-writers of temperc's repository is a small one",
  );
}

/** A folder called `spec` or `specs` is named for the folder around it. */
function programName(root: string): string {
  const name = basename(root);
  return name === "spec" || name === "specs" ? basename(dirname(root)) : name;
}

function readFiles(
  files: readonly FoundFile[],
  limits: FolderLimits,
): { readonly list: readonly SourceFile[] } | Refusal {
  const list: SourceFile[] = [];
  let bytesLeft = limits.folderBytesMax;
  for (const { path, absolute } of files) {
    const bytes = readFileWithin(absolute, path, limits);
    if ("kind" in bytes) return bytes;
    bytesLeft -= bytes.length;
    if (bytesLeft < 0) return tooLarge("the spec files together", "folderBytesMax", limits.folderBytesMax);
    list.push({ path, bytes });
  }
  return { list };
}

/** Waits for the file: a thousand small ones come sooner one after the other than through the thread pool. */
function readFileWithin(absolute: string, path: string, limits: FolderLimits): Uint8Array | Refusal {
  try {
    const { size } = statSync(absolute);
    if (size > limits.fileBytesMax) return tooLarge(path, "fileBytesMax", limits.fileBytesMax);
    return new Uint8Array(readFileSync(absolute));
  } catch (error) {
    return unusable(`cannot read ${absolute}: ${reasonOf(error)}`, "check its permissions, or that it still exists");
  }
}

function tooLarge(what: string, limit: keyof FolderLimits, max: number): Refusal {
  return unusable(`${what}: larger than ${max} bytes, which is the limit ${limit}`, "a spec is small: split it");
}
