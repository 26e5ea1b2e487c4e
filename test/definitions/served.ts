/** A service behind real HTTP: store in memory, Cedar, API keys; for tests of the surface that clients meet. */
import {
  type Authenticate,
  apiKeyAuthenticator,
  apiKeyRoutes,
  buildServer,
  type Clock,
  cedarAuthorizer,
  cedarJudge,
  createApiKey,
  defaultTenant,
  governanceRoutes,
  type HttpSender,
  type Limits,
  openLibsqlStore,
  type PolicyCompiler,
  type ServerOptions,
  Service,
  type ServiceDefinition,
  type Store,
  systemClock,
  uuidv7Ids,
  watched,
  webhookRoutes,
} from "@temperc/runtime";
import type { FastifyInstance } from "fastify";

export interface Served {
  readonly app: FastifyInstance;
  readonly service: Service;
  /** The secret of a new key of the default tenant. */
  readonly key: (grant: Grant) => Promise<string>;
  readonly close: () => Promise<void>;
}

export interface Grant {
  readonly type: string;
  readonly id: string;
  readonly roles?: readonly string[];
  readonly kind?: "caller" | "operator";
  readonly tenant?: string;
  readonly scopes?: readonly string[];
}

export type ServedOptions = Partial<Omit<ServerOptions, "service" | "authenticate">> & {
  /** One of libSQL in memory where absent. */
  readonly store?: Store;
  /** Other ways to be known than an API key. */
  readonly known?: (byKey: Authenticate) => Authenticate;
  readonly shownParams?: readonly string[];
  readonly http?: HttpSender;
  readonly clock?: Clock;
  readonly serviceLimits?: Partial<Limits>;
  /** Compiles policies that are added; Cedar itself judges by them where it is absent. */
  readonly compilePolicies?: PolicyCompiler;
};

/** Opens everything, ready for `inject` or `listen`. */
export async function serveDefinition(definition: ServiceDefinition, given: ServedOptions = {}): Promise<Served> {
  const { store = await openLibsqlStore({ path: ":memory:" }), clock = systemClock, ...rest } = given;
  const { compilePolicies: compile, serviceLimits: limits = {}, known, shownParams = [], http, ...options } = rest;
  const secrets = (name: string): string => `the secret ${name}`;
  const { metrics } = options;
  const telemetry = options.telemetry ?? metrics?.telemetry;
  const told = { shownParams, ...(telemetry && { telemetry }), ...(http && { http }) };
  const governance = { judge: cedarJudge, ...(compile && { compile }) };
  const world = { store, authorizer: cedarAuthorizer, clock, ids: uuidv7Ids, secrets, governance, limits, ...told };
  const service = await Service.open(definition, "revision-1", world);
  const stopWatching = metrics?.watchService({ vitals: () => service.vitals, store });
  const byKey = apiKeyAuthenticator(store);
  const authenticate = watched(service, known === undefined ? byKey : known(byKey));
  const app = await buildServer({ service, authenticate, ...options });
  await app.register(apiKeyRoutes, {
    ...{ store, authenticate, service },
    attempted: (principal, attempt) => service.attempted(principal, attempt),
  });
  await app.register(governanceRoutes, { service, authenticate });
  await app.register(webhookRoutes, { service, authenticate, secrets });
  const key = async ({
    type,
    id,
    roles = [],
    kind = "caller",
    scopes = [],
    tenant = defaultTenant,
  }: Grant): Promise<string> => {
    const grant = { tenant, principalType: type, principalId: id, roles, kind, scopes };
    return (await createApiKey(store, grant)).secret;
  };
  const close = async (): Promise<void> => {
    await app.close();
    await service.close();
    await store.close();
    stopWatching?.();
  };
  return { app, service, key, close };
}
