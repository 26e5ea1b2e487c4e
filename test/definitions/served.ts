/** A service behind real HTTP: store in memory, Cedar, API keys; for tests of the surface that clients meet. */
import {
  type Authenticate,
  apiKeyAuthenticator,
  apiKeyRoutes,
  buildServer,
  cedarAuthorizer,
  createApiKey,
  defaultTenant,
  type HttpSender,
  openLibsqlStore,
  type ServerOptions,
  Service,
  type ServiceDefinition,
  type Store,
  systemClock,
  uuidv7Ids,
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
  readonly scopes?: readonly string[];
}

export type ServedOptions = Partial<Omit<ServerOptions, "service" | "authenticate">> & {
  /** One of libSQL in memory where absent. */
  readonly store?: Store;
  /** Other ways to be known than an API key. */
  readonly known?: (byKey: Authenticate) => Authenticate;
  readonly shownParams?: readonly string[];
  readonly http?: HttpSender;
};

/** Opens everything, ready for `inject` or `listen`. */
export async function serveDefinition(definition: ServiceDefinition, given: ServedOptions = {}): Promise<Served> {
  const { store = await openLibsqlStore({ path: ":memory:" }), known, shownParams = [], http, ...options } = given;
  const secrets = (name: string): string => `the secret ${name}`;
  const { metrics } = options;
  const telemetry = options.telemetry ?? metrics?.telemetry;
  const told = { shownParams, ...(telemetry && { telemetry }), ...(http && { http }) };
  const world = { store, authorizer: cedarAuthorizer, clock: systemClock, ids: uuidv7Ids, secrets, ...told };
  const service = await Service.open(definition, "revision-1", world);
  const stopWatching = metrics?.watchService({ vitals: () => service.vitals, store });
  const byKey = apiKeyAuthenticator(store);
  const authenticate = known === undefined ? byKey : known(byKey);
  const app = await buildServer({ service, authenticate, ...options });
  await app.register(apiKeyRoutes, { store, authenticate });
  await app.register(webhookRoutes, { service, authenticate, secrets });
  const key = async ({ type, id, roles = [], kind = "caller", scopes = [] }: Grant): Promise<string> => {
    const grant = { tenant: defaultTenant, principalType: type, principalId: id, roles, kind, scopes };
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
