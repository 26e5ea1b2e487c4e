/** Puts new contents into files that are there: all of them, or none. */
import { randomBytes } from "node:crypto";
import { open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { impossible, type Refusal, reasonOf } from "../refusal.ts";

export interface Replacement {
  /** Absolute; a link stays one, and the file behind it is replaced. */
  readonly path: string;
  /** What the file must hold: where somebody changed it meanwhile, nothing is replaced. */
  readonly before: Uint8Array;
  /** Undefined where the file goes away. */
  readonly after: Uint8Array | undefined;
}

interface Staged extends Replacement {
  readonly target: string;
  readonly mode: number;
  /** The new content, on the same file system. */
  readonly staging: string | undefined;
}

/** Replaces the files, each by a rename and with the mode that it had. A refusal leaves everything as it was. */
export async function replaceFiles(files: readonly Replacement[]): Promise<Refusal | undefined> {
  const staged: Staged[] = [];
  const done: Staged[] = [];
  try {
    for (const file of files) {
      const found = await stage(file);
      if ("kind" in found) return found;
      staged.push(found);
    }
    for (const each of staged) {
      await takePlace(each);
      done.push(each);
    }
    return undefined;
  } catch (error) {
    for (const { target, mode, before } of done) await rename(await writeBeside(target, before, mode), target);
    return impossible(
      `cannot write: ${reasonOf(error)}`,
      "nothing was changed; make the files and their folders writable",
    );
  } finally {
    for (const { staging } of staged) if (staging !== undefined) await rm(staging, { force: true });
  }
}

async function stage(file: Replacement): Promise<Staged | Refusal> {
  const target = await realpath(file.path);
  const now = await readFile(target);
  if (!now.equals(file.before))
    return impossible(`${file.path} was changed meanwhile`, "nothing was written; run the command again");
  const { mode } = await stat(target);
  const staging = file.after === undefined ? undefined : await writeBeside(target, file.after, mode);
  return { ...file, target, mode, staging };
}

/** What cannot be written whole is not left there. */
async function writeBeside(target: string, content: Uint8Array, mode: number): Promise<string> {
  const path = join(dirname(target), `.${basename(target)}.new-${randomBytes(6).toString("hex")}`);
  const handle = await open(path, "wx", mode);
  try {
    await handle.writeFile(content);
    await handle.chmod(mode & 0o7777);
    await handle.sync();
    return path;
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

async function takePlace({ target, staging }: Staged): Promise<void> {
  if (staging === undefined) await rm(target);
  else await rename(staging, target);
}
