/** A thread of a search: gets the bundle and the task when it starts, and expands what blocks of each round it can get. */
import { parentPort, workerData } from "node:worker_threads";
import { type CrewTask, expandBlocks, expanderFor, type Round } from "../../verify/index.ts";
import { loadBundle } from "./load-bundle.ts";

export interface SearchTask {
  readonly bundle: string;
  readonly name: string;
  readonly task: CrewTask;
}

// `searchCrew` alone starts this file, with data and messages of these types.
const { bundle, name, task } = workerData as SearchTask;
const automaton = loadBundle(bundle, name).entityTypes.find(
  (type) => type.automaton?.name === task.automaton.name,
)?.automaton;
if (automaton === undefined) throw new Error(`the bundle has no automaton ${task.automaton.name}`);
const expander = expanderFor(task, automaton);
parentPort?.on("message", (round: Round) => parentPort?.postMessage(expandBlocks(expander, round)));
parentPort?.postMessage("ready");
