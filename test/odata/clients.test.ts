/** Clients that others wrote, against the compiled shop on a real socket: query, create, patch, bound action, batch. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FetchClient } from "@odata2ts/http-client-fetch";
import { transformSync } from "esbuild";
import { o } from "odata";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Served, serveDefinition } from "../definitions/served.ts";
import { shopService } from "../definitions/shop.ts";

const require = createRequire(import.meta.url);
// A CommonJS module whose default export is a property of that name.
const { default: buildQuery }: typeof import("odata-query") = require("odata-query");

const root = fileURLToPath(new URL("../..", import.meta.url));

let served: Served;
let url: string;
let headers: Readonly<Record<string, string>>;

beforeAll(async () => {
  served = await serveDefinition(await shopService());
  url = `${await served.app.listen({ host: "127.0.0.1", port: 0 })}/tdata/`;
  headers = { authorization: `Bearer ${await served.key({ type: "Customer", id: "alice" })}` };
  for (const Id of ["o1", "o2", "o3"]) {
    await client()
      .post("Orders", { Id, CustomerId: "alice", Total: 10 * Number(Id.slice(1)) })
      .query();
  }
});

afterAll(() => served.close());

const client = () => o(url, { headers: { "content-type": "application/json", ...headers } });

/** The credentials go with the batch: o.js keeps its headers apart. */
const batching = (own = { useChangset: false, useRelativeURLs: false }) => {
  const json = { "content-type": "application/json", ...headers };
  const names = { boundaryPrefix: "batch_", changsetBoundaryPrefix: "changset_", endpoint: "$batch" };
  return { headers: json, batch: { ...names, headers: new Headers(headers), ...own } };
};

const order = (id: string) => expect.objectContaining({ Id: id });

describe("the package odata (o.js)", () => {
  test("queries, with the spaces of its filter as they are", async () => {
    const found = await client().get("Orders").query({ $filter: "Total gt 15 and Status eq 'Draft'", $top: 5 });
    expect(found).toEqual([order("o2"), order("o3")]);
    expect(await client().get("Orders('o1')").query()).toMatchObject({ Id: "o1", Status: "Draft" });
  });

  test("creates, changes and acts", async () => {
    expect(await client().post("Orders", { Id: "o4", CustomerId: "alice", Total: 1 }).query()).toMatchObject({
      Id: "o4",
    });
    const patched = await client().patch("Orders('o4')", { Note: "to the back door" }).query();
    expect(patched).toMatchObject({ Note: "to the back door" });
    const acted = await client().post("Orders('o4')/AddItem", { ProductId: "p" }).query();
    expect(acted).toMatchObject({ ItemCount: 1 });
  });

  test("sends a batch, its absolute URLs and its own credentials in it", async () => {
    const batch = o(url, batching());
    batch.get("Orders('o1')").post("Orders('o1')/AddItem", { ProductId: "p" }).get("Orders('o1')?$select=ItemCount");
    expect(await batch.batch()).toMatchObject([
      { contentId: 1, status: 200, body: { ItemCount: 0 } },
      { contentId: 2, status: 200, body: { ItemCount: 1 } },
      { contentId: 3, status: 200, body: { ItemCount: 1 } },
    ]);
  });

  test("sends a change set, which is all or nothing", async () => {
    const config = batching({ useChangset: true, useRelativeURLs: true });
    const both = o(url, config);
    both.post("Orders", { Id: "c1", CustomerId: "alice", Total: 1 }).post("Orders", { Id: "o1", CustomerId: "alice" });
    expect(await both.batch()).toMatchObject([{ status: 409 }]);
    expect((await fetch(`${url}Orders('c1')`, { headers })).status).toBe(404);
    const one = o(url, batching({ useChangset: true, useRelativeURLs: true }));
    one.post("Orders", { Id: "c1", CustomerId: "alice", Total: 1 }).post("Orders('c1')/AddItem", { ProductId: "p" });
    expect(await one.batch()).toMatchObject([{ status: 201 }, { status: 200 }]);
    const made = await (await fetch(`${url}Orders('c1')`, { headers })).json();
    expect(made).toMatchObject({ Id: "c1", ItemCount: 1 });
  });
});

