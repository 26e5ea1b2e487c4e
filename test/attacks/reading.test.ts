/** Reading what one may not read, through every part of a request that could tell: each attempt learns what is told of nothing at all. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shopService } from "../definitions/shop.ts";
import { type Outcome, type Scene, sceneOf, type Who } from "./attackers.ts";

let scene: Scene;

beforeAll(async () => {
  scene = await sceneOf(await shopService());
});

afterAll(() => scene.close());

type Body = object | null;
type Headers = Readonly<Record<string, string>>;

/** Rows of a name, a request, and where they are given its body and its headers. */
function full(rows: readonly (readonly [string, string, Body?, Headers?])[]) {
  return rows.map(([name, request, body = null, headers = {}]) => [name, request, body, headers] as const);
}

/** The same with who sends it. */
function fullAs(rows: readonly (readonly [string, Who, string, Body?, Headers?])[]) {
  return rows.map(([name, as, request, body = null, headers = {}]) => [name, as, request, body, headers] as const);
}

/** Without what names the request itself: its id and its URL. */
function learnt({ status, text, headers }: Outcome, id: string): object {
  const { etag, "content-type": type } = headers;
  return { status, text: text.replaceAll(id, "ID").replaceAll(encodeURIComponent(id), "ID"), etag, type };
}

describe("an order of another customer is as one that does not exist", () => {
  test.each(
    full([
      ["by its key", "GET /tdata/Orders('ID')"],
      ["by key as segment", "GET /tdata/Orders/ID"],
      ["by HEAD", "HEAD /tdata/Orders('ID')"],
      ["by a property", "GET /tdata/Orders('ID')/Total"],
      ["by a raw value", "GET /tdata/Orders('ID')/Total/$value"],
      ["by a reference", "GET /tdata/Orders('ID')/$ref"],
      ["by navigation", "GET /tdata/Orders('ID')/Items"],
      ["by the count of a navigation", "GET /tdata/Orders('ID')/Items/$count"],
      ["with $select", "GET /tdata/Orders('ID')?$select=Total"],
      ["with $expand", "GET /tdata/Orders('ID')?$expand=Items"],
      ["by If-None-Match", "GET /tdata/Orders('ID')", null, { "if-none-match": 'W/"1"' }],
      ["by If-None-Match *", "GET /tdata/Orders('ID')", null, { "if-none-match": "*" }],
      ["by If-Match on an action", "POST /tdata/Orders('ID')/CancelOrder", {}, { "if-match": 'W/"1"' }],
      ["by If-Match on a patch", "PATCH /tdata/Orders('ID')", { Currency: "USD" }, { "if-match": 'W/"9"' }],
      ["by an action of its owner", "POST /tdata/Orders('ID')/CancelOrder", {}],
      ["by an action of an agent", "POST /tdata/Orders('ID')/StartPicking", {}],
      ["by an action without its parameter", "POST /tdata/Orders('ID')/AddItem", {}],
      ["by a patch", "PATCH /tdata/Orders('ID')", { Currency: "USD" }],
      ["by a deletion", "DELETE /tdata/Orders('ID')"],
      ["by an alternate form of the key", "GET /tdata/Orders(Id='ID')"],
      ["in a batch", "POST /tdata/$batch", { requests: [{ id: "1", method: "GET", url: "Orders('ID')" }] }],
      ["by a question beforehand", "POST /api/authorize", { action: "Order::CancelOrder", id: "ID" }],
    ]),
  )("%s: %s", async (_name, request, body, headers) => {
    const answers: object[] = [];
    for (const id of ["o-1", "o-none"]) {
      const named = body === null ? {} : { body: JSON.parse(JSON.stringify(body).replaceAll("ID", id)) };
      const outcome = await scene.send({ as: "mallory", request: request.replace("ID", id), headers, ...named });
      expect(outcome.text).not.toContain("25.5");
      expect(outcome.status).not.toBe(500);
      answers.push(learnt(outcome, id));
    }
    expect(answers[0]).toEqual(answers[1]);
  });
});

describe("a caller who may read nothing of a type learns nothing of its entities either", () => {
  test.each(["GET /tdata/Payments('ID')", "POST /tdata/Payments('ID')/Capture", "DELETE /tdata/Payments('ID')"])(
    "%s",
    async (request) => {
      const answers: object[] = [];
      for (const id of ["p-1", "p-none"]) {
        const outcome = await scene.send({ as: "agent", request: request.replace("ID", id) });
        const told = outcome.text.replace(/PD-[0-9a-f-]+/, "PD");
        answers.push(learnt({ ...outcome, text: told }, id));
      }
      expect(answers[0]).toEqual(answers[1]);
    },
  );
});

