/** Queries on a set of 1,000,000 orders: an indexed `$filter` with `$top=20`, `$count` and `$apply=groupby`. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { drive } from "../load.mjs";
import { alternate } from "./rounds.mjs";
import { rowCount, rowsPerCustomer } from "./row-shape.mjs";
import { onLibsql, startTemperc, withServers } from "./servers.mjs";

const clients = 1;
const customers = rowCount / rowsPerCustomer;
const filter = (n) => `$filter=CustomerId%20eq%20'c-${(n * 7919) % customers}'`;

/** What is asked, and how many of it a round takes. */
const queries = [
  { what: "$filter, $top=20", count: 300, path: (n) => `Orders?${filter(n)}&$top=20` },
  { what: "$filter, $orderby, $top=20", count: 300, path: (n) => `Orders?${filter(n)}&$orderby=Total%20desc&$top=20` },
  { what: "$count of a $filter", count: 300, path: (n) => `Orders/$count?${filter(n)}` },
  { what: "$count of all", count: 3, path: () => "Orders/$count" },
  {
    what: "$apply=groupby",
    count: 3,
    path: () => "Orders?$apply=groupby((Currency),aggregate($count%20as%20Orders,Total%20with%20sum%20as%20Sum))",
  },
];

export async function measureRows(folder, progress) {
  const store = join(folder, "rows.db");
  progress(`  writing ${rowCount.toLocaleString("en")} orders with their history`);
  seed(store);
  const start = () => startTemperc({ name: `${onLibsql}, 1,000,000 orders`, specs: "examples/ecommerce", store });
  return withServers([start], async (servers) => {
    const figures = [];
    for (const { what, count, path } of queries) {
      const run = ({ port, keys }) => {
        const scripts = Array.from({ length: count }, (_, n) => [
          { method: "GET", path: `/tdata/${path(n)}`, key: keys.agent },
        ]);
        return drive(port, clients, scripts);
      };
      figures.push(...(await alternate(servers, { what, clients, run, progress })));
    }
    const { p50Ms } = figures[0];
    return {
      figures,
      conclusions: [`$filter and $top=20 on 1,000,000 orders: p50 ${p50Ms.toFixed(2)} ms (to reach: within 10)`],
    };
  });
}

function seed(store) {
  const script = fileURLToPath(new URL("./seed-process.mjs", import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script, store], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the orders could not be written:\n${stderr}`);
}
