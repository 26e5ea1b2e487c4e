/** What a real collector on a real socket is sent: one trace from the request to the webhook, and metrics, by OTLP as JSON. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Served, serveDefinition } from "../../../test/definitions/served.ts";
import { fillTrigger, postTrigger, workshop } from "../../../test/definitions/workshop.ts";
import { ServiceMetrics } from "../../service/metrics/service-metrics.ts";
import { allTelemetry } from "../../service/telemetries.ts";
import { httpSender } from "../http/sender.ts";
import { startTelemetry } from "./start.ts";

interface Attribute {
  readonly key: string;
  readonly value: {
    readonly stringValue?: string;
    readonly intValue?: number | string;
    readonly doubleValue?: number;
    readonly boolValue?: boolean;
  };
}

interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: readonly Attribute[];
}

interface SentMetric {
  readonly name: string;
  readonly histogram?: {
    readonly dataPoints: readonly { readonly attributes: readonly Attribute[]; readonly count: number | string }[];
  };
  readonly sum?: {
    readonly dataPoints: readonly {
      readonly attributes: readonly Attribute[];
      readonly asDouble?: number;
      readonly asInt?: number | string;
    }[];
  };
  readonly gauge?: {
    readonly dataPoints: readonly {
      readonly attributes: readonly Attribute[];
      readonly asDouble?: number;
      readonly asInt?: number | string;
    }[];
  };
}

interface Export {
  readonly resourceSpans?: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[];
  }[];
  readonly resourceMetrics?: readonly {
    readonly scopeMetrics: readonly { readonly metrics: readonly SentMetric[] }[];
  }[];
}

const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const groupParent = "00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const exports: Export[] = [];
const webhooks: IncomingMessage["headers"][] = [];
let server: Server;
let served: Served;
let spans: readonly SentSpan[];
let metrics: readonly SentMetric[];

/** Both the collector and the receiver of the webhook. */
function listen(): Promise<Server> {
  return new Promise((resolve) => {
    const listening = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        if (request.url?.startsWith("/v1/") === true) exports.push(JSON.parse(Buffer.concat(chunks).toString()));
        else webhooks.push(request.headers);
        response.writeHead(200, { "content-type": "application/json" }).end("{}");
      });
    }).listen(0, "127.0.0.1", () => resolve(listening));
  });
}

