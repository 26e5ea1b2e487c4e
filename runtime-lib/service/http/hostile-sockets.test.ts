/** Bytes that no well-behaved client sends, over raw sockets: each is answered or cut off in its time, and the service goes on. */
import { connect, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type ServedParcels, serveParcels } from "../../../test/definitions/served-parcels.ts";

let served: ServedParcels;
let port: number;
let sockets: Socket[] = [];

beforeAll(async () => {
  served = await serveParcels({ serverLimits: { requestTimeoutMs: 400 }, limits: { bodyBytesMax: 4_000_000 } });
  await served.app.listen({ host: "127.0.0.1", port: 0 });
  const address = served.app.server.address();
  port = typeof address === "object" && address !== null ? address.port : 0;
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  const reply = await served.app.inject({
    url: "/tdata/Parcels/$count",
    headers: { authorization: `Bearer ${served.keys.alice}` },
  });
  expect(reply.statusCode, "the service goes on").toBe(200);
});

afterAll(() => served.close());

/** A socket that has sent these bytes, and everything that comes back until the other side closes it. */
function open(bytes: string | Buffer = "", allowHalfOpen = false) {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen });
  sockets.push(socket);
  const chunks: Buffer[] = [];
  const closed = new Promise<string>((resolve) => {
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("end", () => resolve(Buffer.concat(chunks).toString("latin1")));
    socket.on("error", () => resolve(Buffer.concat(chunks).toString("latin1")));
  });
  socket.write(bytes);
  return { socket, closed };
}

/** The status line's code and our code of each answer, in order. */
async function answers(bytes: string | Buffer, allowHalfOpen = false) {
  const { closed } = open(bytes, allowHalfOpen);
  return statusesIn(await closed);
}

function statusesIn(text: string): readonly string[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3})[\s\S]*?(?="code":"(\w+)"|HTTP\/1\.1 \d|$)/g)].map(([, status, code]) =>
    code === undefined ? `${status}` : `${status} ${code}`,
  );
}

const auth = () => `Authorization: Bearer ${served.keys.alice}\r\n`;
const head = (line: string, more = "") => `${line} HTTP/1.1\r\nHost: x\r\n${auth()}${more}`;
const last = "Connection: close\r\n\r\n";

function posting(body: string | Buffer, more = "Content-Type: application/json\r\n"): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([
    Buffer.from(head("POST /tdata/Parcels", `${more}Content-Length: ${bytes.length}\r\n${last}`)),
    bytes,
  ]);
}

describe("a client that is slow", () => {
  test("with its headers is cut off", async () => {
    const { socket, closed } = open("GET /tdata/Parcels HTTP/1.1\r\nHost: x\r\n");
    const drip = setInterval(() => socket.write("X-A: b\r\n"), 50);
    expect(statusesIn(await closed)).toEqual(["408 RequestTimeout"]);
    clearInterval(drip);
  });

  test("with its body is cut off", async () => {
    const more = `Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"Id":`;
    expect(await answers(head("POST /tdata/Parcels", more))).toEqual(["408 RequestTimeout"]);
  });

  test("with its first byte is cut off", async () => {
    expect(await answers("")).toEqual(["408 RequestTimeout"]);
  });

  test("that has closed its own side is answered still", async () => {
    const { socket, closed } = open(head("GET /tdata/Parcels", "\r\n"), true);
    socket.end();
    expect(statusesIn(await closed)).toEqual(["200"]);
  });

  test("that goes in the middle leaves nothing behind", async () => {
    const { socket } = open(head("POST /tdata/Parcels", `Content-Length: 1000\r\n\r\n{"Id":"gone"`));
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.resetAndDestroy();
  });
});