describe("queries of odata-query", () => {
  const queries = [
    { query: buildQuery({ filter: { Total: { ge: 20, lt: 25 } }, select: ["Id"] }), ids: ["o2"] },
    { query: buildQuery({ filter: { or: [{ Id: "o1" }, { Id: "o3" }] }, orderBy: "Total desc" }), ids: ["o3", "o1"] },
    {
      query: buildQuery({ filter: { and: [{ Status: "Draft" }, "startswith(Id, 'o')"] }, top: 1, skip: 1 }),
      ids: ["o2"],
    },
    {
      query: buildQuery({ filter: { Id: { in: ["o2", "o3"] } }, expand: "Customer($select=Name)" }),
      ids: ["o2", "o3"],
    },
  ];

  test.each(queries)("$query", async ({ query, ids }) => {
    for (const sent of [query, decodeURIComponent(query), decodeURIComponent(query).replaceAll(" ", "+")]) {
      const path = `/tdata/Orders${sent}`;
      const reply = await served.app.inject({ url: path, headers });
      expect(reply.statusCode, reply.body).toBe(200);
      expect(reply.json().value.map(({ Id }: { readonly Id: string }) => Id)).toEqual(ids);
    }
  });
});

const plain = {
  cache: "default",
  credentials: "omit",
  mode: "cors",
  redirect: "follow",
  referrerPolicy: "no-referrer",
} as const;

/** What the test uses of the code that odata2ts writes. */
interface Generated {
  readonly ShopService: new (
    client: FetchClient,
    url: string,
  ) => {
    Orders(): Orders;
    Orders(id: string): Order;
  };
}

interface Orders {
  query(build: (builder: Builder, q: Readonly<Record<string, Column>>) => unknown): Promise<Answer>;
  create(order: object): Promise<Answer>;
}

interface Order {
  query(): Promise<Answer>;
  patch(order: object): Promise<Answer>;
  AddItem(params: object): Promise<Answer>;
}

interface Builder {
  select(...names: string[]): Builder;
  filter(filter: unknown): Builder;
  top(many: number): Builder;
  count(): Builder;
}

interface Column {
  gt(value: number): unknown;
  eq(value: string): unknown;
}

interface Answer {
  readonly status: number;
  readonly data: Readonly<Record<string, unknown>>;
}

describe("code of odata2ts for our $metadata", () => {
  // Within node_modules, so that what is written finds the packages that it imports.
  const folder = mkdtempSync(join(root, "node_modules/.odata2ts-"));
  let orders: InstanceType<Generated["ShopService"]>;

  beforeAll(() => {
    const cli = require.resolve("@odata2ts/odata2ts/lib/run-cli.js");
    const metadata = join(root, "golden/ecommerce/expected/metadata.xml");
    const flags = ["-s", metadata, "-o", join(folder, "out"), "-m", "all", "-e", "ts", "-n"];
    writeFileSync(join(folder, "tsconfig.json"), "{}");
    const written = spawnSync(process.execPath, [cli, ...flags], { cwd: folder, encoding: "utf8" });
    expect(written.status, written.stdout + written.stderr).toBe(0);
    for (const name of ["QShop", "ShopModel", "ShopService"]) {
      const { code } = transformSync(readFileSync(join(folder, "out", `${name}.ts`), "utf8"), {
        loader: "ts",
        format: "cjs",
      });
      writeFileSync(join(folder, "out", `${name}.js`), code);
    }
    const generated: Generated = require(join(folder, "out", "ShopService.js"));
    orders = new generated.ShopService(new FetchClient({ ...plain, headers: { ...headers } }), url.slice(0, -1));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("queries", async () => {
    const found = await orders
      .Orders()
      .query((builder, q) =>
        builder.select("Id", "Total").filter(q.Total?.gt(25)).filter(q.CustomerId?.eq("alice")).top(2).count(),
      );
    expect(found.data).toMatchObject({ "@odata.count": 1, value: [{ Id: "o3", Total: 30 }] });
  });

  test("creates, changes and acts", async () => {
    expect((await orders.Orders().create({ Id: "g1", CustomerId: "alice", Total: 3 })).data).toMatchObject({
      Id: "g1",
    });
    expect((await orders.Orders("g1").patch({ Note: "hi" })).status).toBe(200);
    expect((await orders.Orders("g1").AddItem({ ProductId: "p" })).data).toMatchObject({ ItemCount: 1 });
    expect((await orders.Orders("g1").query()).data).toMatchObject({ Note: "hi", Status: "Draft" });
  });
});
