/** What tools and watchers ask of a service: OpenAPI that a validator takes, metrics that count, and limits that hold. */
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ServedParcels, serveParcels } from "../../../test/definitions/served-parcels.ts";
import { ServiceMetrics } from "../metrics/service-metrics.ts";

let served: ServedParcels;

beforeAll(async () => {
  served = await serveParcels({ metrics: new ServiceMetrics() });
});

afterAll(() => served.close());

function get(url: string, key?: string) {
  return served.app.inject({ url, ...(key !== undefined && { headers: { authorization: `Bearer ${key}` } }) });
}

async function post(url: string, payload: object, key = served.keys.alice) {
  return served.app.inject({ method: "POST", url, payload, headers: { authorization: `Bearer ${key}` } });
}

describe("/openapi.json", () => {
  test("is for callers who are known, and says where the service is", async () => {
    expect((await get("/openapi.json")).statusCode).toBe(401);
    const reply = await get("/openapi.json", served.keys.bob);
    expect([reply.statusCode, reply.json().servers]).toEqual([200, [{ url: "/tdata" }]]);
  });
});

describe("/metrics", () => {
  test("is for operators, and for keys that are made for it", async () => {
    const scraper = await served.key({ type: "System", id: "prometheus", scopes: ["metrics"] });
    const statuses = [undefined, served.keys.alice, served.keys.admin, scraper].map(
      async (key) => (await get("/metrics", key)).statusCode,
    );
    expect(await Promise.all(statuses)).toEqual([401, 403, 200, 200]);
    expect((await get("/tdata/Parcels", scraper)).json().value).toEqual([]);
  });

  test("counts actions by names of the definition, requests, denials and what is busy", async () => {
    await post("/tdata/Parcels", { Id: "p", Owner: "alice" });
    await post("/tdata/Parcels/p/AddItem", {});
    await post("/tdata/Parcels/p/AddItem", {}, served.keys.bob);
    for (let index = 0; index < 50; index += 1) await post(`/tdata/Parcels/p/Nonsense${index}`, {});
    const { body, headers } = await get("/metrics", served.keys.admin);
    expect(headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
    const lines = body.split("\n");
    expect(lines).toContain(
      'temperc_action_duration_seconds_count{entity="Parcel",action="AddItem",code="ok",source="call"} 1',
    );
    expect(lines).toContain('temperc_denials_total{entity="Parcel",action="AddItem"} 1');
    expect(lines).toContain("temperc_actors 1");
    expect(lines).toContain('temperc_outbox_entries{state="dead"} 0');
    expect(lines.some((line) => line.startsWith('temperc_event_loop_lag_seconds{quantile="0.99"} '))).toBe(true);
    expect(
      lines.some((line) =>
        /^temperc_http_request_duration_seconds_bucket\{method="POST",status="201",le="\+Inf"\} 1$/.test(line),
      ),
    ).toBe(true);
    expect(body).not.toContain("Nonsense");
  });

  test("is well formed: each line is a comment or a sample, and each family is described once", async () => {
    const { body } = await get("/metrics", served.keys.admin);
    for (const line of body.trimEnd().split("\n")) {
      expect(line).toMatch(/^(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{\w+="[^"]*"(?:,\w+="[^"]*")*\})? [\d.e+-]+)$/);
    }
    const described = body.split("\n").filter((line) => line.startsWith("# TYPE"));
    expect(new Set(described).size).toBe(described.length);
  });
});

describe("a principal that asks too fast", () => {
  test("is answered 429 and when to come again; others are not", async () => {
    const other = await serveParcels({ limits: { requestsPerSecond: 0.5, requestBurst: 3 } });
    const ask = async (key: string) => {
      const { statusCode, headers } = await other.app.inject({
        url: "/tdata/Parcels",
        headers: { authorization: `Bearer ${key}` },
      });
      return [statusCode, headers["retry-after"]];
    };
    const answers = [];
    for (let index = 0; index < 4; index += 1) answers.push(await ask(other.keys.alice));
    expect(answers.map(([status]) => status)).toEqual([200, 200, 200, 429]);
    expect(Number(answers[3]?.[1])).toBeGreaterThanOrEqual(1);
    expect(await ask(other.keys.bob)).toEqual([200, undefined]);
    await other.close();
  });
});

describe("the turnstile", () => {
  const planes = [
    "GET /tdata/Parcels",
    "GET /openapi.json",
    "GET /metrics",
    "GET /api/keys",
    "GET /api/tenants/default/decisions",
    "GET /api/tenants/default/policies",
    "POST /api/authorize",
  ];

  test("is one for every plane: how fast and how much at once a principal may ask", async () => {
    const limits = { requestsPerSecond: 0.001, requestBurst: planes.length, requestsInFlightPerPrincipalMax: 1 };
    const other = await serveParcels({ limits, metrics: new ServiceMetrics() });
    const ask = async (request: string, key: string) => {
      const [method, url] = request.split(" ") as ["GET" | "POST", string];
      const headers = { authorization: `Bearer ${key}` };
      const payload = { action: "Parcel::list" };
      const sent = { method, url, headers, ...(method === "POST" && { payload }) };
      const { statusCode, headers: answered } = await other.app.inject(sent);
      return statusCode === 429
        ? `429, again in ${Number(answered["retry-after"]) > 0 ? "some" : "no"} time`
        : statusCode;
    };
    const tooFast = "429, again in some time";
    for (const request of planes) expect([request, await ask(request, other.keys.admin)]).toEqual([request, 200]);
    for (const request of planes) expect([request, await ask(request, other.keys.admin)]).toEqual([request, tooFast]);
    for (const request of planes.filter((each) => each.startsWith("GET"))) {
      const key = await other.key({ type: "Admin", id: request, kind: "operator" });
      const both = await Promise.all([ask(request, key), ask(request, key)]);
      expect([request, both.sort()]).toEqual([request, [200, tooFast]]);
      expect([request, await ask(request, key)]).toEqual([request, 200]);
    }
    expect((await other.app.inject("/healthz")).statusCode).toBe(200);
    await other.close();
  });
});

test("more requests at once than the service takes are answered 503, and the next one is served", async () => {
  const other = await serveParcels({ limits: { requestsInFlightMax: 2 } });
  const ask = () =>
    other.app.inject({ url: "/tdata/Parcels", headers: { authorization: `Bearer ${other.keys.alice}` } });
  const statuses = (await Promise.all(Array.from({ length: 8 }, ask))).map(({ statusCode }) => statusCode);
  expect(new Set(statuses)).toEqual(new Set([200, 503]));
  expect((await ask()).statusCode).toBe(200);
  await other.close();
});

test("the validator of OpenAPI documents finds what is wrong", async () => {
  const result = await new Validator().validate({
    openapi: "3.1.0",
    info: { title: "x", version: "1" },
    paths: { x: 1 },
  });
  expect(result.valid).toBe(false);
});
