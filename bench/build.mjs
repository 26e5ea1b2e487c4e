/** `build`: cold `temperc build` and save-to-swapped in `temperc dev`, beside esbuild and tsc alone on the same generated code. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Connection } from "./load.mjs";
import { median } from "./report.mjs";
import { startProcess } from "./server-process.mjs";

const coldRuns = 5;
const saves = 7;

function timed(command, args, options = {}) {
  const startedAt = performance.now();
  const result = spawnSync(command, args, { encoding: "utf8", ...options });
  if (result.status !== 0)
    throw new Error(`${command} ${args.join(" ")} ended with ${result.status}:\n${result.stderr}${result.stdout}`);
  return { ms: performance.now() - startedAt, stdout: result.stdout };
}

function coldBuild(out) {
  const runs = Array.from({ length: coldRuns }, () =>
    timed(process.execPath, ["dist/cli/main.js", "build", "examples/ecommerce", "-o", out, "--json"]),
  );
  const parts = runs.map((run) => JSON.parse(run.stdout).timings);
  const names = Object.keys(parts[0] ?? {});
  return {
    row: { what: "temperc build, cold, whole process", "median ms": median(runs.map((run) => run.ms)), runs: coldRuns },
    parts: names.map((name) => `${name} ${median(parts.map((part) => part[name])).toFixed(0)}`).join(" · "),
  };
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
  const esbuild = Array.from({ length: coldRuns }, () => timed("npx", ["esbuild", entry, ...bundle]).ms);
  const tsc = Array.from({ length: coldRuns }, () => timed("npx", ["tsc", ...check, entry]).ms);
  return { what: "esbuild + tsc alone, cold", "median ms": median(esbuild) + median(tsc), runs: coldRuns };
}

async function revision(connection, key) {
  const reply = await connection.request("GET", "/tdata/", key);
  return reply.revision ?? "";
}

/** Milliseconds from the write of a spec file to the first answer by the new revision, polled on one connection. */
async function saveToSwapped(folder) {
  const specs = join(folder, "specs");
  cpSync("examples/ecommerce", specs, { recursive: true });
  const args = ["dist/cli/main.js", "dev", specs, "--port", "0", "--store", join(folder, "dev.db"), "--json"];
  const server = await startProcess(args);
  try {
    const connection = await Connection.open(Number(new URL(server.ready.url).port));
    const file = join(specs, "shipment.ioa.toml");
    const original = readFileSync(file, "utf8");
    const samples = [];
    for (let save = 1; save <= saves; save += 1) {
      const before = await revision(connection, server.ready.operatorKey);
      const startedAt = performance.now();
      writeFileSync(
        file,
        original
          .replace("DeliveryAttempts < 3", `DeliveryAttempts < ${save % 2 === 1 ? 2 : 3}`)
          .replace("DeliveryAttempts >= 3", `DeliveryAttempts >= ${save % 2 === 1 ? 2 : 3}`),
      );
      while ((await revision(connection, server.ready.operatorKey)) === before) {
        if (performance.now() - startedAt > 20_000) throw new Error("the save was not swapped in within 20 s");
      }
      samples.push(performance.now() - startedAt);
    }
    connection.close();
    return { what: "temperc dev, save to swapped", "median ms": median(samples), runs: saves };
  } finally {
    await server.stop();
  }
}

export async function measure(progress) {
  const folder = mkdtempSync(join(tmpdir(), "temperc-bench-"));
  try {
    progress("cold builds …");
    const out = join(folder, "out");
    const { row, parts } = coldBuild(out);
    progress("esbuild and tsc alone …");
    const bare = bareTools(out);
    progress("saving under temperc dev …");
    const swapped = await saveToSwapped(folder);
    return {
      rows: [row, swapped, bare],
      remarks: [
        "",
        `parts of the build, ms: ${parts}`,
        "wanted: build at most 3,000 ms, save to swapped at most 1,000 ms",
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
