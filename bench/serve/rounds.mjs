/** Rounds that go from server to server, so that whatever else the machine does meets all of them alike. */
import { quantile, summary } from "../measure.mjs";

export const rounds = 3;

/**
 * Every contestant once to warm up and then in each round; `run(contestant)` answers what `drive` does. Gives, for each, its
 * requests per second as a summary, its latencies, and the row of the table.
 */
export async function alternate(contestants, { what, clients, run, warmUp = run, progress }) {
  const runs = new Map(contestants.map((each) => [each, []]));
  for (const each of contestants) await warmUp(each);
  for (let round = 1; round <= rounds; round++) {
    progress(`  ${what}, ${clients} clients, round ${round} of ${rounds}`);
    for (const each of contestants) runs.get(each).push(await toldBy(each, run));
  }
  return contestants.map((each) => measured(each, runs.get(each), { what, clients }));
}

/** A server that refuses says why on its standard error. */
async function toldBy(server, run) {
  try {
    return await run(server);
  } catch (error) {
    throw new Error(`${server.name}: ${error.message}\n${server.errors?.() ?? ""}`);
  }
}

function measured({ id, name }, runs, { what, clients }) {
  const latenciesMs = runs.flatMap((each) => each.latenciesMs);
  return {
    id,
    name,
    what,
    clients,
    perSecond: summary(runs.map((each) => each.perSecond)),
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
  };
}

/** The row of the table; every part of `serve` has these columns. */
export const columns = ["request", "server", "clients", "per second", "spread %", "p50 ms", "p99 ms"];

export function rowOf({ what, name, clients = "-", perSecond, p50Ms = "-", p99Ms = "-" }) {
  return [what, name, clients, perSecond?.median ?? "-", perSecond?.spreadPercent ?? "-", p50Ms, p99Ms];
}

/** The median of the one server's throughput by that of the other, for a request and a number of clients. */
export function ratio(figures, what, clients, [one, other]) {
  const of = (id) => figures.find((each) => each.id === id && each.what === what && each.clients === clients);
  return of(one).perSecond.median / of(other).perSecond.median;
}
