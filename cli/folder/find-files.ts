/** Finds the spec files below a folder; it reads no file and follows no link that leads out. */
import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { type Refusal, reasonOf, unusable } from "../refusal.ts";
import type { FolderLimits } from "./limits.ts";

export interface FoundFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly absolute: string;
}

export interface Found {
  readonly kind: "found";
  /** In path order, by UTF-16 units, the same on every machine. */
  readonly files: readonly FoundFile[];
  /** Links that lead out of the folder, or nowhere: not followed. */
  readonly strayLinks: readonly string[];
}

interface Search {
  readonly root: string;
  readonly limits: FolderLimits;
  readonly files: FoundFile[];
  readonly links: FoundFile[];
  entries: number;
}

const specSuffixes = [".ioa.toml", ".csdl.xml", ".cedar", ".reactions.toml"];
const specNames = new Set(["app.toml", "cross-invariants.toml", "integration.toml", "temperc.toml"]);
const ignoredFolders = new Set(["node_modules", "dist"]);

/** `root` is the real path of a folder. Folders that are links are not entered: inside ones are read at their own place. */
export async function findSpecFiles(root: string, limits: FolderLimits): Promise<Found | Refusal> {
  const search: Search = { root, limits, files: [], links: [], entries: 0 };
  const refusal = await searchFolder(search, "", 1);
  if (refusal !== undefined) return refusal;
  const { files, strayLinks } = await followLinks(search);
  if (files.length > limits.filesMax) {
    return tooMuch(`${files.length} spec files`, "filesMax", limits.filesMax);
  }
  return { kind: "found", files: files.toSorted(byPath), strayLinks };
}

async function searchFolder(search: Search, folder: string, depth: number): Promise<Refusal | undefined> {
  const { root, limits } = search;
  if (depth > limits.depthMax) return tooMuch(`folders ${depth} deep`, "depthMax", limits.depthMax);
  const entries = await entriesOf(join(root, folder));
  if ("kind" in entries) return entries;
  search.entries += entries.list.length;
  if (search.entries > limits.entriesMax) {
    return tooMuch(`more than ${limits.entriesMax} files and folders`, "entriesMax", limits.entriesMax);
  }
  if (depth > 1 && isBuilt(entries.list)) return undefined;
  for (const entry of entries.list) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    const found = { path, absolute: join(root, path) };
    if (isSpecName(entry.name) && entry.isSymbolicLink()) search.links.push(found);
    if (isSpecName(entry.name) && entry.isFile()) search.files.push(found);
    if (!entry.isDirectory() || entry.name.startsWith(".") || ignoredFolders.has(entry.name)) continue;
    const refusal = await searchFolder(search, path, depth + 1);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

async function entriesOf(folder: string): Promise<{ readonly list: readonly Dirent[] } | Refusal> {
  try {
    return { list: await readdir(folder, { withFileTypes: true }) };
  } catch (error) {
    return unusable(`cannot read the folder ${folder}: ${reasonOf(error)}`, "check its permissions");
  }
}

/** A folder that `temperc build` wrote. */
function isBuilt(entries: readonly Dirent[]): boolean {
  const names = new Set(entries.map(({ name }) => name));
  return names.has("manifest.json") && names.has("service.mjs");
}

/** True for the path of a file that is part of a spec, wherever it comes from. */
export function isSpecPath(path: string): boolean {
  return isSpecName(path.split("/").at(-1) ?? "");
}

function isSpecName(name: string): boolean {
  return specNames.has(name) || specSuffixes.some((suffix) => name.endsWith(suffix));
}

/** A link to a file inside the folder counts as that file, once; that is how mounted configuration looks. */
async function followLinks({ root, files, links }: Search): Promise<Pick<Found, "files" | "strayLinks">> {
  const taken = new Set(files.map(({ absolute }) => absolute));
  const followed: FoundFile[] = [];
  const strayLinks: string[] = [];
  for (const link of links.toSorted(byPath)) {
    const target = await fileBehind(link.absolute);
    if (target === undefined || !target.startsWith(root.endsWith(sep) ? root : root + sep)) strayLinks.push(link.path);
    else if (!taken.has(target)) followed.push({ path: link.path, absolute: target });
    if (target !== undefined) taken.add(target);
  }
  return { files: [...files, ...followed], strayLinks };
}

async function fileBehind(link: string): Promise<string | undefined> {
  try {
    const target = await realpath(link);
    return (await stat(target)).isFile() ? target : undefined;
  } catch {
    return undefined;
  }
}

function tooMuch(found: string, limit: keyof FolderLimits, max: number): Refusal {
  return unusable(
    `the folder has ${found}, and the limit ${limit} is ${max}`,
    `name the folder that holds the spec alone, or raise the limit with --limit ${limit}=…`,
  );
}

function byPath(a: FoundFile, b: FoundFile): number {
  return a.path < b.path ? -1 : 1;
}
