/** What the server answers to bytes that are no request, and that it stays up. */
import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ServedParcels, serveParcels } from "../../../test/definitions/served-parcels.ts";

let served: ServedParcels;
let port = 0;

beforeAll(async () => {
  served = await serveParcels({
    serverLimits: { headerBytesMax: 16_384 },
    notReady: () => "the store is being rebuilt",
  });
  port = Number(new URL(await served.app.listen({ host: "127.0.0.1", port: 0 })).port);
});

afterAll(() => served.close());

async function answerTo(bytes: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(bytes);
  let answer = "";
  socket.on("data", (chunk) => {
    answer += chunk;
  });
  await once(socket, "close");
  return answer;
}

test.each([
  ["nonsense\r\n\r\n", 400, "InvalidRequest"],
  ["GET /tdata/Parcels?$filter=Id eq 'x' HTTP/1.1\r\nhost: a\r\n\r\n", 400, "InvalidRequest"],
  [`GET /tdata/${"x".repeat(20_000)} HTTP/1.1\r\nhost: a\r\n\r\n`, 431, "HeadersTooLarge"],
  ["POST /tdata HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n", 400, "InvalidRequest"],
])("bytes that are no request get an answer in the shape of all others: %s", async (bytes, status, code) => {
  const [head = "", body = ""] = (await answerTo(bytes)).split("\r\n\r\n");
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(JSON.parse(body).error.code).toBe(code);
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
});

test("a service that cannot serve says so to those who watch it", async () => {
  const reply = await fetch(`http://127.0.0.1:${port}/readyz`);
  expect([reply.status, await reply.json()]).toEqual([
    503,
    { status: "not ready", reason: "the store is being rebuilt" },
  ]);
});
