/** Files that somebody wrote: the examples, and every mistake that a golden case shows. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SourceFile } from "../../compiler/index.ts";
import { root } from "../emission/load.ts";
import { readTexts } from "../golden/compare.ts";

/** As a source file. */
export function sourceFile(path: string, text: string): SourceFile {
  return { path, bytes: new TextEncoder().encode(text) };
}

function filesOf(folder: string): readonly SourceFile[] {
  return [...readTexts(join(root, folder)).keys()]
    .filter((path) => /\.(ioa\.toml|csdl\.xml|cedar)$/.test(path))
    .map((path) => ({ path, bytes: readFileSync(join(root, folder, path)) }));
}

export const shop: readonly SourceFile[] = filesOf("examples/ecommerce");

/** Spec folders, each with the files that belong together. */
export const folders: readonly (readonly SourceFile[])[] = [
  shop,
  filesOf("examples/readers-writers"),
  ...["parse", "bind", "check"].flatMap((phase) =>
    casesOf(phase).map((name) => filesOf(`golden/diagnostics/${phase}/${name}/spec`)),
  ),
].filter((files) => files.length > 0 && files.every(({ bytes }) => bytes.length < 100_000));

function casesOf(phase: string): readonly string[] {
  const paths = [...readTexts(join(root, "golden/diagnostics", phase)).keys()];
  return [...new Set(paths.map((path) => path.split("/")[0] ?? ""))];
}

/** An automaton with a variable of every type, for expressions and policies to speak of. */
export const ticket = (guard: string, effect: string, assert: string): string => `[automaton]
name = "Ticket"
states = ["Open", "Closed"]
initial = "Open"
allow_indefinite_states = ["Open", "Closed"]
${["c:counter", "n:int", "f:float", "b:bool", "t:string", "l:list", "s:set"].map(variable).join("")}
[[action]]
name = "Close"
kind = "input"
from = "Open"
to = "Closed"
params = [{ name = "p", type = "counter" }, { name = "q", type = "string" }, { name = "o", type = "bool" }]
guard = ${guard}
effect = ${effect}

[[invariant]]
name = "Kept"
assert = ${assert}
`;

function variable(pair: string): string {
  const [name, type] = pair.split(":");
  return `\n[[state]]\nname = "${name}"\ntype = "${type}"\n`;
}
