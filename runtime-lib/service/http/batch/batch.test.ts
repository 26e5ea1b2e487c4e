/** Batches in both formats: what goes together, what refers to what, and what nobody can slip in. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ServedTeam, serveTeam } from "../../../../test/definitions/team.ts";

let team: ServedTeam;

beforeAll(async () => {
  team = await serveTeam({ limits: { batchRequestsMax: 6, bodyBytesMax: 4_000 } });
});

afterAll(() => team.close());

async function post(payload: string, contentType: string, headers: Readonly<Record<string, string>> = {}) {
  return team.app.inject({
    method: "POST",
    url: "/tdata/$batch",
    headers: { authorization: `Bearer ${team.keys.alice}`, "content-type": contentType, ...headers },
    payload,
  });
}

type Request = Readonly<Record<string, unknown>>;

async function json(requests: readonly Request[], headers: Readonly<Record<string, string>> = {}) {
  const payload = JSON.stringify({
    requests: requests.map((request, index) => ({ id: String(index + 1), ...request })),
  });
  const reply = await post(payload, "application/json", headers);
  const body = reply.json();
  return { status: reply.statusCode, body, statuses: (body.responses ?? []).map((each: Request) => each.status) };
}

const person = (Id: string, more: Request = {}) => ({ method: "post", url: "People", body: { Id, Name: Id, ...more } });

describe("a JSON batch", () => {
  test("answers each request, by its id", async () => {
    const { body } = await json([
      { method: "get", url: "People('ada')?$select=Name" },
      { method: "GET", url: "/tdata/People/$count" },
      { method: "get", url: "http://localhost:80/tdata/Tasks?$filter=Hours gt 4&$select=Id" },
    ]);
    expect(body.responses).toMatchObject([
      { id: "1", status: 200, body: { Name: "Ada" } },
      { id: "2", status: 200, body: "4" },
      { id: "3", status: 200, body: { value: [{ Id: "t1" }, { Id: "t5" }] } },
    ]);
  });

  test("ends at the first failure, unless the caller prefers to go on", async () => {
    const requests = [
      { method: "get", url: "People('none')" },
      { method: "get", url: "People('ada')" },
    ];
    expect((await json(requests)).statuses).toEqual([404]);
    expect((await json(requests, { prefer: "continue-on-error" })).statuses).toEqual([404, 200]);
    expect((await json(requests, { prefer: "odata.continue-on-error=true" })).statuses).toEqual([404, 200]);
    expect((await json(requests, { prefer: "odata.continue-on-error=false" })).statuses).toEqual([404]);
  });

  test("makes all of a group or nothing of it", async () => {
    const group = { atomicityGroup: "g" };
    const failed = await json([
      { ...person("b1"), ...group },
      { ...person("ada"), ...group },
    ]);
    expect(failed.body.responses).toMatchObject([
      { id: "1", atomicityGroup: "g", status: 424, body: { error: { code: "FailedDependency" } } },
      { id: "2", atomicityGroup: "g", status: 409, body: { error: { code: "EntityExists" } } },
    ]);
    expect((await team.get("alice", "People('b1')")).status).toBe(404);
    const done = await json([
      { ...person("b1"), ...group },
      { method: "patch", url: "$1", body: { Name: "B" }, headers: { "If-Match": "$1" }, ...group },
      { ...person("b2", { "Boss@odata.bind": "$1" }), ...group },
      { method: "get", url: "$3/Boss" },
    ]);
    expect(done.statuses).toEqual([201, 200, 201, 200]);
    expect(done.body.responses[3].body).toMatchObject({ Id: "b1", Name: "B" });
  });

  test("removes what refers before what is referred to, in one group", async () => {
    const group = { atomicityGroup: "g" };
    const { statuses } = await json([
      { ...person("c1"), ...group },
      { method: "delete", url: "$1", ...group },
      { ...person("c1"), ...group },
    ]);
    expect(statuses).toEqual([201, 204, 201]);
    expect((await team.get("alice", "People('c1')")).body).toMatchObject({ "@odata.etag": 'W/"3"' });
  });

  test("does not do what depends on what failed", async () => {
    const { statuses } = await json(
      [
        { method: "get", url: "People('none')" },
        { ...person("d1"), dependsOn: ["1"] },
        { ...person("d2"), dependsOn: ["2"], atomicityGroup: "g" },
        { method: "get", url: "$1/Name" },
      ],
      { prefer: "continue-on-error" },
    );
    expect(statuses).toEqual([404, 424, 424, 424]);
  });

  test.each([
    ["not JSON", "{", "acceptable JSON"],
    ["no requests", "{}", '{"requests": […]}'],
    ["something else", '{"requests":[],"x":1}', "x"],
    ["no object", '{"requests":[1]}', "requests[0]: it is not an object"],
    ["no id", '{"requests":[{"method":"get","url":"People"}]}', "requests[0]: its id"],
    [
      "an id twice",
      '{"requests":[{"id":"1","method":"get","url":"People"},{"id":"1","method":"get","url":"People"}]}',
      'requests[1]: the id "1" is taken',
    ],
    [
      "a member that is none",
      '{"requests":[{"id":"1","method":"get","url":"People","if":"x"}]}',
      "requests[0]: a request has no",
    ],
    [
      "what depends on what follows",
      '{"requests":[{"id":"1","method":"get","url":"People","dependsOn":["2"]}]}',
      "does not come before it",
    ],
    [
      "a torn group",
      `{"requests":[${["a", "b", "a"].map((g, i) => `{"id":"${i}","method":"post","url":"People","atomicityGroup":"${g}"}`).join(",")}]}`,
      "requests[2]: the requests of",
    ],
    [
      "a header with a line break",
      '{"requests":[{"id":"1","method":"get","url":"People","headers":{"accept":"a\\r\\nb"}}]}',
      'requests[0]: the header "accept" is none',
    ],
    ["too many", `{"requests":[${Array(7).fill("1").join(",")}]}`, "batchRequestsMax"],
  ])("%s is 400 and says where", async (_what, payload, message) => {
    const reply = await post(payload, "application/json");
    expect(reply.statusCode).toBe(400);
    expect(reply.json().error.message).toContain(message);
  });

  test("a group with a read, or a batch in a batch, is refused where it stands", async () => {
    const read = await json([{ method: "get", url: "People", atomicityGroup: "g" }]);
    expect(read.body.responses[0]).toMatchObject({ status: 400, body: { error: { target: "requests[0]" } } });
    const inner = await json([{ method: "post", url: "$batch", body: { requests: [] } }]);
    expect(inner.statuses).toEqual([400]);
    expect((await json([{ method: "get", url: "https://else.where/tdata/People" }])).statuses).toEqual([400]);
    expect((await json([{ method: "get", url: `People?$filter=${"x".repeat(9_000)}` }])).statuses).toEqual([414]);
    expect((await json([person("e1", { Name: "x".repeat(5_000) })])).statuses).toEqual([413]);
  });

  test("no request of it is another caller's", async () => {
    const forged = { Authorization: `Bearer ${team.keys.root}` };
    const { body } = await json([{ method: "get", url: "Tasks('t3')", headers: forged }]);
    expect(body.responses[0]).toMatchObject({ status: 400, body: { error: { target: "authorization" } } });
    expect((await json([{ method: "get", url: "People", headers: { "X-Tenant-Id": "other" } }])).statuses).toEqual([
      400,
    ]);
    const own = { Authorization: `Bearer ${team.keys.alice}` };
    expect((await json([{ method: "get", url: "Tasks('t3')", headers: own }])).statuses).toEqual([404]);
    expect(
      (await json([{ method: "get", url: "Tasks('t1')", headers: { ...own, "X-Forwarded-User": "root" } }])).statuses,
    ).toEqual([200]);
  });

  test("is written once under its idempotency key", async () => {
    const group = { atomicityGroup: "g" };
    const requests = [person("f1"), { ...person("f2"), ...group }, { ...person("f3"), ...group }];
    const headers = { "idempotency-key": "batch" };
    expect((await json(requests, headers)).statuses).toEqual([201, 201, 201]);
    const again = await json(requests, headers);
    expect(again.statuses).toEqual([201, 201, 201]);
    expect(again.body.responses[2].headers).toMatchObject({ "idempotency-replayed": "true" });
    expect((await json([person("f4"), ...requests.slice(1)], headers)).statuses).toEqual([422]);
    const inGroup = { ...person("f5"), ...group, headers: { "Idempotency-Key": "own" } };
    expect((await json([inGroup])).statuses).toEqual([400]);
  });
});

const lines = (...all: readonly string[]) => all.join("\r\n");

function part(request: string, body = "", id = ""): string {
  const head = ["--b", "Content-Type: application/http", "Content-Transfer-Encoding: binary"];
  return lines(
    ...head,
    ...(id === "" ? [] : [`Content-ID: ${id}`]),
    "",
    request,
    ...(body === "" ? [""] : ["Content-Type: application/json", "", body]),
  );
}

const multipart = "multipart/mixed; boundary=b";

describe("a multipart batch", () => {
  test("answers each part, raw spaces in URLs and all", async () => {
    const payload = lines(
      part("GET People?$filter=Name eq 'Bob'&$select=Id HTTP/1.1"),
      part("GET /tdata/People/$count HTTP/1.1\r\nHost: any"),
      "--b--",
      "",
    );
    const reply = await post(payload, multipart);
    expect(reply.statusCode).toBe(200);
    expect(reply.headers["content-type"]).toMatch(/^multipart\/mixed;boundary=batchresponse_/);
    const parts = reply.body.split(/--batchresponse_[\w-]+(?:--)?\r\n/);
    expect(parts).toHaveLength(4);
    expect(parts[1]).toMatch(/^Content-Type: application\/http\r\n[\s\S]*\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
    expect(parts[1]).toContain('"value":[{"@odata.etag":"W/\\"1\\"","Id":"bob"}]');
  });

  test("makes all of a change set or nothing of it, and refers to what it makes", async () => {
    const set = (...parts: readonly string[]) =>
      lines(
        "--b",
        "Content-Type: multipart/mixed; boundary=c",
        "",
        ...parts.map((each) => each.replaceAll("--b", "--c")),
        "--c--",
        "--b--",
        "",
      );
    const good = set(
      part("POST People HTTP/1.1", '{"Id":"m1","Name":"M"}', "1"),
      part("POST $1/Tasks HTTP/1.1", '{"Id":"mt","Hours":1,"Tags":[],"Size":"Small"}', "2"),
    );
    const done = await post(good, multipart);
    expect(done.body.match(/HTTP\/1\.1 201 Created/g)).toHaveLength(2);
    expect(done.body).toContain("Content-ID: 1\r\n");
    expect((await team.get("alice", "Tasks('mt')")).body).toMatchObject({ OwnerId: "m1" });
    const bad = set(
      part("POST People HTTP/1.1", '{"Id":"m2","Name":"M"}', "1"),
      part("DELETE People('none') HTTP/1.1", "", "2"),
    );
    const failed = await post(bad, multipart);
    expect(failed.body.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(failed.body).toContain("HTTP/1.1 404 Not Found");
    expect((await team.get("alice", "People('m2')")).status).toBe(404);
  });

  test("is answered as JSON where that is asked for", async () => {
    const reply = await post(lines(part("GET People/$count HTTP/1.1", "", "x"), "--b--"), multipart, {
      accept: "application/json",
    });
    expect(reply.json().responses).toMatchObject([{ id: "x", status: 200 }]);
  });

  test.each([
    ["no boundary", "", "multipart/mixed", "no usable boundary"],
    ["nothing", "x", multipart, "the boundary never comes"],
    ["no end", part("GET People HTTP/1.1"), multipart, "the closing boundary is missing"],
    ["another type", lines("--b", "Content-Type: text/plain", "", "x", "--b--"), multipart, "part 1: its Content-Type"],
    ["no request line", lines(part("People"), "--b--"), multipart, 'part 1: "People" is not a request line'],
    [
      "a header that is none",
      lines(part("GET People HTTP/1.1\r\nbad header"), "--b--"),
      multipart,
      'part 1: "bad header" is not a header',
    ],
    [
      "a header twice",
      lines(part("GET People HTTP/1.1\r\nIf-Match: *\r\nif-match: *"), "--b--"),
      multipart,
      "is there twice",
    ],
    [
      "a length that lies",
      lines(part("POST People HTTP/1.1\r\nContent-Length: 900", "{}"), "--b--"),
      multipart,
      "part 1: its Content-Length is 900",
    ],
    [
      "a change set in a change set",
      lines(
        "--b",
        "Content-Type: multipart/mixed;boundary=c",
        "",
        "--c",
        "Content-Type: multipart/mixed;boundary=d",
        "",
        "--d--",
        "--c--",
        "--b--",
      ),
      multipart,
      "part 1.1: a change set has requests",
    ],
    ["too many", lines(...Array(7).fill(part("GET People HTTP/1.1")), "--b--"), multipart, "batchRequestsMax"],
  ])("%s is 400 and says where", async (_what, payload, contentType, message) => {
    const reply = await post(payload === "" ? "x" : payload, contentType);
    expect(reply.statusCode, reply.body).toBe(400);
    expect(reply.json().error.message).toContain(message);
  });
});

test("a batch is a POST of one of two types", async () => {
  const { app, keys } = team;
  const headers = { authorization: `Bearer ${keys.alice}` };
  expect((await app.inject({ url: "/tdata/$batch", headers })).statusCode).toBe(405);
  expect((await post("x", "text/plain")).statusCode).toBe(415);
  expect((await app.inject({ method: "POST", url: "/tdata/$batch", headers })).statusCode).toBe(400);
  expect((await app.inject({ method: "POST", url: "/tdata/$batch", payload: "{}" })).statusCode).toBe(401);
  const oversized = await post(`{"requests":[]${" ".repeat(4_200_000)}}`, "application/json");
  expect(oversized).toMatchObject({ statusCode: 413 });
  expect(oversized.json().error.message).toContain("batchBytesMax");
});
