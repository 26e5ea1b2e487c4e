/** Makes the Fastify app of a built service or of the live host: sane limits, health, the OData plugin; it does not listen. */
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import type { ServiceMetrics } from "../metrics/service-metrics.ts";
import { defaultODataLimits } from "../odata/limits.ts";
import { type HealthOptions, healthRoutes } from "./health.ts";
import { operationRoutes } from "./operations.ts";
import { type ODataPluginOptions, odataPlugin } from "./plugin.ts";
import { errorReply, sendReply } from "./replies.ts";
import { endSilentConnections } from "./silent-connections.ts";
import { internalFailure, thrownFailure } from "./thrown.ts";
import { defaultTrafficLimits } from "./traffic-limits.ts";
import { setTurnstile, Turnstile } from "./turnstile.ts";
import { answerUnreadable } from "./unreadable.ts";

export interface ServerLimits {
  /** From the first byte of a request to its last. */
  readonly requestTimeoutMs: number;
  /** How long an idle connection is kept open for the next request. */
  readonly keepAliveTimeoutMs: number;
  /** Sockets at once; the next one is closed unread. */
  readonly connectionsMax: number;
  /** Request headers and line together. */
  readonly headerBytesMax: number;
  /** How long a process that ends says so at `/readyz` before it stops listening: until load balancers have seen it. */
  readonly drainMs: number;
  /** How long requests in flight may take after a signal before the process ends without them. */
  readonly graceMs: number;
}

export const defaultServerLimits: ServerLimits = {
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 72_000,
  connectionsMax: 10_000,
  headerBytesMax: 32_768,
  drainMs: 0,
  graceMs: 10_000,
};

export interface ServerOptions extends ODataPluginOptions, HealthOptions {
  /** Where the service is mounted: `/tdata` where it is not said. */
  readonly prefix?: string;
  readonly serverLimits?: Partial<ServerLimits>;
  /** A logger as pino makes them. Nothing is logged where there is none. */
  readonly logger?: FastifyBaseLogger;
  /** Proxies whose `X-Forwarded-Host` and `-Proto` say how clients see the service. */
  readonly trustedProxies?: readonly string[];
  /** Told of every answered request, and answered at `/metrics`. */
  readonly metrics?: ServiceMetrics;
  readonly openMetrics?: boolean;
}

/** The app with the service under its prefix, and `/healthz`, `/readyz`, `/openapi.json` and `/metrics` beside it. Closing it ends idle connections at once. */
export async function buildServer(options: ServerOptions): Promise<FastifyInstance> {
  const limits = { ...defaultServerLimits, ...options.serverLimits };
  const { trustedProxies = [], metrics, prefix = "/tdata" } = options;
  const bodyLimit = options.limits?.bodyBytesMax ?? defaultODataLimits.bodyBytesMax;
  const app = Fastify({
    ...(options.logger && { loggerInstance: options.logger }),
    // The wide event of an action says more; a line for each request would say it twice.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    bodyLimit,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    forceCloseConnections: "idle",
    http: {
      maxHeaderSize: limits.headerBytesMax,
      connectionsCheckingInterval: checkedEveryMs(limits),
      // Node gives bodies the longer of the two times, whichever it is called: without this they had a minute.
      headersTimeout: limits.requestTimeoutMs,
    },
    routerOptions: { maxParamLength: options.limits?.urlLengthMax ?? defaultODataLimits.urlLengthMax },
    clientErrorHandler: answerUnreadable,
    frameworkErrors: (error, request, reply) => {
      const failure = thrownFailure(error, bodyLimit) ?? internalFailure;
      const { status, contentType, body } = errorReply(failure, request.headers.accept);
      reply.hijack();
      reply.raw.writeHead(status, { "content-type": contentType }).end(body);
    },
  });
  app.setErrorHandler((error: Error, request, reply) => {
    const known = thrownFailure(error, bodyLimit);
    if (known === undefined) request.log.error({ err: error }, "a request failed for a reason of our own");
    return sendReply(errorReply(known ?? internalFailure, request.headers.accept), reply);
  });
  setTurnstile(app, new Turnstile({ ...defaultTrafficLimits, ...options.limits }));
  app.server.maxConnections = limits.connectionsMax;
  endSilentConnections(app);
  if (metrics !== undefined) {
    app.addHook("onResponse", (request, reply, done) => {
      metrics.request(request.method, reply.statusCode, reply.elapsedTime);
      done();
    });
  }
  await app.register(healthRoutes, options);
  await app.register(operationRoutes, { ...options, prefix: "", serviceRoot: options.publicUrl ?? prefix });
  await app.register(odataPlugin, { ...options, prefix });
  return app;
}

/** Node looks for requests that take too long now and then only: often enough that none takes much longer than it may. */
function checkedEveryMs({ requestTimeoutMs }: ServerLimits): number {
  return Math.min(5_000, Math.max(50, requestTimeoutMs / 10));
}
