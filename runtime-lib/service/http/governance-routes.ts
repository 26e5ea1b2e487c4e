/** The routes by which people govern a running service: decisions, policies, and the question what a caller may do. */
import type { FastifyInstance } from "fastify";
import type { Authenticate } from "../call.ts";
import type { Governance } from "../decisions/governance.ts";
import type { Preflight } from "../preflight.ts";
import { authorizeRoutes } from "./authorize-routes.ts";
import { decisionRoutes } from "./decision-routes.ts";
import { policyRoutes } from "./policy-routes.ts";

export interface GovernanceRouteOptions {
  /** A `Service` that was opened with `governance`. */
  readonly service: { readonly governance: Governance | undefined; readonly preflight: Preflight };
  readonly authenticate: Authenticate;
}

/** Registers `/api/tenants/{t}/decisions…`, `/api/tenants/{t}/policies…` and `POST /api/authorize`. */
export async function governanceRoutes(app: FastifyInstance, options: GovernanceRouteOptions): Promise<void> {
  const { service, authenticate } = options;
  const { governance } = service;
  if (governance === undefined)
    throw new Error("the service was opened without `governance`, so nothing is to be decided");
  const api = { governance, authenticate };
  await app.register(decisionRoutes, api);
  await app.register(policyRoutes, api);
  await app.register(authorizeRoutes, { ...api, preflight: (...asked) => service.preflight(...asked) });
}
