/** Ten thousand connections at once, from another process: requests are served meanwhile, and after they are gone. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { serveParcels } from "../../../test/definitions/served-parcels.ts";

const many = 10_000;

/** Opens so many sockets to the port of its argument, says how many are open, and waits to be ended. */
const opener = `
  const { connect } = require("node:net");
  let open = 0, closed = 0;
  const next = (left) => {
    if (left === 0) return;
    const socket = connect(Number(process.argv[1]), "127.0.0.1");
    socket.on("connect", () => { open += 1; next(left - 1); if (open === ${many}) console.log("open " + open); });
    socket.on("error", () => { closed += 1; });
  };
  for (let lane = 0; lane < 50; lane += 1) next(${many / 50});
`;

test.runIf(process.env.TEMPERC_LONG !== undefined)("ten thousand connections", { timeout: 120_000 }, async () => {
  const served = await serveParcels({ serverLimits: { connectionsMax: many + 100, requestTimeoutMs: 60_000 } });
  const url = await served.app.listen({ host: "127.0.0.1", port: 0 });
  const child = spawn(process.execPath, ["-e", opener, new URL(url).port], { stdio: ["ignore", "pipe", "inherit"] });
  const [said] = await once(child.stdout, "data");
  expect(String(said).trim()).toBe(`open ${many}`);
  const before = process.memoryUsage().rss;
  const headers = { authorization: `Bearer ${served.keys.alice}` };
  for (let index = 0; index < 50; index += 1) {
    expect((await fetch(`${url}/tdata/Parcels/$count`, { headers })).status).toBe(200);
  }
  console.log(`${many} connections open, ${Math.round(before / 2 ** 20)} MB resident`);
  child.kill();
  await once(child, "exit");
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  await served.close();
});
