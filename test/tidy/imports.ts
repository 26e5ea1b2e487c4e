/** Every way in which a file names another one, resolved to the file it means. */
import { posix } from "node:path";
import { ts } from "ts-morph";
import { type CodeFile, nodesOf } from "./code-file.ts";

export interface Import {
  readonly from: CodeFile;
  readonly specifier: string;
  /** The file of ours that is meant, or undefined for a package. */
  readonly target?: string;
  readonly typeOnly: boolean;
  readonly node: ts.Node;
}

/** What our own packages' entries are called when they are imported by name. */
const ownPackages: ReadonlyMap<string, string> = new Map([
  ["@temperc/runtime", "runtime-lib/index.ts"],
  ["@temperc/runtime/kernel", "runtime-lib/kernel/index.ts"],
  ["@temperc/runtime/simulated", "runtime-lib/simulated.ts"],
  ["temperc", "cli/index.ts"],
  ["temperc/compiler", "compiler/index.ts"],
  ["temperc/verify", "verify/index.ts"],
]);

const importsByFile = new WeakMap<CodeFile, readonly Import[]>();

/** All imports of a file: static, re-exported, dynamic, in types, and `new URL("./x", import.meta.url)`. */
export function importsOf(file: CodeFile): readonly Import[] {
  const known = importsByFile.get(file);
  if (known !== undefined) return known;
  const found = importsIn(file);
  importsByFile.set(file, found);
  return found;
}

function importsIn(file: CodeFile): readonly Import[] {
  return nodesOf(file.tree).flatMap((node) => {
    const named = namedModule(node);
    if (named === undefined) return [];
    const target = targetOf(file.path, named.specifier);
    return [{ from: file, node, ...named, ...(target === undefined ? {} : { target }) }];
  });
}

function namedModule(node: ts.Node): { specifier: string; typeOnly: boolean } | undefined {
  if (ts.isImportDeclaration(node)) return literal(node.moduleSpecifier, importIsTypeOnly(node));
  if (ts.isExportDeclaration(node)) return literal(node.moduleSpecifier, exportIsTypeOnly(node));
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return literal(node.argument.literal, true);
  if (ts.isCallExpression(node) && namesModule(node.expression)) return literal(node.arguments[0], false);
  if (ts.isNewExpression(node) && node.expression.getText() === "URL" && node.arguments?.length === 2) {
    const path = literal(node.arguments[0], false);
    return path?.specifier.startsWith(".") && /\.(ts|mjs)$/.test(path.specifier) ? path : undefined;
  }
  return undefined;
}

function namesModule(callee: ts.Expression): boolean {
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === "require");
}

function literal(node: ts.Node | undefined, typeOnly: boolean): { specifier: string; typeOnly: boolean } | undefined {
  return node !== undefined && ts.isStringLiteralLike(node) ? { specifier: node.text, typeOnly } : undefined;
}

function importIsTypeOnly(node: ts.ImportDeclaration): boolean {
  const clause = node.importClause;
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  if (clause.name !== undefined || bindings === undefined || ts.isNamespaceImport(bindings)) return false;
  return bindings.elements.length > 0 && bindings.elements.every((element) => element.isTypeOnly);
}

function exportIsTypeOnly(node: ts.ExportDeclaration): boolean {
  if (node.isTypeOnly) return true;
  const clause = node.exportClause;
  return clause !== undefined && ts.isNamedExports(clause) && clause.elements.every((element) => element.isTypeOnly);
}

function targetOf(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return ownPackages.get(specifier);
  const path = posix.normalize(posix.join(posix.dirname(from), specifier));
  // An app that is compiled by tsc alone names what tsc will have written.
  return from.endsWith(".ts") ? path.replace(/\.js$/, ".ts") : path;
}