describe("a length", () => {
  const created = (id: string) => `{"Id":"${id}","Owner":"alice"}`;

  test("that is too short makes the rest no request of its own", async () => {
    const body = created("short");
    const more = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    // The rest may be seen before the answer to what came before it is written; then that answer is not.
    const [last, ...before] = (await answers(`${head("POST /tdata/Parcels", more)}${body}GARBAGE`)).toReversed();
    expect([last, before.filter((each) => each !== "201")]).toEqual(["400 InvalidRequest", []]);
  });

  test.each([
    ["two that differ", "Content-Length: 2\r\nContent-Length: 3\r\n"],
    ["beside chunks", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n"],
    ["that is negative", "Content-Length: -1\r\n"],
    ["that is hexadecimal", "Content-Length: 0x10\r\n"],
    ["beyond all numbers", "Content-Length: 99999999999999999999999\r\n"],
    ["of chunks that are none", "Transfer-Encoding: chunked, identity\r\n"],
  ])("%s is refused", async (_name, lengths) => {
    const [only, ...more] = await answers(
      head("POST /tdata/Parcels", `Content-Type: application/json\r\n${lengths}\r\n{}`),
    );
    expect(only).toBe("400 InvalidRequest");
    expect(more).toEqual([]);
  });

  test("that announces more than is allowed is refused before it is sent", async () => {
    const more = "Content-Type: application/json\r\nContent-Length: 4000001\r\nConnection: close\r\n\r\n";
    expect(await answers(head("POST /tdata/Parcels", more))).toEqual(["413 PayloadTooLarge"]);
  });
});

describe("headers", () => {
  test.each([
    [
      "two credentials",
      () => `GET /tdata/Parcels HTTP/1.1\r\nHost: x\r\n${auth()}Authorization: Bearer tk_x\r\n${last}`,
    ],
    ["two hosts", () => `GET /tdata/Parcels HTTP/1.1\r\nHost: x\r\nHost: y\r\n${auth()}${last}`],
    [
      "two tenants",
      () =>
        `GET /tdata/Parcels HTTP/1.1\r\nHost: x\r\n${auth()}X-Tenant-Id: default\r\nX-Tenant-Id: default\r\n${last}`,
    ],
    ["a NUL", () => `GET /tdata/Parcels HTTP/1.1\r\nHost: x\r\n${auth()}X-A: \0\r\n${last}`],
    ["a folded line", () => `GET /tdata/Parcels HTTP/1.1\r\nHost: x\r\n${auth()}X-A: a\r\n b\r\n${last}`],
    ["a bare line feed", () => `GET /tdata/Parcels HTTP/1.1\nHost: x\n${auth()}\n`],
    ["no host", () => `GET /tdata/Parcels HTTP/1.1\r\n${auth()}${last}`],
  ])("with %s are refused", async (_name, bytes) => {
    expect((await answers(bytes()))[0]).toMatch(/^400/);
  });

  test("that are too large are refused", async () => {
    expect((await answers(head("GET /tdata/Parcels", `X-A: ${"a".repeat(40_000)}\r\n${last}`)))[0]).toBe(
      "431 HeadersTooLarge",
    );
  });
});

describe("a URL", () => {
  test.each([
    ["a NUL in its path", "/tdata/Parcels('%00')"],
    ["overlong UTF-8", "/tdata/Parcels('%C0%AF')"],
    ["half a character", "/tdata/Parcels('%E2%82')"],
    ["a surrogate", "/tdata/Parcels('%ED%A0%80')"],
    ["a NUL in its query", "/tdata/Parcels?$filter=Owner%20eq%20'%00'"],
    ["an escape that is none", "/tdata/%zz"],
  ])("with %s is refused", async (_name, url) => {
    expect((await answers(head(`GET ${url}`, last)))[0]).toMatch(/^400/);
  });

  test.each([
    ["a raw space", "/tdata/Parcels?$filter=Owner eq 'alice'"],
    ["a raw umlaut", "/tdata/Parcels?$filter=Owner%20eq%20'j\u00c3\u00b6rg'"],
  ])("with %s is told to encode it", async (_name, url) => {
    const { closed } = open(Buffer.from(head(`GET ${url}`, last), "latin1"));
    expect(await closed).toMatch(/^HTTP\/1\.1 400 [\s\S]*percent-encoded, as a space is %20/);
  });

  test("with the host in front, as for a proxy, is understood", async () => {
    expect(await answers(head("GET http://x/tdata/Parcels/$count?$filter=true", last))).toEqual(["200"]);
  });

  test("with bytes that are no text is refused", async () => {
    const bytes = Buffer.concat([
      Buffer.from("GET /tdata/\xff\x00 HTTP/1.1\r\nHost: x\r\n", "latin1"),
      Buffer.from(`${auth()}${last}`),
    ]);
    expect((await answers(bytes))[0]).toMatch(/^400/);
  });
});

describe("a body", () => {
  test.each<[string, () => string | Buffer, string]>([
    [
      "nested a hundred thousand deep",
      () => `{"Id":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
      "400 InvalidRequest",
    ],
    ["of a million braces", () => '{"a":'.repeat(500_000), "400 InvalidRequest"],
    ["with a million-digit number", () => `{"Id":"n","Items":1${"0".repeat(1_000_000)}}`, "400 InvalidParameter"],
    [
      "with a hundred thousand names",
      () => `{${Array.from({ length: 100_000 }, (_, index) => `"n${index}":1`).join(",")}}`,
      "400 InvalidParameter",
    ],
    [
      "with the name of a prototype",
      () => `{"Id":"q","Owner":"alice","__proto__":{"kind":"operator"}}`,
      "400 InvalidRequest",
    ],
    ["that is cut off", () => '{"Id":"x"', "400 InvalidRequest"],
    [
      "that is overlong UTF-8",
      () => Buffer.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d]),
      "400 InvalidRequest",
    ],
    ["with a NUL in a text", () => '{"Id":"a\\u0000b","Owner":"alice"}', "400 InvalidParameter"],
    ["with half a surrogate pair", () => '{"Id":"a\\ud800b","Owner":"alice"}', "400 InvalidRequest"],
  ])("%s is refused", async (_name, body, expected) => {
    expect(await answers(posting(body()))).toEqual([expected]);
  });

  test("that is compressed is refused rather than unpacked", async () => {
    const more = "Content-Type: application/json\r\nContent-Encoding: gzip\r\n";
    expect((await answers(posting("{}", more)))[0]).toMatch(/^4(?:00|15)/);
  });
});

describe("an exception", () => {
  test("in a handler is 500 and tells nothing", async () => {
    const { closed } = open(head("GET /tdata/Broken()", last));
    const text = await closed;
    expect(statusesIn(text)).toEqual(["500 InternalError"]);
    expect(text).not.toContain("secret");
  });

  test("in a hook of the app around the service is 500 in the same shape, and the next request is served", async () => {
    const other = await serveParcels();
    let isBroken = true;
    other.app.addHook("preHandler", async () => {
      if (isBroken) throw new Error("the secret of the hook");
    });
    const ask = () => other.app.inject({ url: "/healthz" });
    expect([(await ask()).statusCode, (await ask()).body.includes("secret of")]).toEqual([500, false]);
    isBroken = false;
    expect((await ask()).statusCode).toBe(200);
    await other.close();
  });
});
