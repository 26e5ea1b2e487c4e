/** A source file of ours as the tidy rules see it: its path, its text and its syntax tree. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ts } from "ts-morph";

export interface CodeFile {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

/** One breach of the house style: where, what is wrong, and what to do instead. */
export interface Finding {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly problem: string;
  readonly advice: string;
}

const skippedFolders = new Set(["node_modules", "dist", "generated", "expected"]);

/** Parses one file. A `.mjs` file is parsed as JavaScript. */
export function codeFile(path: string, text: string): CodeFile {
  const language = path.endsWith(".mjs") ? ts.ScriptKind.JS : ts.ScriptKind.TS;
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true, language) };
}

/** Every `.ts` and `.mjs` file under the folders, in path order; what the build or a person did not write by hand is left out. */
export function readCode(root: string, folders: readonly string[]): readonly CodeFile[] {
  return folders
    .flatMap((folder) => pathsUnder(root, folder))
    .filter((path) => /\.(ts|mjs)$/.test(path) && !path.endsWith(".d.ts"))
    .sort()
    .map((path) => codeFile(path, readFileSync(join(root, path), "utf8")));
}

function pathsUnder(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : pathsUnder(root, path);
    return [path];
  });
}

/** A finding at the first character of a node. */
export function findingAt(file: CodeFile, node: ts.Node, problem: string, advice: string): Finding {
  return { path: file.path, line: lineOf(file, node.getStart(file.tree)), problem, advice };
}

/** The line of an offset, from 1. */
export function lineOf(file: CodeFile, offset: number): number {
  return file.tree.getLineAndCharacterOfPosition(offset).line + 1;
}

const nodesByTree = new WeakMap<ts.SourceFile, readonly ts.Node[]>();

/** Every node of the tree, parents first. Each rule asks again. */
export function nodesOf(tree: ts.SourceFile): readonly ts.Node[] {
  const known = nodesByTree.get(tree);
  if (known !== undefined) return known;
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  nodesByTree.set(tree, found);
  return found;
}

/** True for a file that only the test runner loads. */
export function isTest(path: string): boolean {
  return path.endsWith(".test.ts") || path.startsWith("test/") || path.startsWith("bench/");
}

/** One finding a line, as an editor can follow it. */
export function print(findings: readonly Finding[]): string {
  return findings.map((f) => `${f.path}:${f.line}  ${f.problem}; ${f.advice}`).join("\n");
}
