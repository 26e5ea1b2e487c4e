/** The telemetry port through OpenTelemetry's API: spans with their trace, and metrics, wherever an SDK sends them. */
import type { Attributes, Context, Span as OtelSpan } from "@opentelemetry/api";
import type { Span, SpanKind, Telemetry, WideEvent } from "../../ports/index.ts";

export type OtelApi = typeof import("@opentelemetry/api");

const scope = "@temperc/runtime";

/** What an SDK is asked for now and then; as `ServiceMetrics` has it. */
export interface ObservedGauge {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly read: () => Promise<readonly GaugeSample[]> | readonly GaugeSample[];
}

export interface GaugeSample {
  readonly values: readonly string[];
  readonly value: number;
}

/** Telemetry through the SDK that is registered with this API, by us or by the app that embeds us. */
export function otelTelemetry(api: OtelApi): Telemetry {
  const tracer = api.trace.getTracer(scope);
  const meter = api.metrics.getMeter(scope);
  const duration = meter.createHistogram("temperc.action.duration", { unit: "s", description: "Handled actions." });
  const denials = meter.createCounter("temperc.denials", { description: "Actions that policies refused." });
  const handled = ({ tags, measurements }: WideEvent): void => {
    const { entityType, action, code, source } = tags;
    const labels = { "temperc.entity": entityType, "temperc.action": action };
    duration.record(measurements.durationMs / 1_000, { ...labels, "temperc.code": code, "temperc.source": source });
    if (code === "AuthorizationDenied") denials.add(1, labels);
  };
  const span = (name: string, kind: SpanKind, parent: string | undefined): Span => {
    const started = tracer.startSpan(name, { kind: kindOf(api, kind) }, contextOf(api, parent));
    return spanOf(api, started);
  };
  return { handled, span };
}

/** Has an SDK read these numbers whenever it exports metrics. */
export function observeGauges(api: OtelApi, gauges: readonly ObservedGauge[]): void {
  const meter = api.metrics.getMeter(scope);
  for (const { name, help, labels, read } of gauges) {
    const gauge = meter.createObservableGauge(name.replaceAll("_", "."), { description: help });
    gauge.addCallback(async (observed) => {
      for (const { values, value } of await read()) {
        observed.observe(value, Object.fromEntries(labels.map((label, index) => [label, values[index] ?? ""])));
      }
    });
  }
}

function kindOf({ SpanKind: kinds }: OtelApi, kind: SpanKind): (typeof kinds)[keyof typeof kinds] {
  switch (kind) {
    case "server":
      return kinds.SERVER;
    case "internal":
      return kinds.INTERNAL;
    case "client":
      return kinds.CLIENT;
    case "consumer":
      return kinds.CONSUMER;
  }
}

/** A parent of another process, as `traceparent` names it. */
function contextOf({ trace, ROOT_CONTEXT }: OtelApi, parent: string | undefined): Context {
  const [, traceId, spanId, flags] = parent?.split("-") ?? [];
  if (traceId === undefined || spanId === undefined) return ROOT_CONTEXT;
  const traceFlags = Number.parseInt(flags ?? "0", 16) & 1;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

function spanOf({ SpanStatusCode }: OtelApi, span: OtelSpan): Span {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`,
    end: (attributes, error) => {
      span.setAttributes(named(attributes));
      if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
      span.end();
    },
  };
}

/** Names with a dot are somebody's convention already; all others are ours. */
function named(attributes: Parameters<Span["end"]>[0]): Attributes {
  const entries = Object.entries(attributes).flatMap(([name, value]) => {
    if (value === null || value === undefined) return [];
    const isOurs = !name.includes(".") || name.startsWith("param.");
    return [[isOurs ? `temperc.${name}` : name, typeof value === "object" ? [...value] : value] as const];
  });
  return Object.fromEntries(entries);
}
