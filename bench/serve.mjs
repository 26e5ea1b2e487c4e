/** `serve`: durable actions per second and their latency at 1, 10 and 100 clients, beside bare Fastify with the same bodies. */
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { checkout, preparation, principals } from "./checkout.mjs";
import { Connection, drive } from "./load.mjs";
import { quantile, summary } from "./measure.mjs";
import { startProcess } from "./server-process.mjs";

/** Clients, and how many checkouts of 13 actions they share in one round. */
const levels = [
  { clients: 1, checkouts: 150 },
  { clients: 10, checkouts: 1000 },
  { clients: 100, checkouts: 3000 },
];
const rounds = 3;
const warmUpCheckouts = 500;
const preparingClients = 50;

export async function benchServe(progress) {
  const folder = mkdtempSync(join(tmpdir(), "temperc-bench-"));
  try {
    progress("checkouts on temperc serve");
    const temperc = await measureTemperc(join(folder, "shop.db"), progress);
    progress("the same on PostgreSQL");
    const postgres = await onPostgres(folder, (url) => measureTemperc(url, progress));
    progress("the same bodies on bare Fastify");
    const bare = await measureBareFastify(progress);
    const [ours, theirs] = [temperc.at(-1).perSecond.median, bare.at(-1).perSecond.median];
    return {
      columns: ["server", "clients", "actions/s", "spread %", "p50 ms", "p99 ms"],
      rows: [
        ...temperc.map(row("temperc serve, durable (WAL, FULL)")),
        ...postgres.map(row("temperc serve, PostgreSQL 18 (fsync, synchronous_commit)")),
        ...bare.map(row("bare Fastify, nothing stored")),
      ],
      conclusions: [
        `at 100 clients: ${Math.round(ours)} durable actions/s (to reach: at least 2,200), ${((100 * ours) / theirs).toFixed(0)} % of bare Fastify`,
        `on PostgreSQL at 100 clients: ${Math.round(postgres.at(-1).perSecond.median)} durable actions/s (to reach: at least 8,000)`,
      ],
      figures: { temperc, postgres, bare },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function row(name) {
  return ({ clients, perSecond, p50Ms, p99Ms }) => [
    name,
    clients,
    perSecond.median,
    perSecond.spreadPercent,
    p50Ms,
    p99Ms,
  ];
}

/** Starts a PostgreSQL that keeps what it acknowledges, as a database on the same machine. */
async function onPostgres(folder, measure) {
  const place = join(folder, "postgres");
  mkdirSync(place);
  // Passed through by the one who runs the server, who is not root.
  for (const each of [folder, place]) chmodSync(each, 0o755);
  const keeper = fileURLToPath(new URL("../test/live/postgres/keeper.mjs", import.meta.url));
  const child = spawn(process.execPath, [keeper, place, String(process.pid), "durable"], { stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  try {
    while (!existsSync(join(place, "url"))) {
      if (existsSync(join(place, "failed"))) throw new Error(readFileSync(join(place, "failed"), "utf8"));
      await sleep(50);
    }
    return await measure(readFileSync(join(place, "url"), "utf8"));
  } finally {
    child.kill("SIGTERM");
    await ended;
  }
}

async function measureTemperc(store, progress) {
  const args = ["dist/cli/main.js", "serve", "--specs-dir", "examples/ecommerce", "--port", "0", "--json"];
  const server = await startProcess([...args, "--store", store]);
  try {
    const port = Number(new URL(server.ready.url).port);
    const keys = await mintKeys(port, server.ready.operatorKey);
    return await measureLevels({ port, keys, prepares: true, progress });
  } finally {
    await server.stop();
  }
}

async function measureBareFastify(progress) {
  const server = await startProcess([fileURLToPath(new URL("./bare-fastify.mjs", import.meta.url))]);
  try {
    const keys = { customer: "none", agent: "none" };
    return await measureLevels({ port: server.ready.port, keys, prepares: false, progress });
  } finally {
    await server.stop();
  }
}

async function mintKeys(port, operatorKey) {
  const connection = await Connection.open(port);
  const keys = {};
  for (const [name, body] of Object.entries(principals)) {
    const reply = await connection.request("POST", "/api/keys", operatorKey, body);
    if (reply.status >= 300) throw new Error(`POST /api/keys answered ${reply.status}: ${reply.text}`);
    keys[name] = JSON.parse(reply.text).secret;
  }
  connection.close();
  return keys;
}

/** Every level, all rounds; the entities of a round are made before its clock starts, and no round meets those of another. */
async function measureLevels({ port, keys, prepares, progress }) {
  let next = 0;
  const run = async (clients, checkouts) => {
    const numbers = Array.from({ length: checkouts }, (_, index) => next + index);
    next += checkouts;
    if (prepares)
      await drive(
        port,
        preparingClients,
        numbers.map((n) => preparation(n, keys)),
      );
    return drive(
      port,
      clients,
      numbers.map((n) => checkout(n, keys)),
    );
  };
  await run(preparingClients, warmUpCheckouts);
  const measured = [];
  for (const { clients, checkouts } of levels) {
    const runs = [];
    for (let round = 1; round <= rounds; round++) {
      progress(`  ${clients} clients, round ${round} of ${rounds}`);
      runs.push(await run(clients, checkouts));
    }
    const latenciesMs = runs.flatMap((each) => each.latenciesMs);
    measured.push({
      clients,
      perSecond: summary(runs.map((each) => each.perSecond)),
      p50Ms: quantile(latenciesMs, 0.5),
      p99Ms: quantile(latenciesMs, 0.99),
    });
  }
  return measured;
}
