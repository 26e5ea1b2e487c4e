/** Makes the Fastify app of a built service or of the live host: sane limits, health, the OData plugin; it does not listen. */
import Fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import { defaultODataLimits } from "../odata/limits.ts";
import { fastifyFailure, internalFailure } from "./fastify-errors.ts";
import { type HealthOptions, healthRoutes } from "./health.ts";
import { type ODataPluginOptions, odataPlugin } from "./plugin.ts";
import { errorReply } from "./replies.ts";
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
}

export const defaultServerLimits: ServerLimits = {
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 72_000,
  connectionsMax: 10_000,
  headerBytesMax: 32_768,
};

export interface ServerOptions extends ODataPluginOptions, HealthOptions {
  /** Where the service is mounted: `/tdata` where it is not said. */
  readonly prefix?: string;
  readonly serverLimits?: Partial<ServerLimits>;
  /** As Fastify takes it: `true`, or options of pino. Nothing is logged where it is not said. */
  readonly logger?: FastifyServerOptions["logger"];
}

/** The app with the service under its prefix and `/healthz` and `/readyz` beside it. Closing it ends idle connections at once. */
export async function buildServer(options: ServerOptions): Promise<FastifyInstance> {
  const limits = { ...defaultServerLimits, ...options.serverLimits };
  const bodyLimit = options.limits?.bodyBytesMax ?? defaultODataLimits.bodyBytesMax;
  const app = Fastify({
    logger: options.logger ?? false,
    bodyLimit,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    forceCloseConnections: "idle",
    http: { maxHeaderSize: limits.headerBytesMax },
    routerOptions: { maxParamLength: options.limits?.urlLengthMax ?? defaultODataLimits.urlLengthMax },
    clientErrorHandler: answerUnreadable,
    frameworkErrors: (error, request, reply) => {
      const failure = fastifyFailure(error, bodyLimit) ?? internalFailure;
      const { status, contentType, body } = errorReply(failure, request.headers.accept);
      reply.hijack();
      reply.raw.writeHead(status, { "content-type": contentType }).end(body);
    },
  });
  app.server.maxConnections = limits.connectionsMax;
  await app.register(healthRoutes, options);
  await app.register(odataPlugin, { ...options, prefix: options.prefix ?? "/tdata" });
  return app;
}
