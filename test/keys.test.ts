/** `temperc keys`, in a store file and through a running server, and a server whose disk is full. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, keyFor } from "./live/client.ts";
import { command } from "./live/command.ts";
import { freshFolder, type Server, startServer } from "./live/temperc.ts";

const folder = freshFolder();
const store = join(folder.path, "shop.db");
/** Enough for the tables and some hundred orders. */
const storeBytesMax = 400_000;

let server: Server;

beforeAll(async () => {
  const set = ["cases=1", "seeds=1", `storeBytesMax=${storeBytesMax}`, "bodyBytesMax=10000"];
  const limits = set.flatMap((each) => ["--limit", each]);
  server = await startServer(["serve", "--specs-dir", "examples/ecommerce", "--store", store, ...limits]);
});

afterAll(async () => {
  expect(await server.end()).toBe(0);
  folder.remove();
});

/** The status of a list of orders with that key. */
async function statusWith(key: string): Promise<number> {
  return (await call(server.ready.url, "GET /tdata/Orders", { key })).status;
}

describe("temperc keys", () => {
  const places: readonly [string, () => readonly string[], () => Readonly<Record<string, string>>][] = [
    ["in a store file", () => ["--store", store], () => ({})],
    ["through a server", () => ["--server", server.ready.url], () => ({ TEMPERC_KEY: server.ready.operatorKey ?? "" })],
  ];

  test.each(places)(
    "%s: a key that is made is good at once, and one that is revoked at once is not",
    async (name, place, env) => {
      const principal = `Customer::"${name}"`;
      const run = (...args: readonly string[]) => command(["keys", ...args, ...place()], env());
      const made = await run("create", principal, "--role", "vip");
      const key = made.out.trim();
      expect([made.exitCode, key], made.err).toEqual([0, expect.stringMatching(/^tk_[\w-]{43}$/)]);
      expect(await statusWith(key)).toBe(200);
      const listed = JSON.parse((await run("list", "--json")).out);
      const { id, roles, secret } = listed.keys.find((each: { principal: string }) => each.principal === principal);
      expect([roles, secret]).toEqual([["vip"], undefined]);
      expect((await run("revoke", id)).exitCode).toBe(0);
      expect(await statusWith(key)).toBe(401);
      const by = name.includes("server") ? 'Admin::"operator"' : null;
      const after = JSON.parse((await run("list", "--json")).out).keys.find((each: { id: string }) => each.id === id);
      expect(after).toMatchObject({ createdBy: by, revokedBy: by, revokedAt: expect.any(String) });
      const line = (await run("list")).out.split("\n").find((each) => each.startsWith(id));
      const said = by === null ? "" : ` by ${by}`;
      expect(line).toMatch(new RegExp(`, made \\S+Z${said}, revoked \\S+Z${said}$`));
    },
  );

  test("warns of a scope that names nothing of what is live, and makes the key", async () => {
    const create = (...args: readonly string[]) =>
      command(["keys", "create", 'Agent::"scoped"', ...args, "--server", server.ready.url], {
        TEMPERC_KEY: server.ready.operatorKey ?? "",
      });
    const made = await create("--scope", "Ordr", "--scope", "Order::SubmitOrders", "--scope", "read");
    expect([made.exitCode, made.out]).toEqual([0, expect.stringMatching(/^tk_/)]);
    expect(made.err).toContain('the scope "Ordr" names nothing that is live here now; did you mean "Order"?\n');
    expect(made.err).toContain(
      '"Order::SubmitOrders" names nothing that is live here now; did you mean "Order::SubmitOrder"?\n',
    );
    const json = JSON.parse((await create("--scope", "Ordr", "--json")).out);
    expect(json).toMatchObject({ ok: true, unknownScopes: [{ scope: "Ordr", hint: 'did you mean "Order"?' }] });
    expect((await create("--scope", "Order")).err).not.toContain("names nothing");
  });

  test("says what is wrong: no store, no server, no operator, no principal, an agent as operator, no such key", async () => {
    const cases: readonly [readonly string[], number, RegExp][] = [
      [["list", "--store", join(folder.path, "none.db")], 1, /it does not exist/],
      [["list", "--server", "http://127.0.0.1:1"], 1, /does not answer/],
      [["list", "--server", server.ready.url], 1, /key/],
      [["create", "alice", "--store", store], 2, /Customer::"alice"/],
      [["create", 'Customer::"a"', "--expires", "2027-02-30T00:00:00Z", "--store", store], 2, /It is a time from now/],
      [["create", 'Agent::"a"', "--operator", "--store", store], 2, /an agent is no operator/],
      [["revoke", "none", "--store", store], 1, /there is no key none/],
    ];
    for (const [args, exitCode, message] of cases) {
      const ended = await command(["keys", ...args], { TEMPERC_KEY: "tk_none" });
      expect([ended.exitCode, ended.err]).toEqual([exitCode, expect.stringMatching(message)]);
    }
  });
});

describe("a limit that the command line sets", () => {
  test("on bodies is kept, by its name", async () => {
    const key = await keyFor(server.ready.url, server.ready.operatorKey, 'Customer::"c"');
    const body = { Id: "o-large", CustomerId: "c", Note: "x".repeat(20_000) };
    const { status, text } = await call(server.ready.url, "POST /tdata/Orders", { key, body });
    expect([status, text]).toEqual([413, expect.stringContaining("bodyBytesMax")]);
  });

  test("on the store ends writes like a full disk: 503, nothing half done, reads go on, the server stays up", async () => {
    const { url, operatorKey } = server.ready;
    const key = await keyFor(url, operatorKey, 'Customer::"full"');
    const create = (n: number) =>
      call(url, "POST /tdata/Orders", { key, body: { Id: `o-${n}`, CustomerId: "full", Note: "x".repeat(1_000) } });
    let written = 0;
    let refused = await create(0);
    for (; refused.status === 201; written += 1) refused = await create(written + 1);
    expect(refused.status).toBe(503);
    expect(refused.body.error).toMatchObject({ code: "StoreUnavailable" });
    expect(written).toBeGreaterThan(10);
    expect((await call(url, `GET /tdata/Orders('o-${written}')`, { key })).status).toBe(404);
    expect((await call(url, `GET /tdata/Orders('o-${written - 1}')`, { key })).status).toBe(200);
    const counted = await call(url, "GET /tdata/Orders?$count=true&$top=0", { key });
    expect(counted.body["@odata.count"]).toBe(written);
    expect((await call(url, "GET /healthz")).status).toBe(200);
  });
});
