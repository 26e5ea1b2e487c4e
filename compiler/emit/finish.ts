/** The last look at emitted code: formatted as TypeScript itself formats, and free of syntax errors. */

import { createRequire } from "node:module";
import type { FormatCodeSettings } from "ts-morph";
import type { Emitted } from "./emitted.ts";

type TsMorph = typeof import("ts-morph");

const settings: FormatCodeSettings = {
  indentSize: 2,
  convertTabsToSpaces: true,
  ensureNewLineAtEndOfFile: true,
};

/**
 * The same files, formatted. On what our templates make it changes nothing. A file with a syntax error is our mistake and
 * throws. ts-morph takes 0.4 s to load, so only those who finish load it.
 */
export function finish(emitted: Emitted): Emitted {
  // `require` is untyped; the package declares what its CommonJS build exports.
  const { Project } = createRequire(import.meta.url)("ts-morph") as TsMorph;
  const project = new Project({ useInMemoryFileSystem: true, compilerOptions: { noLib: true, noResolve: true } });
  const sources = emitted.files.map(({ path, text }) => project.createSourceFile(path, text));
  const [problem] = project.getProgram().getSyntacticDiagnostics();
  if (problem !== undefined) {
    const path = problem.getSourceFile()?.getFilePath().slice(1);
    throw new Error(`${path}:${problem.getLineNumber()}: ${String(problem.getMessageText())}`);
  }
  const language = project.getLanguageService();
  const texts = sources.map((source) => language.getFormattedDocumentText(source.getFilePath(), settings));
  return { files: emitted.files.map(({ path, text }, index) => ({ path, text: texts[index] ?? text })) };
}
