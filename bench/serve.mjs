/** `serve`: durable actions per second and their latency at 1, 10 and 100 clients, beside bare Fastify with the same bodies. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkout, preparation, principals } from "./checkout.mjs";
import { Connection, drive } from "./load.mjs";
import { quantile } from "./report.mjs";
import { startProcess } from "./server-process.mjs";

/** Clients, and how many checkouts of 13 actions they share. */
const levels = [
  { clients: 1, checkouts: 150 },
  { clients: 10, checkouts: 1000 },
  { clients: 100, checkouts: 4000 },
];

const warmUpCheckouts = 300;

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

/** Numbers the checkouts so that no level meets an entity of another. */
function numbered(first, count) {
  return Array.from({ length: count }, (_, index) => first + index);
}

async function measureServer(what, port, keys, needsPreparation) {
  const rows = [];
  let next = 0;
  const run = async (clients, count) => {
    const numbers = numbered(next, count);
    next += count;
    if (needsPreparation)
      await drive(
        port,
        50,
        numbers.map((n) => preparation(n, keys)),
      );
    return drive(
      port,
      clients,
      numbers.map((n) => checkout(n, keys)),
    );
  };
  await run(50, warmUpCheckouts);
  for (const { clients, checkouts } of levels) {
    const { perSecond, latenciesMs } = await run(clients, checkouts);
    rows.push({
      what,
      clients,
      "actions/s": perSecond,
      "p50 ms": quantile(latenciesMs, 0.5),
      "p99 ms": quantile(latenciesMs, 0.99),
    });
  }
  return rows;
}

async function measureTemperc(folder) {
  const args = ["dist/cli/main.js", "serve", "--specs-dir", "examples/ecommerce", "--port", "0", "--json"];
  const server = await startProcess([...args, "--store", join(folder, "shop.db")]);
  try {
    const port = Number(new URL(server.ready.url).port);
    const keys = await mintKeys(port, server.ready.operatorKey);
    return await measureServer("temperc, durable (WAL, FULL)", port, keys, true);
  } finally {
    await server.stop();
  }
}

async function measureBareFastify() {
  const server = await startProcess(["bench/bare-fastify.mjs"]);
  try {
    return await measureServer(
      "bare Fastify, nothing stored",
      server.ready.port,
      { customer: "none", agent: "none" },
      false,
    );
  } finally {
    await server.stop();
  }
}

export async function measure(progress) {
  const folder = mkdtempSync(join(tmpdir(), "temperc-bench-"));
  try {
    progress("checkouts on temperc serve …");
    const temperc = await measureTemperc(folder);
    progress("the same bodies on bare Fastify …");
    const bare = await measureBareFastify();
    const share = (100 * temperc.at(-1)["actions/s"]) / bare.at(-1)["actions/s"];
    return {
      rows: [...temperc, ...bare],
      remarks: [
        "",
        `at 100 clients: ${Math.round(temperc.at(-1)["actions/s"])} durable actions/s (wanted: at least 2,200), ${share.toFixed(0)} % of bare Fastify`,
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
