/** From a case's input to the files that it expects, by the same calls that the command line makes. */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import {
  compile,
  migrate,
  type Program,
  printDiagnostics,
  type SourceFile,
  type Sources,
} from "../../compiler/index.ts";
import type { Case } from "./case.ts";
import { readTexts, type Texts } from "./compare.ts";
import { replayTranscript } from "./transcript.ts";

/** Everything that the case expects, by path below its expected folder. Emission and verification are loaded by the cases that need them. */
export async function makeFiles(root: string, golden: Case): Promise<Texts> {
  switch (golden.kind) {
    case "program":
      return (await import("./program.ts")).programFiles(root, compiled(golden));
    case "verify":
      return new Map([["verify.txt", await (await import("./program.ts")).verdicts(root, compiled(golden))]]);
    case "diagnostics":
      return new Map([["diagnostics.txt", diagnostics(golden)]]);
    case "language":
      return new Map([["lowered.txt", (await import("./language.ts")).loweredForms(golden.input)]]);
    case "migrate":
      return migrated(golden);
    case "cli":
      return new Map([["", await replayTranscript(root, readFileSync(golden.input, "utf8"))]]);
  }
}

function compiled(golden: Case): Program {
  const { program, diagnostics: found, texts } = compile(sources(golden));
  if (program === undefined) throw new Error(printDiagnostics(found, texts, { color: false }));
  return program;
}

/** The case's own code must be among what is reported to one who wants to run the spec. */
function diagnostics(golden: Case): string {
  const { diagnostics: found, texts } = compile(sources(golden), "run");
  const code = golden.name.slice("diagnostics/".length);
  const printed = printDiagnostics(found, texts, { color: false });
  if (!found.some((diagnostic) => diagnostic.code === code))
    throw new Error(`${code} is not reported, but\n${printed}`);
  return printed;
}

/** The files as they come out, and the warnings that are left in them. */
function migrated(golden: Case): Texts {
  const made = migrate(sources(golden));
  if (made.kind !== "migrated") throw new Error(`it cannot be migrated: ${JSON.stringify(made)}`);
  const { diagnostics: found, texts } = made.compiled;
  return new Map([...texts, ["diagnostics.txt", printDiagnostics(found, texts, { color: false })]]);
}

function sources(golden: Case): Sources {
  const root = golden.input;
  const name = basename(root) === "spec" ? basename(golden.name) : basename(root);
  const files = [...readTexts(root).keys()].map((path) => sourceFile(path, readFileSync(join(root, path))));
  return { name, files };
}

/** `door.ioa.toml@5000000` stands for a `door.ioa.toml` filled up with line breaks to so many bytes: nobody wants to clone those. */
function sourceFile(path: string, bytes: Uint8Array): SourceFile {
  const [, name, size] = /^(.+)@(\d{1,8})$/.exec(path) ?? [];
  if (name === undefined) return { path, bytes };
  const filled = new Uint8Array(Number(size)).fill("\n".charCodeAt(0));
  filled.set(bytes);
  return { path: name, bytes: filled };
}
