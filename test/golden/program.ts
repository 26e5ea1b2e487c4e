/** What a program's case expects: the outline, every emitted file, the metadata and the verdicts. */
import { join } from "node:path";
import { runInThisContext } from "node:vm";
import type { ServiceDefinition } from "@temperc/runtime";
import * as runtime from "@temperc/runtime/simulated";
import { writeScript } from "../../cli/kernel/write-script.ts";
import { startZ3 } from "../../cli/kernel/z3.ts";
import { bundleForKernel, type Emitted, emit, finish, outline, type Program } from "../../compiler/index.ts";
import { printVerdicts, type VerifyOptions, verify } from "../../verify/index.ts";
import { obligationsOf } from "../../verify/l0-symbolic/obligations.ts";
import { readTexts, type Texts } from "./compare.ts";
import { withoutStormFigures } from "./storm-figures.ts";

/** A busy machine must not change a verdict: with this much time for a proof, none of the cases runs out of it. */
const limits = { proofMs: 120_000 };

/** Each of the many small cases shows a verdict of every level, and none shows how long a level goes on: what is searched to its end is smaller. */
const smallLimits = { ...limits, cases: 10, seeds: 1, steps: 200, statesMax: 50_000, jointStepsMax: 5_000 };

/** The programs whose verdicts are shown as `temperc verify` gives them by default; of the others few random runs are made. */
const shownByDefault = new Set(["Ecommerce", "ReadersWriters"]);
const fewRuns = { ...limits, cases: 10, seeds: 2 };

/** Loaded once for all cases. */
const solver = startZ3();
const prover = { solver, write: writeScript };

/** To be called when no more cases are made. */
export const endSolver = solver.end;

/** By path below the case's expected folder. */
export async function programFiles(root: string, program: Program): Promise<Texts> {
  const emitted = emittedFrom(root, program);
  const service = await loadService(root, emitted);
  const { metadata, openapi } = service;
  return new Map([
    ["ir.txt", outline(program)],
    ...emitted.files.map(({ path, text }): [string, string] => [path, text]),
    ["metadata.xml", metadata.xml],
    ["metadata.json", metadata.json],
    ["openapi.json", openapi],
    ...program.automata.map((automaton): [string, string] => {
      return [`obligations/${automaton.name}.smt2`, obligationsOf(automaton, writeScript).text];
    }),
    ["verify.txt", await printed(program, service, shownByDefault.has(program.name) ? limits : fewRuns)],
  ]);
}

/** Emitted twice: the same input must give the same bytes, and finishing must find nothing to do. */
function emittedFrom(root: string, program: Program): Emitted {
  const templates = templatesIn(root);
  const emitted = emit(program, templates);
  if (JSON.stringify(emit(program, templates)) !== JSON.stringify(emitted))
    throw new Error("emit gives other bytes the second time");
  const finished = finish(emitted);
  const changed = finished.files.filter(({ text }, index) => text !== emitted.files[index]?.text);
  if (changed.length > 0)
    throw new Error(`finish changes ${changed.map(({ path }) => path).join(", ")}: mend the template`);
  return finished;
}

function templatesIn(root: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...readTexts(join(root, "templates"))].filter(([path]) => path.endsWith(".hbs")));
}

/** The text that `temperc verify` prints of the emitted code, within smaller limits. */
export async function verdicts(root: string, program: Program): Promise<string> {
  return printed(program, await loadService(root, emit(program, templatesIn(root))), smallLimits);
}

async function printed(
  program: Program,
  service: ServiceDefinition,
  limits: VerifyOptions["limits"] & object,
): Promise<string> {
  const verdicts = await verify({ program, service, prover, runtime, limits });
  return withoutStormFigures(printVerdicts(verdicts, { color: false }));
}

/** The emitted service, loaded as the live kernel loads it. */
async function loadService(root: string, emitted: Emitted): Promise<ServiceDefinition> {
  const alias = { "@temperc/runtime/kernel": join(root, "runtime-lib/kernel/index.ts") };
  const text = await bundleForKernel(emitted, { resolveDir: root, alias });
  const module: { exports: { service?: ServiceDefinition } } = { exports: {} };
  runInThisContext(`(function (module, exports) { ${text}\n})`)(module, module.exports);
  if (module.exports.service === undefined) throw new Error("the bundle exports no service");
  return module.exports.service;
}
