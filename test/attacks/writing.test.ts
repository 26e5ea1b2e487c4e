/** Writing what one may not write: what is the runtime's own, an object's prototype, an id that is taken, another's call within a batch. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shopService } from "../definitions/shop.ts";
import { type Outcome, type Scene, sceneOf, type Who } from "./attackers.ts";

let scene: Scene;

beforeAll(async () => {
  scene = await sceneOf(await shopService());
});

afterAll(() => scene.close());

/** What is recorded, of one attacker, of attempts that nobody can approve. */
async function attempts(principal: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return (await scene.recorded()).filter((each) => each.state === "refused" && each.principal === principal);
}

type Own = readonly [name: string, members: string, fate: "recorded" | "ignored"];

/** As text: an object literal would not keep `__proto__`. */
const owned: readonly Own[] = [
  ["its status", '"Status":"Paid"', "recorded"],
  ["a variable", '"IsPaid":true', "recorded"],
  ["a counter", '"ItemCount":9', "recorded"],
  ["a sequence", '"sequence":9', "recorded"],
  ["a tenant", '"tenant":"other"', "recorded"],
  ["a revision", '"revision":"x"', "recorded"],
  ["a prototype", '"__proto__":{"Status":"Paid"}', "recorded"],
  ["a constructor", '"constructor":{"prototype":{"Status":"Paid"}}', "recorded"],
  ["what no type declares", '"isAdmin":true', "recorded"],
  ["a revision as an annotation", '"@Temper.revision":"x"', "ignored"],
  ["a sequence as an annotation of ours", '"@Temper.sequence":9', "ignored"],
  ["a status as an annotation", '"@Temper.Status":"Paid","@Temper.status":"Paid"', "ignored"],
  [
    "annotations of what is the runtime's own",
    '"Status@Temper.value":"Paid","IsPaid@odata.type":"#Boolean"',
    "recorded",
  ],
  ["actions that are said to be possible", '"@Temper.availableActions":["ConfirmPayment","ShipOrder"]', "ignored"],
  [
    "a principal and a tenant as annotations",
    '"@Temper.principal":"Admin::\\"operator\\"","@Temper.tenant":"other"',
    "ignored",
  ],
  ["a version as control information", '"@odata.etag":"W/\\"9\\""', "ignored"],
  ["another's identity as control information", '"@odata.id":"Orders(\'m-1\')"', "ignored"],
  ["a prototype within an annotation", '"@Temper.note":{"__proto__":{"Status":"Paid"}}', "recorded"],
  ["a sequence as an annotation", '"@sequence":9', "recorded"],
];

describe("what is the runtime's own", () => {
  test.each(owned)("is not written by creating with %s", async (_name, members, fate) => {
    const body = `{"Id":"new","CustomerId":"alice",${members}}`;
    const outcome = await attempted(fate, "create", { request: "POST /tdata/Orders", body });
    if (outcome.status !== 201) return;
    expect(outcome.json).toMatchObject({ Status: "Draft", IsPaid: false, ItemCount: 0 });
    await scene.send({ as: "alice", request: "DELETE /tdata/Orders('new')" });
  });

  test.each(owned)("is not written by patching %s", async (_name, members, fate) => {
    await unmoved(() => attempted(fate, "update", { request: "PATCH /tdata/Orders('o-1')", body: `{${members}}` }));
  });

  test.each(owned)("is not written by replacing with %s", async (_name, members, fate) => {
    const body = `{"CustomerId":"alice","Total":25.5,"PlacedOn":"2026-05-01",${members}}`;
    await unmoved(() => attempted(fate, "update", { request: "PUT /tdata/Orders('o-1')", body }));
  });

  test.each(owned)("is not written through the parameters of an action by %s", async (_name, members, fate) => {
    const body = `{"ProductId":"p",${members}}`;
    await unmoved(() => attempted(fate, "AddItem", { request: "POST /tdata/Orders('o-1')/AddItem", body }));
  });

  test.each(["Status", "ItemCount", "IsPaid"])("is not written as the property %s", async (name) => {
    const body = `{"value":${name === "Status" ? '"Paid"' : name === "IsPaid" ? "true" : "9"}}`;
    await unmoved(() => attempted("recorded", "update", { request: `PUT /tdata/Orders('o-1')/${name}`, body }));
  });

  interface Try {
    readonly request: string;
    readonly body: string;
  }

  async function attempted(fate: Own[2], action: string, { request, body }: Try): Promise<Outcome> {
    const before = await countOf(action);
    const outcome = await scene.send({ as: "alice", request, body });
    if (fate !== "ignored") expect([outcome.status, outcome.text]).toMatchObject([400, expect.any(String)]);
    expect(await countOf(action)).toBe(before + (fate === "recorded" ? 1 : 0));
    expect(Object.hasOwn(Object.prototype, "Status")).toBe(false);
    return outcome;
  }

  async function countOf(action: string): Promise<number> {
    const own = (await attempts('Customer::"alice"')).filter((each) => each.action === action);
    return own.reduce((sum, { count }) => sum + Number(count), 0);
  }

  /** The order is after it as it was before, or has moved as the action alone moves it. */
  async function unmoved(work: () => Promise<Outcome>): Promise<void> {
    const before = await scene.send({ as: "alice", request: "GET /tdata/Orders('o-1')" });
    const { status } = await work();
    const after = await scene.send({ as: "alice", request: "GET /tdata/Orders('o-1')" });
    if (status >= 400) expect(after.text).toBe(before.text);
    else expect(after.json).toMatchObject({ Status: "Draft", IsPaid: false });
  }
});

