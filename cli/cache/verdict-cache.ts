/** What `temperc verify` printed of specs that held, and which revisions held that `temperc serve` took: asked the same again, nothing is verified. */
import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, relative } from "node:path";
import type { VerifyOptions } from "../../verify/index.ts";
import { defaultFolderLimits } from "../folder/limits.ts";
import { readSpecFolder } from "../folder/read-folder.ts";
import { specHash } from "../kernel/spec-hash.ts";
import { packageRoot, version } from "../package-root.ts";
import type { Terminal } from "../terminal.ts";

/** A text that was printed, and on which stream. */
export interface Printed {
  readonly stream: "out" | "err";
  readonly text: string;
}

/** More entries than this are not kept: the oldest goes. */
const entriesMax = 256;

/** An output that is longer is not kept. */
const bytesMax = 2 ** 20;

export interface VerdictCache {
  /** What was printed the last time; absent where it was not kept, or where the entry cannot be read as one. */
  readonly remembered: () => readonly Printed[] | undefined;
  readonly remember: (printed: readonly Printed[]) => void;
}

/**
 * `$TEMPERC_CACHE_DIR`, or `temperc` in `$XDG_CACHE_HOME` or `~/.cache`; absent where `TEMPERC_CACHE_DIR` is set to nothing:
 * then nothing is kept.
 */
export function cacheFolder(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const { TEMPERC_CACHE_DIR: own, XDG_CACHE_HOME: shared } = environment;
  if (own !== undefined) return own === "" ? undefined : own;
  return join(shared === undefined || shared === "" ? join(homedir(), ".cache") : shared, "temperc");
}

/**
 * The entry of one spec folder under one set of options. Its name is a hash of all that decides what is printed: the spec,
 * the toolchain's own files, the options, the terminal's colours and where the user is. Absent where there is no such folder.
 */
export async function verdictCache(
  path: string,
  options: object,
  terminal: Pick<Terminal, "outColour" | "errColour">,
): Promise<VerdictCache | undefined> {
  if (cacheFolder(process.env) === undefined) return undefined;
  const read = await readSpecFolder(path, defaultFolderLimits);
  if (read.kind === "refused") return undefined;
  const { outColour, errColour } = terminal;
  const seen = [path, relative(process.cwd(), read.root), read.strayLinks, outColour, errColour];
  return entryOf([specHash(read.sources, version()), options, seen]);
}

/**
 * The entry of a revision that is to be served: nothing is printed of one that held, so that it is empty. The revision is known by
 * its hash; where it was verified, and from which folder, is no matter.
 */
export function servedCache(hash: string, { bounds, limits, seed, faults }: VerifyOptions): VerdictCache | undefined {
  return entryOf(["served", hash, { bounds, limits, seed, faults }]);
}

/** What the toolchain makes of these; absent where nothing is kept. */
function entryOf(asked: readonly unknown[]): VerdictCache | undefined {
  const folder = cacheFolder(process.env);
  if (folder === undefined) return undefined;
  const parts = [toolchain(), process.version, ...asked];
  const key = createHash("sha256").update(JSON.stringify(parts, inOrder)).digest("hex");
  const verdicts = join(folder, "verdicts");
  const entry = join(verdicts, `${key}.json`);
  return { remembered: () => printedIn(entry), remember: (printed) => keep(printed, verdicts, entry) };
}

/** Maps are options like any other, in any order. */
function inOrder(_: string, value: unknown): unknown {
  return value instanceof Map ? [...value].sort() : value;
}

/** Every file of the toolchain with its size and time: one that was built anew has no verdicts yet. */
function toolchain(): readonly string[] {
  const folders = ["dist", "templates", "runtime-lib/dist"].map((name) => join(packageRoot, name));
  return folders.flatMap((folder) => {
    const files = namesIn(folder, true).filter((name) => /\.(js|hbs)$/.test(name));
    return files.sort().map((name) => {
      const { size, mtimeMs } = statSync(join(folder, name));
      return `${name} ${size} ${mtimeMs}`;
    });
  });
}

function namesIn(folder: string, recursive: boolean): readonly string[] {
  try {
    return readdirSync(folder, { recursive, encoding: "utf8" });
  } catch {
    // A folder that is not there has no files in it.
    return [];
  }
}

/** An entry that is broken, or that somebody else wrote, is none. */
function printedIn(entry: string): readonly Printed[] | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(entry, "utf8"));
    return Array.isArray(found) && found.every(isPrinted) ? found : undefined;
  } catch {
    return undefined;
  }
}

function isPrinted(value: unknown): value is Printed {
  if (typeof value !== "object" || value === null || !("stream" in value) || !("text" in value)) return false;
  return (value.stream === "out" || value.stream === "err") && typeof value.text === "string";
}

/** Written beside and renamed, so that nobody reads half of it. Where nothing can be written, nothing is kept. */
function keep(printed: readonly Printed[], folder: string, entry: string): void {
  const text = JSON.stringify(printed);
  if (Buffer.byteLength(text) > bytesMax) return;
  const written = `${entry}.${randomUUID()}`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(written, text);
    renameSync(written, entry);
    prune(folder);
  } catch {
    if (existsSync(written)) rmSync(written);
  }
}

function prune(folder: string): void {
  const names = namesIn(folder, false);
  if (names.length <= entriesMax) return;
  const byAge = names.map((name) => ({ name, at: statSync(join(folder, name)).mtimeMs })).sort((a, b) => a.at - b.at);
  for (const { name } of byAge.slice(0, names.length - entriesMax)) rmSync(join(folder, name), { force: true });
}
