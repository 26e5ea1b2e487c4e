/** Writes the orders of `rows.mjs` into a new store, each as the service would have created it: `node seed-process.mjs FILE`. */
import { openLibsqlStore } from "@temperc/runtime";
import { loadExample } from "../load-example.mjs";
import { eventOf } from "./journal-event.mjs";
import { orderOf } from "./order.mjs";
import { rowCount, rowsPerCustomer } from "./row-shape.mjs";

const batch = 5_000;
const currencies = ["EUR", "GBP", "USD"];
const { entityTypes } = await loadExample("ecommerce");
const store = await openLibsqlStore({ path: process.argv[2], batchMax: batch });
await store.prepare(entityTypes);
for (let from = 0; from < rowCount; from += batch)
  await Promise.all(Array.from({ length: batch }, (_, index) => store.append(created(from + index))));
await store.close();

function created(n) {
  const row = orderOf({
    Id: `o-${n}`,
    CustomerId: `c-${Math.floor(n / rowsPerCustomer)}`,
    Currency: currencies[n % currencies.length],
    Total: (n % 10_007) / 100,
  });
  return { event: eventOf(row), row };
}
