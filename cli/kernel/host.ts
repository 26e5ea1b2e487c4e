/** The live host: one store, one service on it, one HTTP server; revisions change over while it runs. */
import {
  type Authenticate,
  type AuthorizerEngine,
  apiKeyRoutes,
  buildServer,
  cedarJudge,
  chosenAuthorizer,
  defaultServiceLimits,
  defaultSpecLimits,
  differenceText,
  ensureOperatorKey,
  environmentSecrets,
  type Failed,
  failure,
  governanceRoutes,
  httpSender,
  insecureDevPrincipal,
  Operating,
  type OperatingSettings,
  openStore,
  type Principal,
  reasonNotReady,
  type Secrets,
  SecretsUnset,
  type Service,
  type ServiceOptions,
  type Store,
  StoreUnavailable,
  StrandedEntities,
  type Swapped,
  secretVariable,
  serviceLimits,
  shownStore,
  specRoutes,
  systemClock,
  TelemetryNotInstalled,
  tenantSecrets,
  uuidv7Ids,
  WrongSetting,
  watched,
  webhookRoutes,
} from "@temperc/runtime";
import type { VerifyOptions } from "../../verify/index.ts";
import { type Assignments, chosenLimits } from "../options.ts";
import { defaultPlaneLimits } from "../plane/kernel-plane.ts";
import { openPrograms, type ProgramLimits } from "../plane/programs.ts";
import { type Servable, servableFolder } from "../plane/servable.ts";
import { tenantStore } from "../plane/tenant-store.ts";
import type { Barred } from "../plane/tenants.ts";
import { defaultVerifierLimits } from "../plane/verifier.ts";
import { watchedPrograms } from "../plane/watched.ts";
import { impossible, type Refusal, systemCode, unusable } from "../refusal.ts";
import { unusableStore } from "../store/existing-store.ts";
import { compilePolicies } from "./compile-policies.ts";
import type { Revision } from "./pipeline.ts";

export interface HostOptions {
  /** A file, or the URL of a PostgreSQL. */
  readonly store: string;
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly tenant: string;
  /** Calls from this machine without a credential are this principal. */
  readonly devPrincipal?: Principal;
  readonly limits: Assignments;
  /** The only hosts that webhooks are sent to; every public one where absent. */
  readonly webhookHosts?: readonly string[];
  readonly authorizer: AuthorizerEngine;
  /** Under which specs that are submitted are verified, as the folder was. */
  readonly verify: VerifyOptions;
  readonly allowUnknown: boolean;
  /** True where the folder, too, is a revision that is kept. */
  readonly keepsFolder: boolean;
  /** One compiled decision in this many is compared with Cedar's; none where absent. */
  readonly shadowOneIn?: number;
  readonly operating: Omit<OperatingSettings, "name">;
}

export interface LiveHost {
  readonly kind: "live";
  /** `http://127.0.0.1:3000`, without a slash at its end. */
  readonly url: string;
  /** Present on the first start of a store only. */
  readonly operatorKey?: string;
  /** What is served at first: the folder, or what was deployed since. */
  readonly served: Servable;
  readonly specHash: () => string;
  /** What is served now. */
  readonly live: () => Servable;
  /** Changes over between two messages of each entity; what stranded entities forbid is refused, and what is live stays. */
  readonly swap: (revision: Revision) => Promise<Swapped>;
  /** Ends when every request that has begun is answered. */
  readonly close: () => Promise<void>;
}

/** Of the programs that are submitted, and of how they are verified. */
export const defaultProgramLimits: ProgramLimits = {
  ...defaultPlaneLimits,
  ...defaultVerifierLimits,
  tenantProgramsMax: 100,
  tenantReopenMs: 5_000,
  revisionPollMs: 1_000,
};

/** Every table of limits that a host has. */
export const hostLimits: readonly object[] = [
  defaultProgramLimits,
  defaultSpecLimits,
  ...Object.values(defaultServiceLimits),
];

