/** Calls against the emitted code of a spec folder, for the regression tests that `temperc replay --to-test` writes. */
import { fileURLToPath } from "node:url";
import type { Values } from "@temperc/runtime";
import { printDiagnostics } from "../../compiler/index.ts";
import { defaultJudgeLimits, isObjection, judge, type Property, StepRunner } from "../../verify/index.ts";
import { defaultFolderLimits } from "../folder/limits.ts";
import { type LoadedFolder, loadFolder } from "../kernel/load-folder.ts";

export interface CallsToRerun {
  /** The spec folder: a path, or a `file:` URL. */
  readonly specs: string | URL;
  readonly property: Pick<Property, "kind" | "name">;
  /** The entities that take part; each begins as its automaton does. */
  readonly entities: readonly { readonly name: string; readonly automaton: string }[];
  readonly calls: readonly { readonly entity: string; readonly action: string; readonly params: Values }[];
}

export interface RerunOfCalls {
  /** Whether the run breaks the property. */
  readonly broken: boolean;
  /** How many calls were accepted before one was refused. */
  readonly accepted: number;
  /** What happened, in a sentence. */
  readonly summary: string;
}

/**
 * Makes the calls one after the other until one is refused: then the run is not possible any more, which is one way to mend a
 * spec. Throws where the spec does not compile, or has no such automaton, action or property any more: the test says nothing then.
 */
export async function rerunCalls({ specs, property, entities, calls }: CallsToRerun): Promise<RerunOfCalls> {
  const loaded = await loadSpecs(specs);
  const runner = new StepRunner(loaded.definition.entityTypes.flatMap(({ automaton }) => automaton ?? []));
  for (const { name, automaton } of entities) {
    const started = await runner.start(name, automaton);
    if (isObjection(started)) throw new Error(`this test says nothing any more: ${started.message}`);
  }
  for (const { entity, action } of calls) mustKnow(runner, entity, action);
  let accepted = 0;
  let ended = `all ${calls.length} calls are accepted`;
  for (const { entity, action, params } of calls) {
    const answer = await runner.call(entity, action, params);
    if (isObjection(answer)) {
      ended = `call ${accepted + 1} of ${calls.length}, ${answer.message}`;
      break;
    }
    accepted += 1;
  }
  const broken = breaks(property, runner, loaded);
  return { broken: broken !== undefined, accepted, summary: broken === undefined ? ended : `${broken}; ${ended}` };
}

/** The folder of a test; throws where it does not compile. */
export async function loadSpecs(specs: string | URL): Promise<LoadedFolder> {
  const folder = typeof specs === "string" ? specs : fileURLToPath(specs);
  const loaded = await loadFolder(folder, { limits: defaultFolderLimits, purpose: "check" });
  if (loaded.kind === "refused") throw new Error(`${loaded.message}: ${loaded.hint}`);
  if (loaded.kind === "compiled") throw new Error(printDiagnostics(loaded.diagnostics, loaded.texts, { color: false }));
  return loaded;
}

function mustKnow({ histories }: StepRunner, entity: string, action: string): void {
  const automaton = histories.get(entity)?.automaton;
  if (automaton?.actions.some(({ name }) => name === action) === true) return;
  throw new Error(`this test says nothing any more: ${automaton?.name ?? entity} has no action ${action}`);
}

/** What is broken, of any of the entities whose automaton has the property. */
function breaks(
  property: CallsToRerun["property"],
  { histories }: StepRunner,
  { program }: LoadedFolder,
): string | undefined {
  const judged = [...histories.values()].flatMap(({ automaton: emitted, snapshots }) => {
    const automaton = program.automata.find(({ name }) => name === emitted.name);
    return automaton === undefined ? [] : [judge(property, { automaton, emitted, snapshots }, defaultJudgeLimits)];
  });
  const broken = judged.find((each) => each.kind === "broken");
  if (broken !== undefined) return broken.message;
  const undecided = judged.find((each) => each.kind === "undecided");
  if (undecided !== undefined && !judged.some(({ kind }) => kind === "kept"))
    throw new Error(`this test says nothing any more: ${undecided.message}`);
  return undefined;
}
