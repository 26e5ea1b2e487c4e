/** The main of a built service: opens the store, serves, says where, and ends in good order. */
import type { FastifyInstance } from "fastify";
import { cedarJudge } from "./adapters/cedar/judge.ts";
import { chosenAuthorizer, differenceText } from "./adapters/cedar/shadow.ts";
import { httpSender } from "./adapters/http/sender.ts";
import { openStore, shownStore } from "./adapters/open-store.ts";
import { TelemetryNotInstalled } from "./adapters/otel/start.ts";
import { environmentSecrets, secretVariable } from "./adapters/process/secrets.ts";
import { type ProcessSettings, settingsFrom } from "./adapters/process/settings.ts";
import { systemClock, uuidv7Ids } from "./adapters/process/system.ts";
import type { ServiceDefinition } from "./kernel/index.ts";
import { type ServiceLimits, serviceLimits, unknownLimitIn } from "./limits.ts";
import { Operating, WrongSetting } from "./operating.ts";
import type { Store } from "./ports/index.ts";
import { ensureOperatorKey } from "./service/api-keys.ts";
import { watched } from "./service/decisions/governance.ts";
import { apiKeyRoutes } from "./service/http/api-key-routes.ts";
import { governanceRoutes } from "./service/http/governance-routes.ts";
import { buildServer } from "./service/http/server.ts";
import { webhookRoutes } from "./service/http/webhook-routes.ts";
import { reasonNotReady } from "./service/readiness.ts";
import { SecretsUnset } from "./service/secrets.ts";
import { Service } from "./service/service.ts";

interface Running {
  readonly app: FastifyInstance;
  readonly service: Service;
  readonly store: Store;
  readonly operating: Operating;
  readonly limits: ServiceLimits;
}

/**
 * Serves one revision until SIGTERM or SIGINT. Settings: `TEMPERC_STORE` (`./temperc.db`, or `postgres://host/database`), `HOST` (127.0.0.1), `PORT` (3000),
 * `TEMPERC_WEBHOOK_HOSTS` (the only hosts that webhooks are sent to; every public one where it is not set).
 * `TEMPERC_AUTHORIZER` (compiled, or cedar-wasm), `TEMPERC_AUTHORIZER_SHADOW` (one decision in so many is compared with Cedar's).
 * `TEMPERC_JWT_ISSUERS`, `TEMPERC_TRUSTED_PROXIES`, `TEMPERC_LOG_LEVEL`, `TEMPERC_SHOWN_PARAMS`, `TEMPERC_METRICS`, `TEMPERC_LIMITS` and
 * OpenTelemetry's `OTEL_…`: docs/operations.md.
 * Prints the address, and on the first start of a store its operator key. Exit codes: 0 ended by a signal, 1 could not start,
 * 2 a setting is wrong.
 */
export async function runService(definition: ServiceDefinition, revision: string): Promise<void> {
  const settings = settingsFrom(process.env);
  if (typeof settings === "string") return exitWith(2, settings);
  try {
    const running = await start(definition, revision, settings);
    endOnSignal(running);
  } catch (error) {
    exitWith(error instanceof WrongSetting ? 2 : 1, reasonOf(error, settings));
  }
}

async function start(definition: ServiceDefinition, revision: string, settings: ProcessSettings): Promise<Running> {
  const limits = serviceLimits(settings.limits);
  const unknown = unknownLimitIn(settings.limits);
  if (unknown !== undefined) throw new WrongSetting(unknown);
  const operating = await Operating.begin(
    { name: definition.name, ...settings, tokenLimits: limits.tokens },
    process.env,
  );
  const { metrics, logger, telemetry, onInternalError } = operating;
  const onGroupCommit = (size: number): void => metrics.groupCommitted(size);
  const store = await openStore(settings.store, { onGroupCommit, limits: limits.store });
  const secrets = environmentSecrets(process.env);
  try {
    const service = await Service.open(definition, revision, {
      store,
      authorizer: chosenAuthorizer({
        engine: settings.authorizer,
        ...(settings.shadowOneIn !== undefined && { shadowOneIn: settings.shadowOneIn }),
        onDifference: (difference) => console.error(`ALARM ${differenceText(difference)}`),
      }),
      clock: systemClock,
      ids: uuidv7Ids,
      secrets,
      http: httpSender(settings.webhookHosts === undefined ? {} : { hosts: settings.webhookHosts }),
      limits: limits.service,
      ...(telemetry && { telemetry }),
      shownParams: settings.shownParams,
      governance: { judge: cedarJudge },
      onInternalError,
      onPolicyErrors: (action, errors) =>
        onInternalError(new Error(`${action} was denied, because of ${errors.join("; ")}`)),
    });
    operating.watch({ vitals: () => service.vitals, store });
    const authenticate = watched(service, operating.authenticator(store));
    const app = await buildServer({
      ...{ service, authenticate, logger, metrics, ...(telemetry && { telemetry }) },
      ...{ limits: limits.surface, serverLimits: limits.server },
      ...{ trustedProxies: settings.trustedProxies, openMetrics: settings.openMetrics },
      notReady: () => operating.notReady ?? reasonNotReady(store),
    });
    await app.register(apiKeyRoutes, {
      ...{ store, authenticate, service },
      attempted: (principal, attempt) => service.attempted(principal, attempt),
    });
    await app.register(governanceRoutes, { service, authenticate });
    await app.register(webhookRoutes, { service, authenticate, secrets });
    const address = await app.listen({ host: settings.host, port: settings.port });
    const operatorKey = await ensureOperatorKey(store);
    if (operatorKey !== undefined) console.log(`operator key, shown this once: ${operatorKey}`);
    console.log(
      `${definition.name} listens on ${address}/tdata (revision ${revision}, store ${shownStore(settings.store)})`,
    );
    return { app, service, store, operating, limits };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function endOnSignal({ app, service, store, operating, limits: { server } }: Running): void {
  const end = async (): Promise<void> => {
    setTimeout(() => process.exit(1), server.drainMs + server.graceMs).unref();
    await operating.end(app, server.drainMs);
    await service.close();
    await store.close();
    await operating.close();
    process.exit(0);
  };
  process.once("SIGTERM", () => void end());
  process.once("SIGINT", () => void end());
}

function reasonOf(error: unknown, { host, port, store }: ProcessSettings): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") return `port ${port} on ${host} is in use: set PORT to another one`;
  if (code === "EACCES" || code === "EADDRNOTAVAIL") return `cannot listen on ${host}:${port} (${code})`;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof WrongSetting || error instanceof TelemetryNotInstalled) return message;
  if (error instanceof SecretsUnset) return `${message}: set ${error.names.map(secretVariable).join(" and ")}`;
  return `cannot serve from ${shownStore(store)}: ${message}`;
}

/** Ends at once: what was begun before the failure (pollers, telemetry, a listening socket) must not keep the process alive. */
function exitWith(code: number, message: string): void {
  console.error(message);
  process.exit(code);
}
