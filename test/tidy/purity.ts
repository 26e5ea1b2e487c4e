/** The pure rooms ask nothing of the world: no time, chance, files, timers, process or terminal. */
import { ts } from "ts-morph";
import { type CodeFile, type Finding, findingAt, isTest, nodesOf } from "./code-file.ts";
import { importsOf } from "./imports.ts";

const pureFolders = ["compiler/", "runtime-lib/kernel/", "verify/"];

const worldlyModules =
  /^(node:)?(fs|process|timers|child_process|cluster|console|dgram|dns|http|http2|https|net|os|perf_hooks|readline|repl|tls)(\/|$)/;

const worldlyGlobals = new Set([
  "process",
  "console",
  "performance",
  "fetch",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "clearTimeout",
  "clearInterval",
]);

const worldlyCalls = new Set(["Date.now", "Math.random", "crypto.randomUUID", "crypto.getRandomValues"]);

const advice = "a pure room takes time, ids, chance and files as arguments or through a port";

/** Everything in a pure room that could answer differently tomorrow. */
export function impurities(files: readonly CodeFile[]): readonly Finding[] {
  const pure = files.filter((file) => pureFolders.some((folder) => file.path.startsWith(folder)) && !isTest(file.path));
  return pure.flatMap((file) => [
    ...importsOf(file)
      .filter((each) => worldlyModules.test(each.specifier))
      .map((each) => findingAt(file, each.node, `imports ${each.specifier}`, advice)),
    ...nodesOf(file.tree).flatMap((node) => worldlyUse(file, node)),
  ]);
}

function worldlyUse(file: CodeFile, node: ts.Node): readonly Finding[] {
  if (ts.isPropertyAccessExpression(node) && worldlyCalls.has(node.getText(file.tree))) {
    return [findingAt(file, node, `uses ${node.getText(file.tree)}`, advice)];
  }
  if (ts.isNewExpression(node) && node.expression.getText(file.tree) === "Date" && !node.arguments?.length) {
    return [findingAt(file, node, "uses new Date()", advice)];
  }
  if (ts.isIdentifier(node) && worldlyGlobals.has(node.text) && isReference(node)) {
    return [findingAt(file, node, `uses ${node.text}`, advice)];
  }
  return [];
}

/** True where the identifier reads a variable: not a property's, a type's or a declaration's name. */
function isReference(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  return (
    ts.isExpression(parent) ||
    ts.isStatement(parent) ||
    (ts.isVariableDeclaration(parent) && parent.initializer === node)
  );
}
