/** Words that say nothing, in names of files, folders, functions, types and variables. */
import { ts } from "ts-morph";
import { type CodeFile, type Finding, findingAt, nodesOf } from "./code-file.ts";

/** Banned wherever they stand in a name. */
const emptyWords = new Set(["util", "utils", "utility", "utilities", "helper", "helpers", "manager", "managers"]);

/** Banned when they are the whole name. */
const emptyNames = new Set(["data", "info", "misc", "common", "stuff"]);

/** Banned when they are a declaration's whole name: a folder may be about the process that Node runs in. */
const takenNames = new Set(["process"]);

/** Every name that could stand on anything. */
export function emptyNamesIn(files: readonly CodeFile[]): readonly Finding[] {
  return files.flatMap((file) => [
    ...emptyPath(file),
    ...nodesOf(file.tree).flatMap((node) => emptyDeclaration(file, node)),
  ]);
}

function emptyPath(file: CodeFile): readonly Finding[] {
  const pieces = file.path.replace(/(\.test)?\.(ts|mjs)$/, "").split("/");
  return pieces.filter(isEmpty).map((piece) => ({
    path: file.path,
    line: 1,
    problem: `the path says "${piece}"`,
    advice: "name the thing that is in it; what has one user lives with that user",
  }));
}

function emptyDeclaration(file: CodeFile, node: ts.Node): readonly Finding[] {
  const name = declaredName(node);
  if (name === undefined || !(isEmpty(name.text) || takenNames.has(name.text))) return [];
  return [
    findingAt(file, name, `the name "${name.text}" says nothing`, "say what it is in the field's standard terms"),
  ];
}

function declaredName(node: ts.Node): ts.Identifier | undefined {
  const declares =
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isMethodDeclaration(node);
  return declares && node.name !== undefined && ts.isIdentifier(node.name) ? node.name : undefined;
}

function isEmpty(name: string): boolean {
  const words = name.split(/(?=[A-Z])|[^A-Za-z]+/).map((word) => word.toLowerCase());
  return emptyNames.has(name.toLowerCase()) || words.some((word) => emptyWords.has(word));
}
