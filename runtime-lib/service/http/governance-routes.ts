/** The routes by which people govern a running service: decisions, policies, and the question what a caller may do. */
import type { FastifyInstance } from "fastify";
import type { Authenticate, Failed } from "../call.ts";
import { authorizeRoutes } from "./authorize-routes.ts";
import { decisionRoutes } from "./decision-routes.ts";
import { policyRoutes } from "./policy-routes.ts";
import type { Governed } from "./tenant-api.ts";

export interface GovernanceRouteOptions {
  /** A `Service` that was opened with `governance`. */
  readonly service: Governed;
  /** The service of a tenant that has one of its own, or why it cannot be served; `service` is governed for all others. */
  readonly serviceOf?: (tenant: string) => Governed | Failed | undefined;
  readonly authenticate: Authenticate;
}

/** Registers `/api/tenants/{t}/decisions…`, `/api/tenants/{t}/policies…` and `POST /api/authorize`. */
export async function governanceRoutes(app: FastifyInstance, options: GovernanceRouteOptions): Promise<void> {
  const { service, authenticate } = options;
  if (service.governance === undefined)
    throw new Error("the service was opened without `governance`, so nothing is to be decided");
  const api = { authenticate, serviceOf: (tenant: string) => options.serviceOf?.(tenant) ?? service };
  await app.register(decisionRoutes, api);
  await app.register(policyRoutes, api);
  await app.register(authorizeRoutes, api);
}
