/** One number that is added to, durably, as an actor: one key, 1,000 keys, one connection; beside Durable Objects and Restate. */
import { join } from "node:path";
import { drive } from "../load.mjs";
import { installPeers, startDurableObjects, startRestate } from "./peers.mjs";
import { alternate, ratio } from "./rounds.mjs";
import { onLibsql, startTemperc, withServers } from "./servers.mjs";

const keyCount = 1000;
const secondsMax = 2;

const patterns = [
  { what: "add, one key", clients: 100, keyOf: () => 0 },
  { what: "add, 1,000 keys", clients: 100, keyOf: (n) => n % keyCount },
  { what: "add, one connection", clients: 1, keyOf: (n) => n % keyCount },
];

const grants = { anybody: { principal: 'Customer::"anybody"' } };

/** How each is asked to add to the tally of a number. */
const pathOf = {
  temperc: (n) => `/tdata/Tallys('t-${n}')/Add`,
  "durable-objects": (n) => `/t-${n}/add`,
  restate: (n) => `/tally/t-${n}/add`,
};

export async function measureActors(folder, progress) {
  installPeers(progress);
  const store = join(folder, "tally.db");
  const starts = [
    () => startTemperc({ name: onLibsql, specs: "bench/models/tally", store, grants }),
    () => startDurableObjects(folder),
    () => startRestate(folder),
  ];
  return withServers(starts, async (servers) => {
    for (const server of servers) await prepare(server);
    const figures = [];
    for (const { what, clients, keyOf } of patterns) {
      const run = (server) => drive(server.port, clients, additions(server, keyOf), { secondsMax });
      figures.push(...(await alternate(servers, { what, clients, run, progress })));
    }
    return { figures, conclusions: conclusionsOf(figures) };
  });
}

/** Ours are created; those of the others are made when they are first asked. */
function prepare({ id, port, keys }) {
  if (id !== "temperc") return undefined;
  const create = (n) => ({ method: "POST", path: "/tdata/Tallys", key: keys.anybody, body: { Id: `t-${n}` } });
  const scripts = Array.from({ length: keyCount }, (_, n) => [create(n)]);
  return drive(port, 50, scripts);
}

function* additions({ id, keys }, keyOf) {
  for (let n = 0; ; n++) yield [{ method: "POST", path: pathOf[id](keyOf(n)), key: keys.anybody, body: {} }];
}

function conclusionsOf(figures) {
  return patterns.map(({ what, clients }) => {
    const times = (other) => ratio(figures, what, clients, ["temperc", other]).toFixed(1);
    return `${what}: ${times("durable-objects")} times Durable Objects, ${times("restate")} times Restate (to reach: ahead of both)`;
  });
}
