/** The peers that are measured beside temperc: installed when they are first wanted, each started as a process of its own. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startProcess } from "../server-process.mjs";

const room = fileURLToPath(new URL("../peers", import.meta.url));

/** Installs what `peers/package-lock.json` names, where that is not there yet. */
export function installPeers(progress) {
  const wanted = readFileSync(join(room, "package-lock.json"), "utf8");
  const stamp = join(room, "node_modules/.installed");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  progress("installing the peers, which takes some minutes");
  succeeded("npm", ["ci", "--no-audit", "--no-fund"], { cwd: room });
  writeFileSync(stamp, wanted);
}

function succeeded(command, args, options) {
  const { error, status, stderr } = spawnSync(command, args, { encoding: "utf8", ...options });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}:\n${stderr}`);
}

/** The command that runs CAP on a port, as its own command line does. */
export function capCommand(file, port) {
  const args = [join(room, "node_modules/@sap/cds/bin/serve.js"), "all", "--port", String(port)];
  return { args, options: capOptions(file) };
}

const capStart = fileURLToPath(new URL("../peers/cap/start.mjs", import.meta.url));

/** How CAP is to be run on a file of SQLite: warnings alone are logged, and nobody is asked who they are. */
function capOptions(file) {
  const db = { kind: "sqlite", impl: "@cap-js/sqlite", credentials: { url: file } };
  const config = { requires: { auth: "dummy", db }, log: { format: "plain", levels: { cds: "warn", odata: "warn" } } };
  const env = { ...process.env, NODE_ENV: "production", CDS_CONFIG: JSON.stringify(config) };
  return { cwd: join(room, "cap"), env };
}

/** Makes the tables of the shop in a new file. */
export function deployCap(file) {
  succeeded(process.execPath, [join(room, "node_modules/@sap/cds/bin/deploy.js")], capOptions(file));
}

/** The shop in CAP, on the file that `deployCap` has made. */
export function startCap(file) {
  return startPeer("cap", "SAP CAP 9.9.3, SQLite (WAL, synchronous NORMAL)", [capStart], capOptions(file));
}

/** The tally in Durable Objects. */
export function startDurableObjects(folder) {
  const script = fileURLToPath(new URL("../peers/durable-objects.mjs", import.meta.url));
  const name = "Durable Objects, miniflare 4 (WAL, fsync each write)";
  return startPeer("durable-objects", name, [script, placeIn(folder, "objects")]);
}

/** The tally in Restate. */
export function startRestate(folder) {
  const script = fileURLToPath(new URL("../peers/restate.mjs", import.meta.url));
  return startPeer("restate", "Restate 1.7.12 (RocksDB, WAL with fsync)", [script, placeIn(folder, "restate")]);
}

function placeIn(folder, name) {
  const place = join(folder, name);
  mkdirSync(place);
  return place;
}

async function startPeer(id, name, args, options) {
  const server = await startProcess(args, options);
  return { ...server, id, name, port: server.ready.port, keys: { customer: "none", agent: "none" }, prepares: true };
}
