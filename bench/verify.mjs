/** `verify`: level 1 on models whose state counts are known, beside SPIN and a breadth-first search written by hand for one of them. */

import { verify } from "../dist/verify/index.js";
import { loadModel } from "./load-example.mjs";
import { summary } from "./measure.mjs";
import { searchPipelineByHand } from "./pipeline-search.mjs";
import { benchSimulation } from "./simulation.mjs";
import { spinOn } from "./spin.mjs";
import { benchVerifyCommand } from "./verify-command.mjs";

const rounds = 7;

const models = [
  { name: "pipeline-60", states: 635_376 },
  { name: "two-phase-commit-7", states: 296_448 },
  { name: "coffee-can", states: 5_150 },
];

export async function benchVerify(progress) {
  const contenders = [];
  for (const model of models) contenders.push(await checker(model));
  contenders.push(byHand());
  const spins = models.flatMap((model) => spinOn(model) ?? []);
  contenders.push(...spins);
  for (let round = 0; round <= rounds; round++) {
    progress(round === 0 ? "warming up" : `round ${round} of ${rounds}`);
    for (const each of contenders) {
      const seconds = await each.run();
      if (round > 0) each.rates.push(each.states / seconds);
    }
  }
  for (const { end } of spins) end();
  progress("the command");
  const commands = benchVerifyCommand();
  const figures = contenders.map(({ name, states, rates, bytesPerState }) => ({
    name,
    states,
    bytesPerState: bytesPerState(),
    ...summary(rates),
  }));
  const [pipeline, commit, , hand, spin, spinOnCommit] = figures;
  return {
    columns: ["search", "states", "states/s", "spread %", "bytes/state"],
    rows: figures.map((each) => [
      each.name,
      each.states.toLocaleString("en-US"),
      each.median,
      each.spreadPercent,
      each.bytesPerState === undefined ? "-" : each.bytesPerState.toFixed(1),
    ]),
    conclusions: [
      `by hand / emitted, on the pipeline: ${ratio(hand, pipeline)}`,
      spin === undefined
        ? "SPIN: not installed (it needs spin and gcc)"
        : `SPIN / emitted: ${ratio(spin, pipeline)} on the pipeline, ${ratio(spinOnCommit, commit)} on two-phase commit; SPIN's time has the start of its process in it`,
      "bytes/state are those of the arrays that hold visited states and the way to each",
      await benchSimulation("two-phase-commit-7"),
      ...commands.map(({ what, bar, median }) => `${what}: ${median.toFixed(2)} s (at most ${bar})`),
    ],
    figures: [...figures, ...commands],
  };
}

function ratio(one, other) {
  return (one.median / other.median).toFixed(2);
}

async function checker({ name, states }) {
  const input = await loadModel(name);
  let facts;
  const run = async () => {
    const started = process.hrtime.bigint();
    const verdicts = await verify(input);
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    const { outcome } = verdicts.find(({ level }) => level === "L1");
    if (outcome.kind !== "held" || outcome.facts.states !== states)
      throw new Error(`${name} is ${outcome.kind} with ${outcome.facts.states} states, not held with ${states}`);
    facts = outcome.facts;
    return seconds;
  };
  return { name: `${name}, emitted`, states, rates: [], run, bytesPerState: () => facts.storeBytes / facts.states };
}

function byHand() {
  const [{ states }] = models;
  const run = async () => {
    const started = process.hrtime.bigint();
    const found = searchPipelineByHand(60);
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    if (found !== states) throw new Error(`by hand there are ${found} states, not ${states}`);
    return seconds;
  };
  return { name: "pipeline-60, by hand with a Set", states, rates: [], run, bytesPerState: () => undefined };
}