describe("a query tells nothing of rows that its reader may not read", () => {
  const rows = "GET /tdata/Orders?$select=Id";

  test.each<readonly [string, string, readonly string[] | number]>([
    ["$filter on a hidden value", `${rows}&$filter=Total eq 25.5`, []],
    ["$filter that fails on hidden rows only", `${rows}&$filter=100 div (Total sub 25.5) gt 0`, []],
    ["$filter by not", `${rows}&$filter=not (Total eq 1)`, ["m-1"]],
    ["$filter by or", `${rows}&$filter=Total eq 25.5 or true`, ["m-1"]],
    ["$filter into another type", `${rows}&$filter=Items/$count eq 0`, ["m-1"]],
    ["$filter by any", `${rows}&$filter=Items/any()`, []],
    ["$orderby of a hidden value", `${rows}&$orderby=Total desc`, ["m-1"]],
    ["$skip to what is hidden", `${rows}&$skip=1`, []],
    ["$search of a hidden id", `${rows}&$search=alice`, []],
    ["$compute of a hidden value", `${rows}&$compute=Total add 1 as More&$filter=More gt 26`, []],
  ])("%s", async (_name, request, ids) => {
    const { status, json } = await scene.send({ as: "mallory", request });
    expect(status, JSON.stringify(json)).toBe(200);
    expect((json.value as { Id: string }[]).map(({ Id }) => Id)).toEqual(ids);
  });

  test.each<readonly [string, string, string]>([
    ["$count of the set", "GET /tdata/Orders/$count", "1"],
    ["$count with a filter", "GET /tdata/Orders/$count?$filter=Total eq 25.5", "0"],
    ["$count with a search", "GET /tdata/Orders/$count?$search=alice", "0"],
  ])("%s", async (_name, request, text) => {
    expect((await scene.send({ as: "mallory", request })).text).toBe(text);
  });

  test.each<readonly [string, string, object]>([
    ["a sum", "aggregate(Total with sum as Sum,$count as N)", { N: 1, Sum: null }],
    ["the largest", "aggregate(Total with max as Most)", { Most: null }],
    ["groups by owner", "groupby((CustomerId),aggregate($count as N))", { CustomerId: "mallory", N: 1 }],
    ["a filter before", "filter(CustomerId eq 'alice')/aggregate($count as N)", { N: 0 }],
  ])("$apply: %s", async (_name, apply, only) => {
    const { json } = await scene.send({ as: "mallory", request: `GET /tdata/Orders?$apply=${apply}` });
    expect(json.value).toEqual([expect.objectContaining(only)]);
  });

  test("$expand shows as much as a list would", async () => {
    const { json } = await scene.send({ as: "mallory", request: "GET /tdata/Orders?$expand=Items,Payment,Shipment" });
    expect(JSON.stringify(json)).not.toContain("alice");
  });
});

describe("another tenant is out of reach", () => {
  test.each(
    fullAs([
      ["X-Tenant-Id", "eve", "GET /tdata/Orders", null, { "x-tenant-id": "default" }],
      ["X-Tenant-Id twice", "eve", "GET /tdata/Orders", null, { "x-tenant-id": "other, default" }],
      [
        "X-Tenant-Id of an operator",
        "otherOperator",
        "GET /api/tenants/other/decisions",
        null,
        { "x-tenant-id": "default" },
      ],
      ["the path of decisions", "otherOperator", "GET /api/tenants/default/decisions"],
      ["the path of one decision", "otherOperator", "GET /api/tenants/default/decisions/PD-1"],
      ["the path of the stream", "otherOperator", "GET /api/tenants/default/decisions/stream"],
      ["the path of the trail", "otherOperator", "GET /api/tenants/default/decisions/audit"],
      [
        "the path of an approval",
        "otherOperator",
        "POST /api/tenants/default/decisions/PD-1/approve",
        { scope: "broad" },
      ],
      ["the path of policies", "otherOperator", "GET /api/tenants/default/policies"],
      [
        "the path of a policy that is put",
        "otherOperator",
        "PUT /api/tenants/default/policies/p",
        { text: "permit(principal,action,resource);" },
      ],
      ["the path in other letters", "otherOperator", "GET /api/tenants/Default/decisions"],
      ["the path with an encoded slash", "otherOperator", "GET /api/tenants/default%2F..%2Fother/decisions"],
    ]),
  )("by %s", async (_name, as, request, body, headers) => {
    const outcome = await scene.send({ as, request, headers, ...(body && { body }) });
    expect([outcome.status, outcome.json.error]).toMatchObject([403, { code: "AuthorizationDenied" }]);
    const told = await scene.recorded("other");
    expect(told).toContainEqual(expect.objectContaining({ state: "refused", action: "reach", entityType: "Tenant" }));
    expect(JSON.stringify(await scene.recorded("default"))).not.toContain("Tenant");
  });

  test.each(
    full([
      ["the key", "GET /tdata/Orders('o-1')"],
      ["a key with the tenant in it", "GET /tdata/Orders('default%2Fo-1')"],
      ["a key with a separator in it", "GET /tdata/Orders('default%00o-1')"],
      ["a filter", "GET /tdata/Orders?$filter=Id eq 'o-1'"],
      ["a filter on the tenant's column", "GET /tdata/Orders?$filter=tenant eq 'default'"],
      ["$expand", "GET /tdata/Orders?$expand=Items,Payment"],
      ["the body of a creation", "POST /tdata/Orders", { Id: "x", CustomerId: "alice", tenant: "default" }],
      ["an annotation in a body", "POST /tdata/Orders", { Id: "x", CustomerId: "alice", "@tenant": "default" }],
      [
        "a link in a body",
        "POST /tdata/Payments",
        { Id: "x", OrderId: "o-1", CustomerId: "alice", Amount: 1, "Order@odata.bind": "Orders('o-1')" },
      ],
    ]),
  )("by %s", async (_name, request, body) => {
    const outcome = await scene.send({ as: "eve", request, ...(body && { body }) });
    expect(outcome.text).not.toContain("25.5");
    expect(outcome.text).not.toContain('"o-1","Status"');
    const { json } = await scene.send({ as: "alice", request: "GET /tdata/Orders?$count=true" });
    expect(json["@odata.count"]).toBe(1);
  });

  test("by a key of the same id: each tenant has its own", async () => {
    const made = await scene.send({
      as: "eve",
      request: "POST /tdata/Orders",
      body: { Id: "o-1", CustomerId: "alice" },
    });
    expect([made.status, made.json.Total]).toEqual([201, null]);
    const { json } = await scene.send({ as: "alice", request: "GET /tdata/Orders('o-1')" });
    expect(json.Total).toBe(25.5);
  });
});