beforeAll(async () => {
  server = await listen();
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const environment = {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://${address}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_NODE_RESOURCE_DETECTORS: "none",
  };
  Object.assign(process.env, environment);
  const collector = await startTelemetry(process.env, "workshop");
  if (collector === undefined) throw new Error("no collector");
  const own = new ServiceMetrics();
  const telemetry = allTelemetry([own.telemetry, collector.telemetry]);
  const definition = workshop({
    triggers: [fillTrigger(), { ...postTrigger({ url: `http://${address}/hook` }), name: "post" }],
  });
  served = await serveDefinition(definition, {
    ...(telemetry && { telemetry }),
    metrics: own,
    http: httpSender({ hosts: [address] }),
    shownParams: ["Job.create.Owner"],
  });
  collector.observe(own.gauges);
  await drive(await served.key({ type: "Customer", id: "alice" }));
  await served.service.quiet();
  await collector.shutdown();
  await served.close();
  spans = exports.flatMap(({ resourceSpans = [] }) =>
    resourceSpans.flatMap((each) => each.scopeSpans.flatMap((scope) => scope.spans)),
  );
  metrics = exports.flatMap(({ resourceMetrics = [] }) =>
    resourceMetrics.flatMap((each) => each.scopeMetrics.flatMap((scope) => scope.metrics)),
  );
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

async function drive(key: string): Promise<void> {
  const send = (url: string, payload: object, more = {}) =>
    served.app.inject({ method: "POST", url, payload, headers: { authorization: `Bearer ${key}`, ...more } });
  const traced = { traceparent: parent, "x-intent": "to fill a shelf" };
  expect((await send("/tdata/Shelfs", { Id: "a" })).statusCode).toBe(201);
  expect((await send("/tdata/Jobs", { Id: "1", Owner: "alice", Peer: "a" })).statusCode).toBe(201);
  expect((await send("/tdata/Jobs/1/Ask", {}, traced)).statusCode).toBe(200);
  expect((await send("/tdata/Jobs/1/Nonsense", {})).statusCode).toBe(404);
  const requests = ["b", "c"].map((Id) => ({
    id: Id,
    atomicityGroup: "g",
    method: "POST",
    url: "Shelfs",
    body: { Id },
  }));
  expect((await send("/tdata/$batch", { requests }, { traceparent: groupParent })).statusCode).toBe(200);
}

function attributesOf({ attributes }: { readonly attributes: readonly Attribute[] }) {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

/** Of the trace that the caller began. */
function traced(name: string): SentSpan {
  const found = spans.find((span) => span.name === name && span.traceId === parent.split("-")[1]);
  if (found === undefined) throw new Error(`no span ${name} among ${spans.map((span) => span.name).join(", ")}`);
  return found;
}

describe("a collector is sent", () => {
  test("one trace, from the caller's span over the action to what that triggers, and on to the webhook", () => {
    const [, traceId, callersSpan] = parent.split("-");
    const request = traced("POST");
    const ask = traced("Job.Ask");
    const fill = traced("Shelf.Fill");
    const webhook = traced("webhook POST");
    expect([request.kind, ask.kind, fill.kind, webhook.kind]).toEqual([2, 1, 5, 3]);
    expect([request.parentSpanId, ask.parentSpanId, fill.parentSpanId, webhook.parentSpanId]).toEqual([
      callersSpan,
      request.spanId,
      ask.spanId,
      ask.spanId,
    ]);
    expect(webhooks.map(({ traceparent }) => traceparent)).toEqual([`00-${traceId}-${webhook.spanId}-01`]);
  });

  test("the wide event of an action as the attributes of its span", () => {
    expect(attributesOf(traced("Job.Ask"))).toMatchObject({
      "temperc.entityType": "Job",
      "temperc.action": "Ask",
      "temperc.code": "ok",
      "temperc.source": "call",
      "temperc.tenant": "default",
      "temperc.entityId": "1",
      "temperc.principal": 'Customer::"alice"',
      "temperc.intent": "to fill a shelf",
      "temperc.revision": "revision-1",
      "temperc.evaluations": 1,
      "temperc.events": 1,
      "temperc.asked": 2,
    });
    expect(attributesOf(traced("POST"))).toMatchObject({
      "http.request.method": "POST",
      "url.path": "/tdata/Jobs/1/Ask",
      "http.response.status_code": 200,
    });
  });

  test("parameters by name, and the values of those only that may be shown", () => {
    const created = spans.find(({ name }) => name === "Job.create");
    expect(created && attributesOf(created)).toMatchObject({
      "temperc.param.Owner": "alice",
      "temperc.param.Peer": "[redacted]",
    });
  });

  test("a span for each write of a group, under its request", () => {
    const own = spans.filter(({ traceId }) => traceId === groupParent.split("-")[1]);
    const request = own.find(({ name }) => name === "POST");
    const made = own.filter(({ name }) => name === "Shelf.create");
    expect(made.map(({ parentSpanId, kind }) => [parentSpanId, kind])).toEqual([
      [request?.spanId, 1],
      [request?.spanId, 1],
    ]);
    expect(made.map((span) => attributesOf(span)["temperc.entityId"])).toEqual(["b", "c"]);
    expect(made.map(attributesOf)).toMatchObject([
      { "temperc.code": "ok", "temperc.sequence": 1 },
      { "temperc.events": 1 },
    ]);
  });

  test("the name of the service", () => {
    const [{ resource } = { resource: { attributes: [] } }] = exports.flatMap(
      ({ resourceSpans = [] }) => resourceSpans,
    );
    expect(attributesOf(resource)["service.name"]).toBe("workshop");
  });

  test("metrics of actions and of what the service is busy with, under names of the definition only", () => {
    const duration = metrics.find(({ name }) => name === "temperc.action.duration");
    const points = duration?.histogram?.dataPoints.map(attributesOf);
    expect(points).toContainEqual({
      "temperc.entity": "Shelf",
      "temperc.action": "Fill",
      "temperc.code": "ok",
      "temperc.source": "delivery",
    });
    expect(JSON.stringify(points)).not.toContain("Nonsense");
    const names = metrics.map(({ name }) => name);
    for (const name of ["temperc.actors", "temperc.outbox.entries", "temperc.event.loop.lag.seconds"]) {
      expect(names).toContain(name);
    }
  });
});

test("nothing is loaded where no collector is named", async () => {
  for (const environment of [
    {},
    { OTEL_EXPORTER_OTLP_ENDPOINT: "" },
    { OTEL_SDK_DISABLED: "true", OTEL_EXPORTER_OTLP_ENDPOINT: "http://x" },
  ]) {
    expect(await startTelemetry(environment, "workshop")).toBeUndefined();
  }
});
