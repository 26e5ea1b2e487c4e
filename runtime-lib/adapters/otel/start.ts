/** Starts OpenTelemetry's SDK where the environment names a collector; where it names none, nothing of it is even loaded. */
import type { Telemetry } from "../../ports/index.ts";
import { type ObservedGauge, observeGauges, otelTelemetry } from "./telemetry.ts";

export interface StartedTelemetry {
  readonly telemetry: Telemetry;
  readonly observe: (gauges: readonly ObservedGauge[]) => void;
  /** Sends what is left. */
  readonly shutdown: () => Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The packages are no dependencies of the runtime: whoever wants them installs them. */
export class TelemetryNotInstalled extends Error {
  constructor(options: ErrorOptions) {
    super("OTEL_EXPORTER_OTLP_ENDPOINT is set: npm install @opentelemetry/api @opentelemetry/sdk-node", options);
    this.name = "TelemetryNotInstalled";
  }
}

/** True where the environment asks for spans and metrics to be sent (OpenTelemetry's own variables). */
export function asksForTelemetry(environment: Environment): boolean {
  if (environment.OTEL_SDK_DISABLED === "true") return false;
  const { OTEL_EXPORTER_OTLP_ENDPOINT: all, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces } = environment;
  return [all, traces, environment.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT].some(
    (each) => each !== undefined && each !== "",
  );
}

/** The SDK reads the rest of its variables itself: protocol, headers, sampler, resource attributes, intervals. Rejects with `TelemetryNotInstalled`. */
export async function startTelemetry(
  environment: Environment,
  serviceName: string,
): Promise<StartedTelemetry | undefined> {
  if (!asksForTelemetry(environment)) return undefined;
  const { api, NodeSDK } = await installed();
  // Logs are ours, and pino's; where metrics go is said by default, as it is for spans.
  environmentDefault("OTEL_METRICS_EXPORTER", "otlp");
  environmentDefault("OTEL_LOGS_EXPORTER", "none");
  const sdk = new NodeSDK(environment.OTEL_SERVICE_NAME === undefined ? { serviceName } : {});
  sdk.start();
  return {
    telemetry: otelTelemetry(api),
    observe: (gauges) => observeGauges(api, gauges),
    shutdown: () => sdk.shutdown(),
  };
}

async function installed() {
  try {
    const [api, { NodeSDK }] = await Promise.all([import("@opentelemetry/api"), import("@opentelemetry/sdk-node")]);
    return { api, NodeSDK };
  } catch (error) {
    throw new TelemetryNotInstalled({ cause: error });
  }
}

function environmentDefault(name: string, value: string): void {
  process.env[name] ??= value;
}
