/** What our code does without: `any`, `!`, unexplained `as`, default exports, `default` on a `kind`, dead comments. */
import { ts } from "ts-morph";
import { type CodeFile, type Finding, findingAt, isTest, lineOf, nodesOf } from "./code-file.ts";

/** Most files have nothing that looks like one: there the comments need not be told from the rest of the text. */
const mayHoldDeadComments = /\b(?:TODO|FIXME|XXX)\b|(?<!:)\/\/.*[;{]$/m;

/** Every construct that hides a mistake from the type checker or from the reader. */
export function bannedConstructs(files: readonly CodeFile[]): readonly Finding[] {
  return files.flatMap((file) => [
    ...opening(file),
    ...nodesOf(file.tree).flatMap((node) => banned(file, node)),
    ...(mayHoldDeadComments.test(file.text) ? commentsOf(file).flatMap((comment) => deadComment(file, comment)) : []),
  ]);
}

function opening(file: CodeFile): readonly Finding[] {
  const text = file.text.replace(/^#!.*\n/, "");
  if (text.startsWith("/** ")) return [];
  const problem = "does not open with what it is for";
  return [{ path: file.path, line: 1, problem, advice: "make the first line `/** One sentence. */`" }];
}

function banned(file: CodeFile, node: ts.Node): readonly Finding[] {
  if (node.kind === ts.SyntaxKind.AnyKeyword) {
    return [findingAt(file, node, "says `any`", "parse `unknown` into a type once, at the edge")];
  }
  if (ts.isNonNullExpression(node)) {
    return [findingAt(file, node, "says `!`", "prove it with a check, or make the type say it")];
  }
  if (ts.isAsExpression(node) && !isTest(file.path) && !isConst(node) && !isExplained(file, node)) {
    return [findingAt(file, node, "says `as` without a reason", "narrow it, or say in a comment above why it is true")];
  }
  if (isDefaultExport(node) && !file.path.endsWith(".config.ts")) {
    return [findingAt(file, node, "exports a default", "export it by its name")];
  }
  if (ts.isSwitchStatement(node) && isKind(node.expression) && node.caseBlock.clauses.some(ts.isDefaultClause)) {
    return [
      findingAt(
        file,
        node,
        "switches on `kind` with a `default`",
        "name every kind, so that a new one breaks the build",
      ),
    ];
  }
  return [];
}

function isConst(node: ts.AsExpression): boolean {
  return node.type.getText() === "const";
}

/** A comment on the cast's own line or on the line above the cast or its statement; the file's opening explains no cast. */
function isExplained(file: CodeFile, node: ts.Node): boolean {
  const lines = new Set(
    commentsOf(file)
      .filter((comment) => comment.pos > 0)
      .map((comment) => lineOf(file, comment.end)),
  );
  const own = lineOf(file, node.getEnd());
  const start = lineOf(file, node.getStart(file.tree));
  const statement = lineOf(file, (ts.findAncestor(node, ts.isStatement) ?? node).getStart(file.tree));
  return [own, start - 1, start, statement - 1].some((line) => lines.has(line));
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true;
  const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) : undefined;
  return modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword) ?? false;
}

function isKind(node: ts.Expression): boolean {
  return ts.isPropertyAccessExpression(node) && node.name.text === "kind";
}

interface Comment {
  readonly pos: number;
  readonly end: number;
  readonly text: string;
}

const commentsByFile = new WeakMap<CodeFile, readonly Comment[]>();

/** Every comment of a file: they stand in the trivia before the tokens, which is where text alone would take a string for one. */
function commentsOf(file: CodeFile): readonly Comment[] {
  const known = commentsByFile.get(file);
  if (known !== undefined) return known;
  const byPosition = new Map<number, Comment>();
  for (const token of tokensOf(file.tree, file.tree)) {
    const leading = ts.getLeadingCommentRanges(file.text, token.pos) ?? [];
    const trailing = ts.getTrailingCommentRanges(file.text, token.end) ?? [];
    for (const { pos, end } of [...leading, ...trailing])
      byPosition.set(pos, { pos, end, text: file.text.slice(pos, end) });
  }
  const comments = [...byPosition.values()];
  commentsByFile.set(file, comments);
  return comments;
}

function tokensOf(node: ts.Node, tree: ts.SourceFile): readonly ts.Node[] {
  const children = node.getChildren(tree);
  return children.length === 0 ? [node] : children.flatMap((child) => tokensOf(child, tree));
}

function deadComment(file: CodeFile, comment: Comment): readonly Finding[] {
  const at = { path: file.path, line: lineOf(file, comment.pos) };
  if (/\b(TODO|FIXME|XXX)\b(?!\(#\d+\))/.test(comment.text)) {
    return [{ ...at, problem: "a TODO without an issue", advice: "do it, delete it, or write `TODO(#number)`" }];
  }
  if (/^\/\/.*[;{]$/.test(comment.text)) {
    return [{ ...at, problem: "commented-out code", advice: "delete it: the history keeps it" }];
  }
  return [];
}
