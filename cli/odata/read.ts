/** Reads an OData URL or checks a rule of the ABNF, and says what was found: the tree, or the character that is wrong. */
import {
  checkRule,
  defaultGrammarLimits,
  type GrammarError,
  namesInUrl,
  readUrl,
  ruleNames,
  type UrlSyntax,
} from "@temperc/runtime";
import { nearest, type Program } from "../../compiler/index.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { unusable } from "../refusal.ts";
import { colours, refuse, type Terminal, visible } from "../terminal.ts";
import { namesGiven, printTree } from "./print-tree.ts";
import { vocabularyOf } from "./vocabulary.ts";
import { wrongNames } from "./wrong-names.ts";

const limits = defaultGrammarLimits;

interface Located extends GrammarError {
  readonly hint?: string;
  /** How much before the character belongs to the mistake: a name that nothing has. */
  readonly length?: number;
}

/** Exit 0 where the text is of the rule, else 1. */
export function checkOneRule(rule: string, text: string, json: boolean, terminal: Terminal): ExitCode {
  const names = ruleNames();
  const known = names.find((name) => name.toLowerCase() === rule.toLowerCase());
  if (known === undefined) {
    const near = nearest(rule, names);
    const hint = near === undefined ? `the rules are ${names.join(", ")}` : `did you mean ${near}?`;
    return refuse(terminal, unusable(`there is no rule "${rule}"`, hint), json);
  }
  const error = checkRule(known, text, { limits });
  if (error !== undefined) return tellError(text, error, json, terminal);
  if (json) terminal.json({ ok: true, rule: known });
  else terminal.out(`ok: this is ${known}\n`);
  return exitCodes.ok;
}

/** Prints the tree of a URL behind the service root; with a program, its names are checked too. */
export function readOneUrl(text: string, program: Program | undefined, json: boolean, terminal: Terminal): ExitCode {
  const read = readUrl(text, { limits });
  const error = read.kind === "error" ? { ...read, ...hintAt(text) } : wrongName(read.tree, program);
  if (error !== undefined) return tellError(text, error, json, terminal);
  if (read.kind === "error") return exitCodes.internal;
  if (json) terminal.json({ ok: true, tree: read.tree });
  else terminal.out(visible(printTree({ kind: "url", ...read.tree })));
  return exitCodes.ok;
}

/** Whoever takes the whole URL from elsewhere is told which part is meant. */
function hintAt(text: string): { readonly hint?: string } {
  if (!/^(?:https?:)?\//i.test(text)) return {};
  return { hint: "write what stands behind the service root, such as Orders?$top=1" };
}

function wrongName(tree: UrlSyntax, program: Program | undefined): Located | undefined {
  if (program === undefined) return undefined;
  const given = namesGiven(tree);
  const [unknown] = [...wrongNames(tree, program, given)].sort((one, other) => one.at - other.at);
  const [misplaced] = [...namesInUrl(tree, vocabularyOf(program, given))].sort((one, other) => one.at - other.at);
  const wrong = unknown ?? misplaced;
  return wrong && { kind: "error", ...wrong, length: wrong.name.length };
}

/** Characters of the text around the error: more would not help. */
const around = 60;

function tellError(
  text: string,
  { at, message, hint, length = 0 }: Located,
  json: boolean,
  terminal: Terminal,
): ExitCode {
  if (json) {
    terminal.json({ ok: false, error: { at, message, ...(hint === undefined ? {} : { hint }) } });
    return exitCodes.failed;
  }
  const { bold, green, red } = colours(terminal.errColour);
  const from = Math.max(0, at - length);
  const start = Math.max(0, from - around);
  const shown = (first: number, last: number) => visible(text.slice(first, last)).replaceAll("\n", " ");
  const before = shown(start, from);
  const marks = "^".repeat(Math.max(1, shown(from, at).length));
  terminal.err(`${red("error:")} ${bold(visible(message))} (character ${from + 1})\n`);
  terminal.err(`  ${before}${shown(from, at + around)}\n  ${" ".repeat(before.length)}${red(marks)}\n`);
  if (hint !== undefined) terminal.err(`  ${green("hint:")} ${visible(hint)}\n`);
  return exitCodes.failed;
}
