/** `/healthz`: the process answers. `/readyz`: it can also serve. */
import type { FastifyInstance } from "fastify";

export interface HealthOptions {
  /** Why the service cannot serve now; undefined where it can. Asked at every `/readyz`. */
  readonly notReady?: () => string | undefined | Promise<string | undefined>;
}

/** Registers the two routes that an orchestrator asks; they need no credential and tell no secret. */
export async function healthRoutes(app: FastifyInstance, options: HealthOptions): Promise<void> {
  app.get("/healthz", async () => ({ status: "live" }));
  app.get("/readyz", async (_request, reply) => {
    const reason = await options.notReady?.();
    if (reason === undefined) return { status: "ready" };
    return reply.code(503).header("retry-after", "1").send({ status: "not ready", reason });
  });
}
