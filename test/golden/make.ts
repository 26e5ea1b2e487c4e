/** From a case's input to the files that it expects, by the same calls that the command line makes. */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { runInThisContext } from "node:vm";
import type { ServiceDefinition } from "@temperc/runtime";
import {
  bundleForKernel,
  compile,
  type Emitted,
  emit,
  finish,
  outline,
  type Program,
  printDiagnostics,
  type Sources,
} from "../../compiler/index.ts";
import { printVerdicts, verify } from "../../verify/index.ts";
import type { Case } from "./case.ts";
import { readTexts, type Texts } from "./compare.ts";
import { replayTranscript } from "./transcript.ts";

/** Everything that the case expects, by path below its expected folder. */
export async function makeFiles(root: string, golden: Case): Promise<Texts> {
  switch (golden.kind) {
    case "program":
      return programFiles(root, compiled(golden));
    case "verify":
      return new Map([["verify.txt", await verdicts(root, compiled(golden))]]);
    case "diagnostics":
      return new Map([["diagnostics.txt", diagnostics(golden)]]);
    case "cli":
      return new Map([["", replayTranscript(root, readFileSync(golden.input, "utf8"))]]);
  }
}

async function programFiles(root: string, program: Program): Promise<Texts> {
  const emitted = emittedFrom(root, program);
  const { metadata, openapi } = await loadService(root, emitted);
  return new Map([
    ["ir.txt", outline(program)],
    ...emitted.files.map(({ path, text }): [string, string] => [path, text]),
    ["metadata.xml", metadata.xml],
    ["metadata.json", metadata.json],
    ["openapi.json", openapi],
    ["verify.txt", await verdicts(root, program)],
  ]);
}

/** Emitted twice: the same input must give the same bytes, and finishing must find nothing to do. */
function emittedFrom(root: string, program: Program): Emitted {
  const templates = Object.fromEntries(
    [...readTexts(join(root, "templates"))].filter(([path]) => path.endsWith(".hbs")),
  );
  const emitted = emit(program, templates);
  if (JSON.stringify(emit(program, templates)) !== JSON.stringify(emitted))
    throw new Error("emit gives other bytes the second time");
  const finished = finish(emitted);
  const changed = finished.files.filter(({ text }, index) => text !== emitted.files[index]?.text);
  if (changed.length > 0)
    throw new Error(`finish changes ${changed.map(({ path }) => path).join(", ")}: mend the template`);
  return finished;
}

async function verdicts(root: string, program: Program): Promise<string> {
  const service = await loadService(root, emittedFrom(root, program));
  return printVerdicts(await verify({ program, service }), { color: false });
}

/** The emitted service, loaded as the live kernel loads it. */
async function loadService(root: string, emitted: Emitted): Promise<ServiceDefinition> {
  const text = await bundleForKernel(emitted, { resolveDir: root });
  const module: { exports: { service?: ServiceDefinition } } = { exports: {} };
  runInThisContext(`(function (module, exports) { ${text}\n})`)(module, module.exports);
  if (module.exports.service === undefined) throw new Error("the bundle exports no service");
  return module.exports.service;
}

function compiled(golden: Case): Program {
  const { program, diagnostics: found, texts } = compile(sources(golden));
  if (program === undefined) throw new Error(printDiagnostics(found, texts, { color: false }));
  return program;
}

/** The case's own code must be among what is reported, and each report must be of a spec that it shows. */
function diagnostics(golden: Case): string {
  const { diagnostics: found, texts } = compile(sources(golden));
  const code = golden.name.slice("diagnostics/".length);
  const printed = printDiagnostics(found, texts, { color: false });
  if (!found.some((diagnostic) => diagnostic.code === code))
    throw new Error(`${code} is not reported, but\n${printed}`);
  return printed;
}

function sources(golden: Case): Sources {
  const root = golden.input;
  const name = basename(root) === "spec" ? basename(golden.name) : basename(root);
  return { name, files: [...readTexts(root).keys()].map((path) => ({ path, bytes: readFileSync(join(root, path)) })) };
}
