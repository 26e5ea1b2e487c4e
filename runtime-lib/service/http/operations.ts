/** `/openapi.json` and `/metrics`: what tools and watchers ask of a service beside its data. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ServiceDefinition } from "../../kernel/index.ts";
import type { Authenticate, Calls, Failed, Identity } from "../call.ts";
import { prometheusType } from "../metrics/registry.ts";
import type { ServiceMetrics } from "../metrics/service-metrics.ts";
import { failed } from "../odata/failure.ts";
import { metricsScope } from "../scopes.ts";
import { admittedCaller } from "./caller.ts";
import { errorReply, sendReply } from "./replies.ts";

export interface OperationOptions {
  readonly service: Calls;
  /** The service of a tenant that has one of its own, or why it cannot be served. */
  readonly serviceOf?: (tenant: string) => Calls | Failed | undefined;
  readonly authenticate: Authenticate;
  /** Where the service is mounted, as clients see it. */
  readonly serviceRoot: string;
  readonly metrics?: ServiceMetrics;
  /** Lets everybody read the metrics who can reach the port; operators and keys of the scope `metrics` only where absent. */
  readonly openMetrics?: boolean;
}

/** Registers `GET /openapi.json`, for every caller that is known, and `GET /metrics`, in the text format of Prometheus. */
export async function operationRoutes(app: FastifyInstance, options: OperationOptions): Promise<void> {
  const { authenticate, metrics, serviceRoot, openMetrics = false } = options;
  app.get("/openapi.json", async (request, reply) => {
    const caller = await admittedCaller(authenticate, reply);
    if ("code" in caller) return refuse(request, reply, caller);
    const service = options.serviceOf?.(caller.principal.tenant) ?? options.service;
    if ("kind" in service) return refuse(request, reply, service);
    return reply.type("application/json").send(openApiAt(service.definition, serviceRoot));
  });
  if (metrics === undefined) return;
  app.get("/metrics", async (request, reply) => {
    const refused = openMetrics ? undefined : mayWatch(await admittedCaller(authenticate, reply));
    if (refused !== undefined) return refuse(request, reply, refused);
    return reply.type(prometheusType).send(await metrics.registry.text());
  });
}

function mayWatch(caller: Identity | Failed): Failed | undefined {
  if ("code" in caller) return caller;
  if (caller.kind === "operator" || caller.scopes?.includes(metricsScope) === true) return undefined;
  return failed("AuthorizationDenied", "metrics are for operators, and for keys of the scope metrics");
}

function refuse(request: FastifyRequest, reply: FastifyReply, failure: Failed): FastifyReply {
  return sendReply(errorReply(failure, request.headers.accept), reply);
}

const known = new WeakMap<ServiceDefinition, { readonly serviceRoot: string; readonly text: string }>();

/** The document of the live revision, with the place where it is served. */
function openApiAt(definition: ServiceDefinition, serviceRoot: string): string {
  const earlier = known.get(definition);
  if (earlier?.serviceRoot === serviceRoot) return earlier.text;
  const document: object = JSON.parse(definition.openapi);
  const text = JSON.stringify({ ...document, servers: [{ url: serviceRoot }] });
  known.set(definition, { serviceRoot, text });
  return text;
}
