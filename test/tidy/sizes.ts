/** How long a file and a function may be, and how many parameters a function takes. */
import { ts } from "ts-morph";
import { type CodeFile, type Finding, findingAt, lineOf, nodesOf } from "./code-file.ts";

const fileLinesMax = 400;
const functionLinesMax = 70;
const parametersMax = 4;

/** Every file and function that is too long to be read at once. */
export function tooLarge(files: readonly CodeFile[]): readonly Finding[] {
  return files.flatMap((file) => [
    ...longFile(file),
    ...nodesOf(file.tree).flatMap((node) => largeFunction(file, node)),
  ]);
}

function longFile(file: CodeFile): readonly Finding[] {
  const lines = file.text.split("\n").length - 1;
  if (lines <= fileLinesMax) return [];
  const problem = `has ${lines} lines, ${fileLinesMax} at most`;
  return [
    { path: file.path, line: 1, problem, advice: "split it by moving plain work into a file with a name of its own" },
  ];
}

function largeFunction(file: CodeFile, node: ts.Node): readonly Finding[] {
  if (!ts.isFunctionLike(node) || !("body" in node) || node.body === undefined) return [];
  const name = functionName(node);
  const findings: Finding[] = [];
  const lines = lineOf(file, node.getEnd()) - lineOf(file, node.getStart(file.tree)) + 1;
  if (lines > functionLinesMax && !isTestGroup(node)) {
    const advice = "move plain work into pure leaves and keep the `if`s here";
    findings.push(findingAt(file, node, `${name} has ${lines} lines, ${functionLinesMax} at most`, advice));
  }
  const count = node.parameters.length;
  if (count > parametersMax && !isTestTable(node)) {
    findings.push(
      findingAt(file, node, `${name} has ${count} parameters, ${parametersMax} at most`, "take one options object"),
    );
  }
  return findings;
}

/** A `describe` block groups tests and has no logic, so its length says nothing. */
function isTestGroup(node: ts.Node): boolean {
  return ts.isCallExpression(node.parent) && node.parent.expression.getText().startsWith("describe");
}

/** What `test.each` calls: its parameters are the columns of the table that stands above it. */
function isTestTable(node: ts.Node): boolean {
  return ts.isCallExpression(node.parent) && /^(test|describe)\.each\b/.test(node.parent.expression.getText());
}

function functionName(node: ts.SignatureDeclaration): string {
  if (node.name !== undefined) return `function ${node.name.getText()}`;
  return ts.isVariableDeclaration(node.parent) ? `function ${node.parent.name.getText()}` : "a function";
}
