/** `build`: cold `temperc build` and save-to-swapped in `temperc dev`, beside esbuild and tsc alone on the same generated code. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Connection } from "./load.mjs";
import { summary } from "./measure.mjs";
import { startProcess } from "./server-process.mjs";

const coldRuns = 7;
const saves = 9;
const swapMsMax = 20_000;

export async function benchBuild(progress) {
  const folder = mkdtempSync(join(tmpdir(), "temperc-bench-"));
  try {
    progress("cold builds");
    const out = join(folder, "out");
    const { wholeMs, parts } = coldBuild(out);
    progress("esbuild and tsc alone");
    const bareMs = bareTools(out);
    progress("saving under temperc dev");
    const swapMs = await saveToSwapped(folder);
    const row = (name, { median, spreadPercent, rounds }) => [name, median, spreadPercent, `${rounds.length}`];
    return {
      columns: ["examples/ecommerce", "ms", "spread %", "runs"],
      rows: [
        row("temperc build, cold, whole process", wholeMs),
        ...Object.entries(parts).map(([name, part]) => row(`  of it: ${name}`, part)),
        row("esbuild + tsc alone on its output, cold", bareMs),
        row("temperc dev, save to swapped", swapMs),
      ],
      conclusions: [
        `cold build ${Math.round(wholeMs.median)} ms (to reach: at most 3,000)`,
        `save to swapped ${Math.round(swapMs.median)} ms (to reach: at most 1,000)`,
      ],
      figures: { wholeMs, parts, bareMs, swapMs },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function coldBuild(out) {
  const args = ["dist/cli/main.js", "build", "examples/ecommerce", "-o", out, "--json"];
  timed(process.execPath, args);
  const runs = Array.from({ length: coldRuns }, () => timed(process.execPath, args));
  const timings = runs.map((run) => JSON.parse(run.stdout).timings);
  const parts = Object.keys(timings[0]).map((name) => [name, summary(timings.map((each) => each[name]))]);
  return { wholeMs: summary(runs.map((run) => run.ms)), parts: Object.fromEntries(parts) };
}

/** What the same generated code costs without proof or emission: bundle it and type-check it. */
function bareTools(out) {
  symlinkSync(resolve("node_modules"), join(out, "node_modules"));
  const entry = join(out, "generated/main.ts");
  const bundle = [
    "--bundle",
    "--platform=node",
    "--format=esm",
    "--external:libsql",
    `--outfile=${join(out, "bare.mjs")}`,
  ];
  const check = [
    "--ignoreConfig",
    "--noEmit",
    "--strict",
    "--skipLibCheck",
    "--module",
    "nodenext",
    "--target",
    "es2023",
    "--types",
    "node",
  ];
  const run = () =>
    timed("node_modules/.bin/esbuild", [entry, ...bundle]).ms + timed("node_modules/.bin/tsc", [...check, entry]).ms;
  run();
  return summary(Array.from({ length: coldRuns }, run));
}

function timed(command, args) {
  const startedAt = performance.now();
  const result = spawnSync(command, args, { encoding: "utf8" });
  const ms = performance.now() - startedAt;
  if (result.status !== 0) {
    throw new Error(`${command} ${args.join(" ")} ended with ${result.status}:\n${result.stderr}${result.stdout}`);
  }
  return { ms, stdout: result.stdout };
}

/** Milliseconds from the write of a spec file to the first answer by the new revision, polled on one connection. */
async function saveToSwapped(folder) {
  const specs = join(folder, "specs");
  cpSync("examples/ecommerce", specs, { recursive: true });
  const store = ["--store", join(folder, "dev.db")];
  const server = await startProcess(["dist/cli/main.js", "dev", specs, "--port", "0", ...store, "--json"]);
  try {
    const connection = await Connection.open(Number(new URL(server.ready.url).port));
    const revision = async () => (await connection.request("GET", "/tdata/", server.ready.operatorKey)).revision;
    const samples = [];
    for (let save = 0; save <= saves; save++)
      samples.push(await msToSwap(join(specs, "shipment.ioa.toml"), save, revision));
    connection.close();
    return summary(samples.slice(1));
  } finally {
    await server.stop();
  }
}

/** Saves the file with another limit of delivery attempts and waits until a reply comes from another revision. */
async function msToSwap(file, save, revision) {
  const before = await revision();
  if (before === undefined) throw new Error("the reply has no temperc-revision header");
  const text = readFileSync(file, "utf8").replaceAll(/(DeliveryAttempts (?:<|>=)) \d/g, `$1 ${save % 2 === 0 ? 2 : 3}`);
  const startedAt = performance.now();
  writeFileSync(file, text);
  while ((await revision()) === before) {
    if (performance.now() - startedAt > swapMsMax)
      throw new Error(`the save was not swapped in within ${swapMsMax} ms`);
  }
  return performance.now() - startedAt;
}
