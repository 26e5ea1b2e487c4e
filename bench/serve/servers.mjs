/** The servers of the shop that are measured: temperc on both databases, and bare Fastify. */
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Connection } from "../load.mjs";
import { startProcess } from "../server-process.mjs";
import { principals } from "./checkout.mjs";

/** One key asks for all clients here. */
const unhurried = ["requestsPerSecond=1000000", "requestBurst=1000000"].flatMap((limit) => ["--limit", limit]);

/** `temperc serve` of a spec folder on a store, with a key for each of `grants`. */
export async function startTemperc({ id = "temperc", name, specs, store, grants = principals }) {
  const args = ["dist/cli/main.js", "serve", "--specs-dir", specs, "--port", "0", "--json", "--store", store];
  const server = await startProcess([...args, ...unhurried]);
  const port = Number(new URL(server.ready.url).port);
  const keys = await mintKeys(port, server.ready.operatorKey, grants);
  return { ...server, id, name, port, keys, prepares: true };
}

export const onLibsql = "temperc, libSQL (WAL, synchronous FULL)";
export const onPostgres = "temperc, PostgreSQL 18 (fsync, synchronous_commit)";

/** Fastify alone: the same bodies, nothing stored. */
export async function startBareFastify() {
  const server = await startProcess([fileURLToPath(new URL("./bare-fastify.mjs", import.meta.url))]);
  const keys = { customer: "none", agent: "none" };
  return { ...server, id: "bare", name: "bare Fastify, nothing stored", port: server.ready.port, keys };
}

/** A key for each of the grants, by the name that it has there. */
export async function mintKeys(port, operatorKey, grants) {
  const connection = await Connection.open(port);
  const keys = {};
  for (const [name, body] of Object.entries(grants)) {
    const reply = await connection.request("POST", "/api/keys", operatorKey, body);
    if (reply.status >= 300) throw new Error(`POST /api/keys answered ${reply.status}: ${reply.text}`);
    keys[name] = JSON.parse(reply.text).secret;
  }
  connection.close();
  return keys;
}

/** A PostgreSQL that keeps what it acknowledges, as a database on the same machine: its URL, and how it is ended. */
export async function startPostgres(folder) {
  const place = join(folder, "postgres");
  mkdirSync(place);
  // Passed through by the one who runs the server, who is not root.
  for (const each of [folder, place]) chmodSync(each, 0o755);
  const keeper = fileURLToPath(new URL("../../test/live/postgres/keeper.mjs", import.meta.url));
  const child = spawn(process.execPath, [keeper, place, String(process.pid), "durable"], { stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  while (!existsSync(join(place, "url"))) {
    if (existsSync(join(place, "failed"))) throw new Error(readFileSync(join(place, "failed"), "utf8"));
    await sleep(50);
  }
  return { url: readFileSync(join(place, "url"), "utf8"), stop };
}

/** Runs `work` on what `starts` start, and ends all of it, the last first, whatever happens. */
export async function withServers(starts, work) {
  const started = [];
  try {
    for (const start of starts) started.push(await start(started));
    return await work(started);
  } finally {
    for (const server of started.toReversed()) await server.stop();
  }
}
