/** What a process has around its service: who is calling, what is told of it and to whom, and an end in good order. */
import { readFile } from "node:fs/promises";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { issuersFrom } from "./adapters/jwt/issuers.ts";
import { tokenVerifier, type VerifierLimits } from "./adapters/jwt/verifier.ts";
import { type StartedTelemetry, startTelemetry } from "./adapters/otel/start.ts";
import { type LogLevel, loggingTelemetry, processLogger } from "./adapters/process/logger.ts";
import type { Store, Telemetry } from "./ports/index.ts";
import { apiKeyAuthenticator } from "./service/api-keys.ts";
import type { Authenticate } from "./service/call.ts";
import { ServiceMetrics, type Watched } from "./service/metrics/service-metrics.ts";
import { allTelemetry } from "./service/telemetries.ts";
import { tokenAuthenticator } from "./service/token-identity.ts";
import { addressBlocks, proxyAuthenticator } from "./service/trusted-proxies.ts";

export interface OperatingSettings {
  /** What the service is called where telemetry goes. */
  readonly name: string;
  readonly logLevel: LogLevel;
  /** A JSON list of issuers whose tokens are taken, or the path of a file with one. */
  readonly jwtIssuers?: string;
  /** Addresses and blocks of addresses whose identity headers are believed. */
  readonly trustedProxies: readonly string[];
  /** The parameters whose values logs and telemetry may show. */
  readonly shownParams: readonly string[];
  readonly openMetrics: boolean;
  readonly tokenLimits?: Partial<VerifierLimits>;
}

/** A setting that cannot be used, in one sentence. */
export class WrongSetting extends Error {}

export class Operating {
  readonly settings: OperatingSettings;
  readonly logger: Logger;
  readonly metrics = new ServiceMetrics();
  readonly telemetry: Telemetry | undefined;
  readonly #collector: StartedTelemetry | undefined;
  readonly #tokens: Awaited<ReturnType<typeof tokensOf>>;
  readonly #proxies: ReturnType<typeof proxiesOf>;
  #stopWatching = (): void => undefined;
  #isEnding = false;

  private constructor(settings: OperatingSettings, parts: Parts) {
    this.settings = settings;
    this.logger = processLogger(settings.logLevel);
    this.#collector = parts.collector;
    this.#tokens = parts.tokens;
    this.#proxies = parts.proxies;
    const collected = parts.collector === undefined ? [] : [parts.collector.telemetry];
    this.telemetry = allTelemetry([this.metrics.telemetry, loggingTelemetry(this.logger), ...collected]);
  }

  /** Rejects with `WrongSetting`, and with `TelemetryNotInstalled` where the environment names a collector and the SDK is not there. */
  static async begin(settings: OperatingSettings, environment: NodeJS.ProcessEnv): Promise<Operating> {
    const proxies = proxiesOf(settings);
    const tokens = await tokensOf(settings);
    const collector = await startTelemetry(environment, settings.name);
    return new Operating(settings, { proxies, tokens, collector });
  }

  /** Knows callers by API keys, by tokens of the issuers, and by the headers of listed proxies. */
  authenticator(store: Store): Authenticate {
    const byKey = apiKeyAuthenticator(store);
    const byToken = this.#tokens === undefined ? byKey : tokenAuthenticator(this.#tokens, byKey);
    return proxyAuthenticator(this.#proxies, byToken);
  }

  /** Told of what a caller saw as `InternalError` only. */
  readonly onInternalError = (error: unknown): void => {
    this.logger.error({ err: error }, "a request failed for a reason of our own");
  };

  /** Has metrics ask for what is served, and what it is busy with. */
  watch(watched: Watched): void {
    this.#stopWatching = this.metrics.watchService(watched);
    this.#collector?.observe(this.metrics.gauges);
  }

  /** Why nothing more should be sent here, once the end has begun. */
  get notReady(): string | undefined {
    return this.#isEnding ? "the service is shutting down" : undefined;
  }

  /** Says at `/readyz` that it ends, waits `drainMs` for load balancers to see it, and answers what is under way. */
  async end(app: FastifyInstance, drainMs: number): Promise<void> {
    this.#isEnding = true;
    if (drainMs > 0) {
      await new Promise((resolve) => {
        setTimeout(resolve, drainMs);
      });
    }
    await app.close();
  }

  /** After the service is closed: what telemetry is left is sent. */
  async close(): Promise<void> {
    this.#stopWatching();
    await this.#collector?.shutdown();
  }
}

interface Parts {
  readonly collector: StartedTelemetry | undefined;
  readonly tokens: Awaited<ReturnType<typeof tokensOf>>;
  readonly proxies: ReturnType<typeof proxiesOf>;
}

function proxiesOf({ trustedProxies }: OperatingSettings) {
  if (trustedProxies.length === 0) return undefined;
  const blocks = addressBlocks(trustedProxies);
  if (typeof blocks === "string") throw new WrongSetting(`a trusted proxy: ${blocks}`);
  return blocks;
}

async function tokensOf({ jwtIssuers, tokenLimits = {} }: OperatingSettings) {
  if (jwtIssuers === undefined) return undefined;
  const text = /^\s*\[/.test(jwtIssuers) ? jwtIssuers : await textOf(jwtIssuers);
  const issuers = issuersFrom(text);
  if (typeof issuers === "string") throw new WrongSetting(`the issuers of tokens: ${issuers}`);
  try {
    return await tokenVerifier(issuers, tokenLimits);
  } catch (error) {
    throw new WrongSetting(`the keys of an issuer: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new WrongSetting(`the issuers of tokens cannot be read: ${reason}`, { cause: error });
  }
}