/** Opens the store, serves the revision on it and listens. What the machine does not allow is a refusal. */
export async function openHost(revision: Revision, options: HostOptions): Promise<LiveHost | Refusal> {
  const operating = await beginOperating(revision, options);
  if ("kind" in operating) return operating;
  const opened = await openedStore(options, operating);
  if (opened.kind === "refused") return opened;
  try {
    const live = await serve(revision, opened.store, options, operating);
    if (live.kind === "refused") await opened.store.close();
    return live;
  } catch (error) {
    await opened.store.close();
    const refusal = whyNot(error, options);
    if (refusal === undefined) throw error;
    return refusal;
  }
}

async function beginOperating(
  { definition }: Revision,
  { operating, limits }: HostOptions,
): Promise<Operating | Refusal> {
  try {
    const settings = { name: definition.name, ...operating, tokenLimits: serviceLimits(limits).tokens };
    return await Operating.begin(settings, process.env);
  } catch (error) {
    if (error instanceof WrongSetting) return unusable(error.message, "docs/operations.md shows every setting");
    if (error instanceof TelemetryNotInstalled) return unusable(error.message, "or unset OTEL_EXPORTER_OTLP_ENDPOINT");
    throw error;
  }
}

type Opened = { readonly kind: "opened"; readonly store: Store } | Refusal;

async function openedStore({ store, limits }: HostOptions, { metrics }: Operating): Promise<Opened> {
  try {
    const onGroupCommit = (size: number): void => metrics.groupCommitted(size);
    return { kind: "opened", store: await openStore(store, { onGroupCommit, limits: serviceLimits(limits).store }) };
  } catch (error) {
    const refusal = unusableStore(error, store, "name another one with --store");
    if (refusal === undefined) throw error;
    return refusal;
  }
}

async function serve(
  revision: Revision,
  store: Store,
  options: HostOptions,
  operating: Operating,
): Promise<LiveHost | Refusal> {
  const { tenant } = options;
  const { telemetry, onInternalError, metrics, logger } = operating;
  const limits = serviceLimits(options.limits);
  const [secrets, secretsOf] = [environmentSecrets(process.env), tenantSecrets(process.env)];
  const programs = await openPrograms(servableFolder(revision), store, {
    ...options,
    isShared: /^postgres(ql)?:/i.test(options.store),
    openTenantStore: (name, place) => openStore(tenantStore(options.store, name), { ...place, limits: limits.store }),
    limits: chosenLimits(defaultProgramLimits, options.limits),
    world: serviceWorld(options, operating, secrets),
    secretsOf,
    onTenantFailed: (_tenant, error) => onInternalError(error),
  });
  if (programs.kind === "refused") return programs;
  const { tenants, plane } = programs;
  const { service } = programs.host;
  operating.watch(watchedPrograms(tenants));
  const serviceOf = (name: string) => refusedAs(tenants.whyBarred(name)) ?? tenants.serviceOf(name);
  metrics.watch({
    ...{ name: "temperc_tenants_barred", help: "Tenants whose programs could not be opened.", labels: [] },
    read: () => [{ values: [], value: tenants.barred }],
  });
  const known = authenticator(operating.authenticator(store), options.devPrincipal);
  const authenticate = watched(service, known, serviceOf);
  const attempted: Service["attempted"] = (principal, attempt) =>
    (tenants.serviceOf(principal.tenant) ?? service).attempted(principal, attempt);
  const app = await buildServer({
    ...{ service, authenticate, logger, metrics, ...(telemetry && { telemetry }) },
    serviceOf,
    ...{ limits: limits.surface, serverLimits: limits.server },
    trustedProxies: operating.settings.trustedProxies,
    openMetrics: operating.settings.openMetrics,
    notReady: () => operating.notReady ?? reasonNotReady(store),
  });
  await app.register(apiKeyRoutes, { store, authenticate, attempted, service, serviceOf });
  await app.register(governanceRoutes, { service, serviceOf, authenticate });
  await app.register(specRoutes, {
    ...{ plane, authenticate },
    limits: chosenLimits(defaultSpecLimits, options.limits),
    attempted,
  });
  await app.register(webhookRoutes, {
    ...{ service, serviceOf, authenticate, tenant, secrets, secretsOf },
    limits: limits.surface,
  });
  const url = await app.listen({ host: options.host, port: options.port });
  const operatorKey = await ensureOperatorKey(store, tenant);
  return {
    kind: "live",
    url,
    ...(operatorKey === undefined ? {} : { operatorKey }),
    served: programs.host.served,
    specHash: () => service.revision,
    live: () => tenants.host.served,
    swap: (next) => tenants.swapHost(servableFolder(next)),
    close: async () => {
      await operating.end(app, limits.server.drainMs);
      await programs.close();
      await store.close();
      await operating.close();
    },
  };
}

