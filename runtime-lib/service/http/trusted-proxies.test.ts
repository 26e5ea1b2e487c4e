/** Identity headers: believed from a listed proxy, refused from everybody else. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ServedParcels, serveParcels } from "../../../test/definitions/served-parcels.ts";
import { addressBlocks, isListed, proxyAuthenticator } from "../trusted-proxies.ts";
import { insecureDevPrincipal } from "./caller.ts";

let served: ServedParcels;

beforeAll(async () => {
  const blocks = addressBlocks(["10.1.0.0/16", "fd00::/8"]);
  if (typeof blocks === "string") throw new Error(blocks);
  served = await serveParcels({ known: (byKey) => proxyAuthenticator(blocks, byKey) });
});

afterAll(() => served.close());

async function create(remoteAddress: string, headers: Record<string, string>, id: string) {
  const payload = { Id: id, Owner: "alice" };
  const reply = await served.app.inject({ method: "POST", url: "/tdata/Parcels", remoteAddress, headers, payload });
  return reply.statusCode;
}

const alice = { "x-temperc-principal": 'Customer::"alice"' };

describe("an identity header", () => {
  test("of a listed proxy says who is calling", async () => {
    expect(await create("10.1.2.3", alice, "1")).toBe(201);
    expect(await create("::ffff:10.1.2.3", alice, "2")).toBe(201);
    expect(await create("fd00::1", alice, "3")).toBe(201);
    expect(await create("10.1.2.3", { "x-temperc-principal": 'Stranger::"x"' }, "4")).toBe(403);
  });

  test("of anybody else is refused, whatever stands beside it", async () => {
    expect(await create("10.2.0.1", alice, "5")).toBe(401);
    expect(await create("127.0.0.1", { ...alice, authorization: `Bearer ${served.keys.alice}` }, "6")).toBe(401);
    expect(await create("127.0.0.1", { ...alice, "x-forwarded-for": "10.1.2.3" }, "7")).toBe(401);
    expect(
      await create("127.0.0.1", { "x-temperc-roles": "admin", authorization: `Bearer ${served.keys.alice}` }, "8"),
    ).toBe(401);
  });

  test("that names no principal, or another tenant than the request, lets nobody in", async () => {
    expect(await create("10.1.2.3", { "x-temperc-principal": "alice" }, "9")).toBe(401);
    expect(await create("10.1.2.3", { "x-temperc-roles": "admin" }, "10")).toBe(401);
  });

  test("is not needed where the request has a credential", async () => {
    expect(await create("127.0.0.1", { authorization: `Bearer ${served.keys.alice}` }, "11")).toBe(201);
  });
});

test("an identity header is not passed over where calls from this machine need no credential", async () => {
  const dev = { type: "Customer", id: "alice", tenant: "default", roles: [] };
  const blocks = addressBlocks(["10.1.0.0/16"]);
  if (typeof blocks === "string") throw new Error(blocks);
  const open = await serveParcels({ known: (byKey) => insecureDevPrincipal(dev, proxyAuthenticator(blocks, byKey)) });
  const status = async (headers: Record<string, string>) =>
    (await open.app.inject({ url: "/tdata/Parcels", headers })).statusCode;
  expect(await status({})).toBe(200);
  expect(await status(alice)).toBe(401);
  expect(await status({ "x-temperc-roles": "admin" })).toBe(401);
  await open.close();
});

test.each(["10.0.0.0/33", "10.0.0", "proxy.example", "::1/129", "10.0.0.0/8/8", ""])(
  "%s is no block of addresses",
  (text) => {
    expect(addressBlocks([text])).toContain("is no address");
  },
);

test("a single address is a block of one", () => {
  const blocks = addressBlocks(["192.168.1.7"]);
  if (typeof blocks === "string") throw new Error(blocks);
  expect([isListed(blocks, "192.168.1.7"), isListed(blocks, "192.168.1.8"), isListed(blocks, "x")]).toEqual([
    true,
    false,
    false,
  ]);
});
