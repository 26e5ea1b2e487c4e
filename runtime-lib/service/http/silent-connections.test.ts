/** A server that closes does not wait for connections on which nothing was ever asked. */
import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { serveParcels } from "../../../test/definitions/served-parcels.ts";

test("a connection that never asked anything ends with the server", { timeout: 20_000 }, async () => {
  const served = await serveParcels();
  const { port } = new URL(await served.app.listen({ host: "127.0.0.1", port: 0 }));
  const socket = connect(Number(port), "127.0.0.1");
  const ended = once(socket, "close");
  await once(socket, "connect");
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  await served.app.close();
  await ended;
  await served.close();
});