/** What every service of the host stands on, but for its store. */
function serviceWorld(
  { authorizer, shadowOneIn, webhookHosts, limits, tenant }: HostOptions,
  { telemetry, onInternalError, settings }: Operating,
  secrets: Secrets,
): Omit<ServiceOptions, "store"> {
  return {
    authorizer: chosenAuthorizer({
      engine: authorizer,
      ...(shadowOneIn !== undefined && { shadowOneIn }),
      onDifference: (difference) => onInternalError(new Error(differenceText(difference))),
    }),
    clock: systemClock,
    ids: uuidv7Ids,
    secrets,
    http: httpSender(webhookHosts === undefined ? {} : { hosts: webhookHosts }),
    limits: serviceLimits(limits).service,
    ...(telemetry && { telemetry }),
    shownParams: settings.shownParams,
    governance: { judge: cedarJudge, tenant, ...(authorizer === "compiled" && { compile: compilePolicies }) },
    onInternalError,
    onPolicyErrors: (action, errors) =>
      onInternalError(new Error(`${action} was denied, because of ${errors.join("; ")}`)),
  };
}

/** What calls of a tenant are answered whose program is not served; undefined where nothing is in its way. */
function refusedAs(barred: Barred | undefined): Failed | undefined {
  if (barred === undefined) return undefined;
  if (barred.kind === "unverified") return failure("NotVerified", `${barred.message}; deploy one that does`);
  const message = "this tenant's program could not be opened: ask the host's operator, or deploy one";
  return failure("StoreUnavailable", message, { retryAfterSeconds: 5 });
}

function authenticator(known: Authenticate, devPrincipal: Principal | undefined): Authenticate {
  return devPrincipal === undefined ? known : insecureDevPrincipal(devPrincipal, known);
}

/** The refusal behind an error of starting; undefined where it is a mistake of ours. */
function whyNot(error: unknown, { host, port, store }: HostOptions): Refusal | undefined {
  if (error instanceof StrandedEntities) {
    const hint = `name another one with --store, or keep a place for them in the spec (now: ${shownStore(store)})`;
    return impossible(`${error.message}`, hint);
  }
  if (error instanceof SecretsUnset) {
    return impossible(error.message, `set ${error.names.map(secretVariable).join(" and ")} in the environment`);
  }
  if (error instanceof StoreUnavailable) {
    return impossible(`cannot use the store ${shownStore(store)}: ${error.message}`, "name another one with --store");
  }
  switch (systemCode(error)) {
    case "EADDRINUSE":
      return impossible(`port ${port} on ${host} is in use`, "end what listens there, or name another with --port");
    case "EACCES":
      return impossible(`port ${port} on ${host} may not be opened (EACCES)`, "name a port above 1023 with --port");
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return impossible(`${host} is no address of this machine`, "name one with --host, such as 127.0.0.1");
  }
  return undefined;
}
