/** Single requests to the shop at 100 clients: create, bound action, read by key, `$filter`; beside SAP CAP and bare Fastify. */
import { join } from "node:path";
import { drive } from "../load.mjs";
import { preparation } from "./checkout.mjs";
import { deployCap, installPeers, startCap } from "./peers.mjs";
import { alternate, ratio } from "./rounds.mjs";
import { onLibsql, startBareFastify, startTemperc, withServers } from "./servers.mjs";

const clients = 100;
const orders = 1000;
const secondsMax = 2;

/** Each request, as a script of its own without end. */
const kinds = [
  { what: "create", script: creations, isForBare: true },
  { what: "bound action", script: cycle(({ customer }, n) => action(n, customer)), isForBare: true },
  { what: "read by key", script: cycle(({ customer }, n) => read(`Orders('o-${n}')`, customer)), isForBare: true },
  { what: "$filter, $top=20", script: cycle(({ agent }, n) => read(filtered(n), agent)), isForBare: false },
];

export async function measureRequests(folder, progress) {
  installPeers(progress);
  const capFile = join(folder, "cap.db");
  deployCap(capFile);
  const starts = [
    () => startTemperc({ name: onLibsql, specs: "examples/ecommerce", store: join(folder, "shop.db") }),
    () => startCap(capFile),
    () => startBareFastify(),
  ];
  return withServers(starts, async (servers) => {
    for (const server of servers) if (server.prepares) await prepare(server);
    const figures = [];
    for (const { what, script, isForBare } of kinds) {
      const contestants = servers.filter(({ id }) => isForBare || id !== "bare");
      const run = ({ port, keys }) => drive(port, clients, script(keys), { secondsMax });
      figures.push(...(await alternate(contestants, { what, clients, run, progress })));
    }
    return { figures, conclusions: conclusionsOf(figures) };
  });
}

function prepare({ port, keys }) {
  const scripts = Array.from({ length: orders }, (_, n) => [preparation(n, keys)[0]]);
  return drive(port, clients, scripts);
}

let created = orders;
function* creations(keys) {
  for (;;) {
    created += 1;
    yield [preparation(created, keys)[0]];
  }
}

/** The request for one order after the other, around and around. */
function cycle(requestOf) {
  return function* scripts(keys) {
    for (let n = 0; ; n = (n + 1) % orders) yield [requestOf(keys, n)];
  };
}

function action(n, key) {
  return { method: "POST", path: `/tdata/Orders('o-${n}')/SetAddress`, key, body: { AddressId: "a-1" } };
}

function read(path, key) {
  return { method: "GET", path: `/tdata/${path}`, key };
}

/** From one order on, so that no two requests are the same. */
function filtered(n) {
  return `Orders?$filter=CustomerId%20eq%20'bench'%20and%20Id%20ge%20'o-${n}'&$top=20`;
}

function conclusionsOf(figures) {
  const times = (what, reach) => {
    const value = ratio(figures, what, clients, ["temperc", "cap"]);
    return `${what}: ${value.toFixed(1)} times SAP CAP (to reach: at least ${reach})`;
  };
  const share = 100 * ratio(figures, "read by key", clients, ["temperc", "bare"]);
  return [
    `reads by key: ${share.toFixed(0)} % of bare Fastify (to reach: at least 70 %)`,
    times("create", 20),
    times("bound action", 20),
    times("read by key", 8),
    times("$filter, $top=20", 8),
  ];
}
