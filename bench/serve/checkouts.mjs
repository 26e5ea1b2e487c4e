/** Checkouts of 13 durable actions at 1, 10 and 100 clients, on both databases, beside bare Fastify with the same bodies. */
import { join } from "node:path";
import { drive } from "../load.mjs";
import { checkout, preparation } from "./checkout.mjs";
import { alternate, ratio } from "./rounds.mjs";
import { onLibsql, onPostgres, startBareFastify, startPostgres, startTemperc, withServers } from "./servers.mjs";

const what = "action of a checkout";

/** Clients, and how many checkouts they share in one round. */
const levels = [
  { clients: 1, checkouts: 100 },
  { clients: 10, checkouts: 500 },
  { clients: 100, checkouts: 2000 },
];
const warmUpCheckouts = 300;
const preparingClients = 50;
const specs = "examples/ecommerce";

export function measureCheckouts(folder, progress) {
  const starts = [
    () => startTemperc({ name: onLibsql, specs, store: join(folder, "shop.db") }),
    () => startBareFastify(),
    () => startPostgres(folder),
    ([, , { url }]) => startTemperc({ id: "postgres", name: onPostgres, specs, store: url }),
  ];
  return withServers(starts, async ([libsql, bare, , postgres]) => {
    const shops = new Shops();
    for (const server of [libsql, postgres, bare]) await shops.run(server, preparingClients, warmUpCheckouts);
    const figures = [];
    for (const { clients, checkouts } of levels) {
      const run = (server) => shops.run(server, clients, checkouts);
      const warmUp = () => undefined;
      figures.push(...(await alternate([libsql, postgres, bare], { what, clients, run, warmUp, progress })));
    }
    return { figures, conclusions: conclusionsOf(figures) };
  });
}

/** Numbers the checkouts, so that no round meets the entities of another. */
class Shops {
  #next = 0;

  /** The entities of a round are made before its clock starts. */
  async run({ port, keys, prepares }, clients, checkouts) {
    const numbers = Array.from({ length: checkouts }, (_, index) => this.#next + index);
    this.#next += checkouts;
    const making = numbers.map((n) => preparation(n, keys));
    if (prepares) await drive(port, preparingClients, making);
    const scripts = numbers.map((n) => checkout(n, keys));
    return drive(port, clients, scripts);
  }
}

function conclusionsOf(figures) {
  const at100 = (id) => figures.find((each) => each.id === id && each.clients === 100);
  const [libsql, postgres] = [at100("temperc"), at100("postgres")];
  const share = 100 * ratio(figures, what, 100, ["temperc", "bare"]);
  return [
    `durable actions at 100 clients: ${share.toFixed(0)} % of bare Fastify (to reach: at least 50 %), p99 ${libsql.p99Ms.toFixed(0)} ms (to reach: below 50)`,
    `on PostgreSQL: ${Math.round(postgres.perSecond.median)} durable actions/s (to reach: at least 8,000)`,
  ];
}
