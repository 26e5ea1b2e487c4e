/** Callers that hang up: what still waits for its turn then is not run, and what has begun is. */
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ServedParcels, serveParcels } from "../../../test/definitions/served-parcels.ts";
import { call } from "../../../test/live/client.ts";
import { openLibsqlStore } from "../../adapters/libsql/store.ts";

let served: ServedParcels;
let url = "";
/** Commits wait for it. */
let gate: Promise<void> = Promise.resolve();
let commits = 0;
const accepted: Socket[] = [];

beforeAll(async () => {
  const store = await openLibsqlStore({ path: ":memory:" });
  const append = store.append.bind(store);
  store.append = async (commit) => {
    commits += 1;
    await gate;
    return append(commit);
  };
  served = await serveParcels({ store });
  url = await served.app.listen({ host: "127.0.0.1", port: 0 });
  served.app.server.on("connection", (socket: Socket) => accepted.push(socket));
});

afterAll(() => served.close());

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(1);
}

test("a request that waits behind another is dropped when its caller hangs up", async () => {
  const key = served.keys.alice;
  await call(url, "POST /tdata/Parcels", { key, body: { Id: "p", Owner: "alice" } });
  let open = (): void => undefined;
  gate = new Promise((resolve) => {
    open = resolve;
  });
  const before = commits;
  const first = call(url, "POST /tdata/Parcels('p')/AddItem", { key, body: {} });
  await until(() => commits > before);
  const caller = connect(Number(new URL(url).port), "127.0.0.1");
  const head = `POST /tdata/Parcels('p')/AddItem HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\n`;
  caller.write(`${head}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`);
  await until(() => served.service.vitals.mailboxes === 1);
  caller.destroy();
  await until(() => accepted.at(-1)?.destroyed === true);
  open();
  expect((await first).status).toBe(200);
  await until(() => served.service.vitals.mailboxes === 0);
  expect((await call(url, "GET /tdata/Parcels('p')", { key })).body.Items).toBe(1);
  expect((await call(url, "POST /tdata/Parcels('p')/AddItem", { key, body: {} })).body.Items).toBe(2);
});
