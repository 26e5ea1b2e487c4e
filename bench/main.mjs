/** `npm run bench -- step|serve|build|swap|authorize|verify|check|obligations [--json FILE]`: one benchmark beside its baseline, as a table for people and as data. */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { benchAuthorize } from "./authorize.mjs";
import { benchBuild } from "./build.mjs";
import { benchCheck } from "./check.mjs";
import { machine, table } from "./measure.mjs";
import { benchObligations } from "./obligations.mjs";
import { benchServe, serveParts } from "./serve/serve.mjs";
import { benchStep } from "./step.mjs";
import { benchSwap } from "./swap.mjs";
import { benchVerify } from "./verify.mjs";

const benchmarks = new Map([
  ["step", benchStep],
  ["serve", benchServe],
  ["build", benchBuild],
  ["swap", benchSwap],
  ["authorize", benchAuthorize],
  ["verify", benchVerify],
  ["check", benchCheck],
  ["obligations", benchObligations],
]);

const { positionals, values } = parseArgs({ allowPositionals: true, options: { json: { type: "string" } } });
const [name, ...parts] = positionals;
const benchmark = benchmarks.get(name);
const unknownPart = parts.find((part) => name !== "serve" || !serveParts.has(part));
if (benchmark === undefined || unknownPart !== undefined) {
  console.error(`usage: npm run bench -- ${[...benchmarks.keys()].join("|")} [--json FILE]`);
  console.error(`serve takes the names of parts: ${[...serveParts.keys()].join(", ")}`);
  process.exit(64);
}

const facts = machine();
console.log(`${name} on ${facts.cpu}, ${facts.cores} cores, ${facts.memoryGiB} GiB, ${facts.os}, Node ${facts.node}\n`);
const report = await benchmark((line) => console.error(line), parts);
console.log(table(report.columns, report.rows));
for (const line of report.conclusions) console.log(line);
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ benchmark: name, machine: facts, ...report }, null, 2)}\n`);
