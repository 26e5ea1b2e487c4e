/** Expected files beside those that were made: first the set of files, then each text, as a unified diff. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createTwoFilesPatch } from "diff";

/** Text by path, with `/`, relative to the case's expected folder; a transcript has the one path "". */
export type Texts = ReadonlyMap<string, string>;

/** What is different, for a person; empty where nothing is. */
export function difference(expected: Texts, made: Texts): string {
  const paths = [...new Set([...expected.keys(), ...made.keys()])].sort();
  return paths.flatMap((path) => differenceAt(path, expected.get(path), made.get(path))).join("\n");
}

function differenceAt(path: string, expected: string | undefined, made: string | undefined): readonly string[] {
  if (expected === made) return [];
  if (made === undefined) return [`${path}: expected, but nothing makes it any more`];
  if (expected === undefined) return [`${path}: made, but not expected`];
  return [createTwoFilesPatch(`expected/${path}`, `made/${path}`, expected, made, "", "", { context: 3 })];
}

/** The texts of a folder or of one file; none where it is missing. */
export function readTexts(path: string): Texts {
  if (!existsSync(path)) return new Map();
  if (statSync(path).isFile()) return new Map([["", readFileSync(path, "utf8")]]);
  const paths = readdirSync(path, { recursive: true, encoding: "utf8" }).map((each) => each.replaceAll("\\", "/"));
  const files = paths.filter((each) => statSync(join(path, each)).isFile()).sort();
  return new Map(files.map((each) => [each, readFileSync(join(path, each), "utf8")]));
}

/** Makes the folder or file hold exactly these texts. */
export function writeTexts(path: string, texts: Texts): void {
  rmSync(path, { recursive: true, force: true });
  for (const [each, text] of texts) {
    const file = each === "" ? path : join(path, each);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
