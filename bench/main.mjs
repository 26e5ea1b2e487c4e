/** `npm run bench -- NAME`: runs one benchmark beside its baseline and prints a table, and JSON where asked. */
import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { printTable } from "./report.mjs";

const benchmarks = {
  step: "accepted transitions of the emitted Order, beside a hand-written switch and XState",
  serve: "durable 13-action checkouts through a socket, beside bare Fastify",
  build: "cold build and save-to-swapped, beside bare esbuild and tsc",
};

function usage() {
  const lines = Object.entries(benchmarks).map(([name, text]) => `  ${name.padEnd(8)}${text}`);
  return ["usage: npm run bench -- NAME [--json FILE]", "", ...lines].join("\n");
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: "string" } } });
const [name] = positionals;
if (name === undefined || !Object.hasOwn(benchmarks, name)) {
  console.error(usage());
  process.exit(2);
}

const machine = {
  cpu: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
};
console.error(
  `${name}: ${benchmarks[name]}\n${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}\n`,
);

const { measure } = await import(`./${name}.mjs`);
const { rows, remarks } = await measure((line) => console.error(line));
console.log(printTable(rows));
for (const remark of remarks) console.log(remark);
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ name, machine, rows, remarks }, null, 2)}\n`);
