/** Cold start of a built service beside SAP CAP, what a live actor and a passivated entity cost, and replay. */
import { spawn, spawnSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Connection } from "../load.mjs";
import { quantile, summary } from "../measure.mjs";
import { preparation, principals } from "./checkout.mjs";
import { capCommand, deployCap, installPeers } from "./peers.mjs";
import { mintKeys } from "./servers.mjs";

const starts = 7;
const answersWithinMs = 30_000;
const waitMs = 2;

export async function measureLife(folder, progress) {
  installPeers(progress);
  progress("  cold starts");
  const contestants = [await builtService(folder), await capService(folder)];
  const coldStarts = await alternatingStarts(contestants);
  progress("  actors in memory, and replay");
  const memory = inProcess(folder);
  const replay = {
    id: "replay",
    what: "replay",
    name: "events read from libSQL and folded",
    perSecond: summary(memory.replayPerSecond),
  };
  const [ours, theirs] = coldStarts.map(({ p50Ms }) => Math.round(p50Ms));
  return {
    figures: [...coldStarts, replay],
    conclusions: [
      `cold start of a built service to its first answer: ${ours} ms (to reach: within 400), SAP CAP ${theirs} ms`,
      `memory: ${Math.round(memory.liveBytes)} bytes a live actor, ${Math.round(memory.passivatedBytes)} a passivated entity (to reach: none), of ${memory.entities.toLocaleString("en")} each`,
      `replay: ${Math.round(replay.perSecond.median).toLocaleString("en")} events/s (to reach: at least 100,000)`,
    ],
  };
}

/** One start of each after the other; the first of each warms the machine's caches and is not counted. */
async function alternatingStarts(contestants) {
  const samples = contestants.map(() => []);
  for (let start = 0; start <= starts; start++)
    for (const [index, { command, request }] of contestants.entries())
      samples[index].push(await firstAnswerMs(command, request));
  return contestants.map(({ id, name }, index) => {
    const counted = samples[index].slice(1);
    return {
      id,
      name,
      what: "cold start to first answer",
      p50Ms: quantile(counted, 0.5),
      p99Ms: quantile(counted, 0.99),
    };
  });
}

/** `temperc build`, and an order in its store that the first answer shows. */
async function builtService(folder) {
  const out = join(folder, "out");
  const args = ["dist/cli/main.js", "build", "examples/ecommerce", "-o", out];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`temperc build ended with ${status}:\n${stderr}`);
  symlinkSync(resolve("node_modules"), join(out, "node_modules"), "junction");
  const command = (port) => ({
    args: [join(out, "service.mjs")],
    options: { cwd: out, env: { ...process.env, TEMPERC_STORE: join(folder, "built.db"), PORT: String(port) } },
  });
  const keys = await withProcess(command, async (port, out) => {
    const operatorKey = await found(out, /operator key, shown this once: (tk_\S+)/);
    return mintKeys(port, operatorKey, principals);
  });
  const request = { method: "GET", path: "/tdata/Orders('o-0')", key: keys.customer };
  await withProcess(command, (port) => answer(port, preparation(0, keys)[0]));
  return { id: "temperc", name: "temperc, built, libSQL", command, request };
}

async function capService(folder) {
  const file = join(folder, "cap.db");
  deployCap(file);
  const command = (port) => capCommand(file, port);
  const keys = { customer: "none" };
  await withProcess(command, (port) => answer(port, preparation(0, keys)[0]));
  return {
    id: "cap",
    name: "SAP CAP 9.9.3, SQLite",
    command,
    request: { method: "GET", path: "/tdata/Orders('o-0')", key: "none" },
  };
}

/** From the start of the process to its first answer, which is to be a good one. */
async function firstAnswerMs(command, request) {
  const startedAt = performance.now();
  return withProcess(command, async (port) => {
    await answer(port, request);
    return performance.now() - startedAt;
  });
}

async function withProcess(command, work) {
  const port = await freePort();
  const { args, options } = command(port);
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"], ...options });
  const out = [];
  child.stdout.on("data", (chunk) => out.push(chunk));
  const ended = new Promise((done) => child.once("exit", done));
  try {
    return await work(port, () => Buffer.concat(out).toString());
  } finally {
    child.kill("SIGTERM");
    await ended;
  }
}

/** Asks until somebody listens. */
async function answer(port, { method, path, key, body }) {
  const endsAt = performance.now() + answersWithinMs;
  for (;;) {
    const connection = await Connection.open(port).catch(() => undefined);
    if (connection !== undefined) {
      const reply = await connection.request(method, path, key, body);
      connection.close();
      if (reply.status >= 300) throw new Error(`${method} ${path} answered ${reply.status}: ${reply.text}`);
      return;
    }
    if (performance.now() > endsAt) throw new Error(`nobody listens on ${port}`);
    await sleep(waitMs);
  }
}

/** What the output says, once it says it. */
async function found(out, pattern) {
  const endsAt = performance.now() + answersWithinMs;
  for (;;) {
    const match = pattern.exec(out());
    if (match !== null) return match[1];
    if (performance.now() > endsAt) throw new Error(`the service has not said ${pattern}:\n${out()}`);
    await sleep(waitMs);
  }
}

async function freePort() {
  const listener = createServer();
  await new Promise((listening) => listener.listen(0, "127.0.0.1", listening));
  const { port } = listener.address();
  await new Promise((closed) => listener.close(closed));
  return port;
}

/** In a process of its own, which can be asked to collect. */
function inProcess(folder) {
  const script = fileURLToPath(new URL("./life-process.mjs", import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--expose-gc", script, folder], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the actors could not be measured:\n${stderr}`);
  return JSON.parse(stdout);
}
