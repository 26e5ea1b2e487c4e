/** What the webhook sender sends, to whom, and what it makes of every kind of answer. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { HttpOutcome, HttpRequest } from "../../ports/index.ts";
import { isPublicAddress } from "./addresses.ts";
import { httpSender } from "./sender.ts";

type Serve = (request: IncomingMessage, response: ServerResponse, body: string) => void;

const received: string[] = [];
let serve: Serve = (_request, response) => response.end();
let address: string;

const server = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => {
    body += String(chunk);
  });
  request.on("end", () => {
    received.push(`${request.method} ${request.url} ${body}`);
    serve(request, response, body);
  });
});

beforeEach(async () => {
  received.length = 0;
  serve = (_request, response) => response.end();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  address = typeof bound === "object" && bound !== null ? `127.0.0.1:${bound.port}` : "";
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function send(
  changes: Partial<HttpRequest> = {},
  hosts: readonly string[] | undefined = [address],
): Promise<HttpOutcome> {
  const signal = new AbortController().signal;
  const request = { url: `http://${address}/x?y=1`, method: "POST", headers: {}, body: "ä", timeoutMs: 500, signal };
  return httpSender(hosts === undefined ? {} : { hosts })({ ...request, ...changes });
}

describe("the webhook sender", () => {
  test("sends method, path, headers and body", async () => {
    let headers: IncomingMessage["headers"] = {};
    serve = (request, response) => {
      headers = request.headers;
      response.writeHead(202).end("thanks");
    };
    expect(await send({ method: "PUT", headers: { "x-a": "b", "idempotency-key": "k" } })).toEqual({
      kind: "answered",
      status: 202,
    });
    expect(received).toEqual(["PUT /x?y=1 ä"]);
    expect(headers).toMatchObject({ "x-a": "b", "idempotency-key": "k", "content-length": "2", host: address });
  });

  test("follows no redirect", async () => {
    serve = (_request, response) => response.writeHead(307, { location: "/elsewhere" }).end();
    expect(await send()).toEqual({ kind: "answered", status: 307 });
    expect(received).toHaveLength(1);
  });

  test("reads no endless answer, and waits for no slow one", async () => {
    serve = (_request, response) => {
      response.writeHead(200);
      const flood = (): void => void (response.destroyed || response.write("x".repeat(65_536), flood));
      flood();
    };
    expect(await send()).toEqual({ kind: "answered", status: 200 });
    serve = () => undefined;
    expect(await send({ timeoutMs: 50 })).toEqual({ kind: "failed", reason: "no answer within 50 ms", timedOut: true });
    const aborter = new AbortController();
    const ended = send({ signal: aborter.signal });
    aborter.abort();
    expect(await ended).toMatchObject({ kind: "failed" });
  });

  test("tells what did not arrive from what was never sent", async () => {
    server.closeAllConnections();
    serve = (request) => request.destroy();
    expect(await send()).toMatchObject({ kind: "failed" });
    const refusals: readonly [Partial<HttpRequest>, string][] = [
      [{ url: "ftp://127.0.0.1/" }, "ftp: is neither http: nor https:"],
      [{ url: "http://user:word@127.0.0.1/" }, "a URL with a user name or a password is not sent to"],
      [{ url: "no url" }, '"no url" is no URL'],
      [{ url: "http://example.com/" }, "example.com is none of the hosts that may be sent to"],
      [{ headers: { Host: "elsewhere" } }, "the header Host cannot be given"],
      [{ headers: { "x-a": "b\r\nx-c: d" } }, 'Invalid character in header content ["x-a"]'],
      [{ method: "GET / HTTP/1.1\r\n" }, 'Method must be a valid HTTP token ["GET / HTTP/1.1\r\n"]'],
    ];
    for (const [request, reason] of refusals) expect(await send(request)).toEqual({ kind: "refused", reason });
  });

  test("sends to public addresses only where no hosts are named, whatever a name or a spelling leads to", async () => {
    const inner = [
      `http://${address}/`,
      "http://localhost:1/",
      "http://[::1]/",
      "http://2130706433/",
      "http://0x7f.1/",
    ];
    for (const url of inner) {
      const outcome = await httpSender()({
        url,
        method: "POST",
        headers: {},
        body: null,
        timeoutMs: 500,
        signal: new AbortController().signal,
      });
      expect(outcome).toMatchObject({ kind: "refused", reason: expect.stringContaining("no public address") });
    }
    expect(received).toEqual([]);
  });
});

test("an address is public where no registry reserves it", () => {
  const publicOnes = ["1.1.1.1", "172.32.0.1", "192.167.1.1", "2606:4700::1111"];
  const inner = [
    "10.1.2.3",
    "172.16.0.1",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:1.1.1.1",
    "64:ff9b::7f00:1",
    "fe80::1",
    "fd00::1",
    "2002:7f00:1::",
    "ff02::1",
    "name",
  ];
  expect([publicOnes.filter((each) => !isPublicAddress(each)), inner.filter(isPublicAddress)]).toEqual([[], []]);
});
