/** The last look at emitted code: formatted as TypeScript itself formats, and free of syntax errors. */

import { createRequire } from "node:module";
import type { FormatCodeSettings } from "ts-morph";
import type { Emitted, EmittedFile } from "./emitted.ts";

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
  const project = new Project({ useInMemoryFileSystem: true, compilerOptions: { noLib: true } });
  const finished = emitted.files.map((file): EmittedFile => {
    const source = project.createSourceFile(file.path, file.text);
    const [problem] = project.getProgram().getSyntacticDiagnostics(source);
    if (problem !== undefined) {
      throw new Error(`${file.path}:${problem.getLineNumber()}: ${String(problem.getMessageText())}`);
    }
    source.formatText(settings);
    return { path: file.path, text: source.getFullText() };
  });
  return { files: finished };
}
