/** `swap`: a one-entity revision from `temperc deploy` to live with every level verified, the swap alone under load, and the heap after them. */
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quantile, summary } from "./measure.mjs";
import { startProcess } from "./server-process.mjs";

const deploys = 7;
/** Between two deployments, as when somebody looks at what came of one: the process that verifies the next gets ready meanwhile. */
const pauseMs = 8_000;

export async function benchSwap(progress) {
  const folder = mkdtempSync(join(tmpdir(), "temperc-bench-"));
  try {
    progress("deploying revisions, all levels");
    const liveMs = await deployedMs(folder);
    progress("swaps of each kind under 200 clients");
    const kinds = Object.entries(swapsUnderLoad());
    return {
      columns: ["a revision of examples/readers-writers", "ms", "p95", "worst", "runs"],
      rows: [row("temperc deploy, to live, whole process", liveMs.rounds), ...kinds.flatMap(rowsOf)],
      conclusions: [
        `deploy to live ${Math.round(liveMs.median)} ms (to reach: at most 1,500)`,
        ...kinds.map(conclusionOf),
      ],
      figures: { liveMs, swaps: Object.fromEntries(kinds) },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function row(name, values) {
  return [name, summary(values).median, quantile(values, 0.95), Math.max(...values), `${values.length}`];
}

function rowsOf([kind, { swapMs, swapWaits, quietWaits, living, pauses }]) {
  return [
    row(`${kind}: load and swap`, swapMs),
    row("  what an idle actor waits then, at longest", swapWaits),
    row("  and in as long a time without a swap", quietWaits),
    row(`  nobody asks, ${living.toLocaleString("en")} live: what it pauses everybody`, pauses.swap),
    row("  the same without collections of garbage", pauses.own),
    row("  and in as long a time without a swap", pauses.quiet),
  ];
}

function conclusionOf([
  kind,
  { requests, failed, firstFailure, drained, heapMiB, alive, swapMs, swapWaits, quietWaits, pauses },
]) {
  const more = (share) => quantile(swapWaits, share) - quantile(quietWaits, share);
  const held = drained === 0 ? "nobody was held" : `${drained} swaps held calls until others had ended`;
  const { median } = summary(pauses.swap);
  return (
    `${kind}: pauses everybody ${median.toFixed(1)} ms, at most ${Math.max(...pauses.swap).toFixed(1)} (to reach: at most 5); under load an actor waits ${more(0.5).toFixed(1)} ms longer for it, ${more(0.95).toFixed(1)} at the 95th percentile; ` +
    `${held}; ${requests} requests, ${failed} failed${firstFailure === undefined ? "" : ` (${firstFailure})`}; heap ${heapMiB[0].toFixed(1)} MiB after 20 swaps, ${heapMiB[1].toFixed(1)} after all; ` +
    `${alive} of ${swapMs.length} old revisions not collected`
  );
}

async function deployedMs(folder) {
  const specs = join(folder, "documents");
  cpSync("examples/readers-writers", specs, { recursive: true });
  const store = ["--store", join(folder, "swap.db")];
  const server = await startProcess([
    "dist/cli/main.js",
    "serve",
    "--specs-dir",
    specs,
    "--port",
    "0",
    ...store,
    "--json",
  ]);
  const file = join(specs, "readers-writers.ioa.toml");
  const text = readFileSync(file, "utf8");
  const { url, operatorKey } = server.ready;
  try {
    const samples = [];
    for (let run = 0; run <= deploys; run++) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      writeFileSync(file, text.replace("readers < 5", `readers < ${run % 2 === 0 ? 3 : 4}`));
      const startedAt = performance.now();
      const args = ["dist/cli/main.js", "deploy", specs, "--to", url, "--json"];
      const { status, stdout } = await ended(spawn(process.execPath, args, { env: { TEMPERC_KEY: operatorKey } }));
      if (status !== 0) throw new Error(`the deployment ended with ${status}: ${stdout}`);
      samples.push(performance.now() - startedAt);
    }
    return summary(samples.slice(1));
  } finally {
    await server.stop();
  }
}

function ended(child) {
  const chunks = [];
  child.stdout.on("data", (chunk) => chunks.push(chunk));
  return new Promise((resolve) => {
    child.once("close", (status) => resolve({ status, stdout: Buffer.concat(chunks).toString() }));
  });
}

/** In a process of its own, which can be asked to collect. */
function swapsUnderLoad() {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--expose-gc", "bench/swap-process.mjs"], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the swaps ended with ${status}:\n${stderr}`);
  return JSON.parse(stdout);
}