describe("an id that is taken by what one may not read", () => {
  test.each<readonly [string, string, object]>([
    ["by a creation", "POST /tdata/Orders", { Id: "o-1", CustomerId: "mallory" }],
    [
      "in a batch",
      "POST /tdata/$batch",
      { requests: [{ id: "1", method: "POST", url: "Orders", body: { Id: "o-1", CustomerId: "mallory" } }] },
    ],
  ])("%s: is refused as by a policy, recorded, and not said to be there", async (_name, request, body) => {
    const outcome = await scene.send({ as: "mallory", request, body });
    expect(outcome.text).toContain("AuthorizationDenied");
    expect(outcome.text).not.toMatch(/EntityExists|already|alice/);
    expect(await scene.recorded()).toContainEqual(
      expect.objectContaining({
        principal: 'Customer::"mallory"',
        ...{ action: "create", entityType: "Order", entityId: "o-1", because: "no policy permits it" },
        errors: [expect.stringContaining("there is already")],
      }),
    );
  });

  test("its own owner is told that it is there", async () => {
    const again = await scene.send({
      as: "alice",
      request: "POST /tdata/Orders",
      body: { Id: "o-1", CustomerId: "alice" },
    });
    expect([again.status, again.json.error]).toMatchObject([409, { code: "EntityExists" }]);
  });
});

describe("a batch", () => {
  type Part = { readonly url: string; readonly method?: string; readonly headers?: object; readonly body?: object };

  const smuggled: readonly (readonly [string, Part, "recorded" | "refused"])[] = [
    ["another's key", { url: "Orders('o-1')", headers: { Authorization: "Bearer KEY" } }, "recorded"],
    ["another tenant", { url: "Orders", headers: { "X-Tenant-Id": "other" } }, "recorded"],
    ["another's name", { url: "Orders('o-1')", headers: { "X-Temperc-Principal": 'Customer::"alice"' } }, "recorded"],
    ["another's roles", { url: "Orders('o-1')", headers: { "x-temperc-roles": "operator" } }, "recorded"],
    ["another method", { url: "Orders('o-1')", headers: { "X-HTTP-Method-Override": "DELETE" } }, "recorded"],
    ["another host", { url: "http://evil.example/tdata/Orders" }, "recorded"],
    ["the keys", { url: "/api/keys" }, "recorded"],
    ["the keys by climbing", { url: "../api/keys" }, "recorded"],
    ["the keys by climbing in disguise", { url: "%2e%2e/api/keys" }, "recorded"],
    ["a decision", { url: "/api/tenants/default/decisions/PD-1/approve", method: "POST", body: {} }, "recorded"],
    ["a batch", { url: "$batch", method: "POST", body: { requests: [] } }, "recorded"],
    ["a batch in disguise", { url: "%24batch", method: "POST", body: { requests: [] } }, "recorded"],
    [
      "a second request in the URL",
      { url: "Orders HTTP/1.1\r\nAuthorization: Bearer KEY\r\n\r\nGET Orders" },
      "recorded",
    ],
    ["a deletion of another's", { url: "Orders('o-1')", method: "DELETE" }, "refused"],
    ["an order of another's", { url: "Orders('o-1')" }, "refused"],
  ];

  test.each(smuggled)("in JSON with %s: is refused", async (_name, part, fate) => {
    const text = JSON.stringify({ requests: [{ id: "1", method: "GET", ...part }] });
    const body = text.replaceAll("KEY", scene.keys.alice);
    await nothingBy("mallory", { request: "POST /tdata/$batch", body }, fate);
  });

  test.each<readonly [string, string, "recorded" | "refused"]>([
    ["another's key", "GET Orders('o-1') HTTP/1.1\r\nAuthorization: Bearer KEY\r\n\r\n", "recorded"],
    ["another tenant", "GET Orders HTTP/1.1\r\nX-Tenant-Id: other\r\n\r\n", "recorded"],
    ["another host", "GET http://evil.example/tdata/Orders HTTP/1.1\r\n\r\n", "recorded"],
    [
      "a part in a part",
      "GET Orders HTTP/1.1\r\n\r\n\r\n--b\r\nContent-Type: application/http\r\n\r\nDELETE Orders('o-1') HTTP/1.1\r\n\r\n",
      "refused",
    ],
    ["a length that hides another", "GET Orders HTTP/1.1\r\nContent-Length: 0\r\n\r\nDELETE Orders('o-1')", "recorded"],
  ])("in MIME with %s: is refused", async (_name, part, fate) => {
    const body = `--b\r\nContent-Type: application/http\r\n\r\n${part}\r\n--b--\r\n`.replaceAll(
      "KEY",
      scene.keys.alice,
    );
    const headers = { "content-type": "multipart/mixed;boundary=b" };
    await nothingBy("mallory", { request: "POST /tdata/$batch", body, headers }, fate);
  });

  interface Sent {
    readonly request: string;
    readonly body: string;
    readonly headers?: Readonly<Record<string, string>>;
  }

  /** Nothing of alice's is in the answer, nothing of hers has changed, and the attempt is recorded where it is one by itself. */
  async function nothingBy(as: Who, sent: Sent, fate: "recorded" | "refused"): Promise<void> {
    const before = await scene.send({ as: "alice", request: "GET /tdata/Orders('o-1')" });
    const times = await smugglings();
    const outcome = await scene.send({ as, ...sent });
    expect(outcome.text).not.toMatch(/25\.5|"CustomerId":"alice"|tk_/);
    expect((await scene.send({ as: "alice", request: "GET /tdata/Orders('o-1')" })).text).toBe(before.text);
    expect(await smugglings()).toBe(times + (fate === "recorded" ? 1 : 0));
  }

  async function smugglings(): Promise<number> {
    const own = await attempts('Customer::"mallory"');
    return Number(own.find(({ action }) => action === "smuggle")?.count ?? 0);
  }
});
