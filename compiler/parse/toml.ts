/** TOML text to a tree of plain nodes, every key and value with its place in the text. */

import { parse as judgeToml, TomlError } from "smol-toml";
import { type AST, parseTOML } from "toml-eslint-parser";
import type { Report } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/span.ts";
import { firstExcess, nestingMax } from "./toml-limits.ts";

export interface TextFile {
  readonly path: string;
  readonly text: string;
}

export type TomlNode =
  | TomlString
  | { readonly kind: "number"; readonly value: number; readonly isInteger: boolean; readonly span: Span }
  | { readonly kind: "boolean"; readonly value: boolean; readonly span: Span }
  | { readonly kind: "date"; readonly span: Span }
  | TomlArray
  | TomlTable;

/** `source` is the text between and with its quotation marks, so that an offset in `value` can be found in the file. */
export interface TomlString {
  readonly kind: "string";
  readonly value: string;
  readonly source: string;
  readonly span: Span;
  /** Where parts of the value came from, in a text that was made of an older form and does not stand in the file as it is. */
  readonly pieces?: readonly { readonly start: number; readonly end: number; readonly span: Span }[];
}

export interface TomlArray {
  readonly kind: "array";
  readonly items: readonly TomlNode[];
  readonly span: Span;
}

export interface TomlTable {
  readonly kind: "table";
  /** True for one in braces, false for one under a header of its own. */
  readonly isInline: boolean;
  readonly entries: readonly TomlEntry[];
  readonly span: Span;
}

export interface TomlEntry {
  readonly key: string;
  readonly keySpan: Span;
  readonly value: TomlNode;
}

/** The root table of a TOML 1.0 document. Reports `parse/toml-…`; then there is no table. */
export function parseToml(file: TextFile, report: Report): TomlTable | undefined {
  const excess = firstExcess(file.text);
  if (excess !== undefined) {
    const span = { file: file.path, start: excess.offset, end: excess.offset + 1 };
    if (excess.limit === "nesting") report("parse/toml-nesting", span, { max: nestingMax });
    else report("parse/toml-limit", span, excess.limit);
    return undefined;
  }
  const problem = syntaxProblem(file.text);
  if (problem !== undefined) {
    const span = { file: file.path, start: problem.offset, end: Math.min(problem.offset + 1, file.text.length) };
    report("parse/toml-syntax", span, { problem: problem.message });
    return undefined;
  }
  const program = parseTOML(file.text, { tomlVersion: "1.0" });
  return buildTable(program.body[0].body, file);
}

/** smol-toml is the judge of what is valid TOML; its position is turned into an offset. */
function syntaxProblem(text: string): { readonly message: string; readonly offset: number } | undefined {
  try {
    judgeToml(text, { integersAsBigInt: true, maxDepth: nestingMax });
    return undefined;
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const message = (error.message.split("\n")[0] ?? "").replace(/^Invalid TOML document: /, "");
    return { message, offset: offsetAt(text, error.line, error.column) };
  }
}

function offsetAt(text: string, line: number, column: number): number {
  let start = 0;
  for (let at = 1; at < line; at += 1) {
    const newline = text.indexOf("\n", start);
    if (newline < 0) break;
    start = newline + 1;
  }
  return Math.min(start + Math.max(0, column - 1), text.length);
}

/** A table while it is being filled; array-of-tables entries hold the drafts of their items. */
interface Draft {
  readonly kind: "draft";
  readonly span: Span;
  readonly entries: Map<string, { readonly keySpan: Span; value: TomlNode | Draft | Draft[] }>;
}

function buildTable(body: AST.TOMLTopLevelTable["body"], file: TextFile): TomlTable {
  const root: Draft = { kind: "draft", span: { file: file.path, start: 0, end: file.text.length }, entries: new Map() };
  for (const node of body) {
    if (node.type === "TOMLKeyValue") addKeyValue(root, node, file);
    else addTable(root, node, file);
  }
  return settle(root);
}

function addTable(root: Draft, node: AST.TOMLTable, file: TextFile): void {
  const keys = keysOf(node.key, file);
  const margin = node.kind === "array" ? 2 : 1;
  const span = { file: file.path, start: node.range[0], end: node.key.range[1] + margin };
  const parent = keys.slice(0, -1).reduce((draft, key) => childDraft(draft, key, span), root);
  const last = keys.at(-1);
  if (last === undefined) return;
  const table = node.kind === "array" ? appendDraft(parent, last, span) : childDraft(parent, last, span);
  for (const entry of node.body) addKeyValue(table, entry, file);
}

interface Key {
  readonly name: string;
  readonly span: Span;
}

function childDraft(draft: Draft, key: Key, span: Span): Draft {
  const present = draft.entries.get(key.name)?.value;
  if (Array.isArray(present)) return present.at(-1) ?? appendDraft(draft, key, span);
  if (present?.kind === "draft") return present;
  const child: Draft = { kind: "draft", span, entries: new Map() };
  draft.entries.set(key.name, { keySpan: key.span, value: child });
  return child;
}

function appendDraft(draft: Draft, key: Key, span: Span): Draft {
  const child: Draft = { kind: "draft", span, entries: new Map() };
  const present = draft.entries.get(key.name)?.value;
  if (Array.isArray(present)) present.push(child);
  else draft.entries.set(key.name, { keySpan: key.span, value: [child] });
  return child;
}

function addKeyValue(draft: Draft, node: AST.TOMLKeyValue, file: TextFile): void {
  const keys = keysOf(node.key, file);
  const last = keys.at(-1);
  if (last === undefined) return;
  const span = { file: file.path, start: node.range[0], end: node.range[1] };
  const parent = keys.slice(0, -1).reduce((each, key) => childDraft(each, key, span), draft);
  parent.entries.set(last.name, { keySpan: last.span, value: valueNode(node.value, file) });
}

function keysOf(key: AST.TOMLKey, file: TextFile): readonly Key[] {
  return key.keys.map((part) => ({
    name: part.type === "TOMLBare" ? part.name : part.value,
    span: { file: file.path, start: part.range[0], end: part.range[1] },
  }));
}

function valueNode(node: AST.TOMLContentNode, file: TextFile): TomlNode {
  const span = { file: file.path, start: node.range[0], end: node.range[1] };
  if (node.type === "TOMLArray")
    return { kind: "array", items: node.elements.map((each) => valueNode(each, file)), span };
  if (node.type === "TOMLInlineTable") {
    const draft: Draft = { kind: "draft", span, entries: new Map() };
    for (const entry of node.body) addKeyValue(draft, entry, file);
    return { ...settle(draft), isInline: true };
  }
  switch (node.kind) {
    case "string":
      return { kind: "string", value: node.value, source: file.text.slice(span.start, span.end), span };
    case "integer":
    case "float":
      return { kind: "number", value: node.value, isInteger: node.kind === "integer", span };
    case "boolean":
      return { kind: "boolean", value: node.value, span };
    case "offset-date-time":
    case "local-date-time":
    case "local-date":
    case "local-time":
      return { kind: "date", span };
  }
}

function settle(draft: Draft): TomlTable {
  const entries = [...draft.entries].map(([key, { keySpan, value }]) => ({
    key,
    keySpan,
    value: settleValue(value, keySpan),
  }));
  return { kind: "table", isInline: false, entries, span: draft.span };
}

function settleValue(value: TomlNode | Draft | Draft[], keySpan: Span): TomlNode {
  if (Array.isArray(value)) return { kind: "array", items: value.map(settle), span: value[0]?.span ?? keySpan };
  return value.kind === "draft" ? settle(value) : value;
}
