/** The live host: one store, one service on it, one HTTP server; revisions change over while it runs. */
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import {
  type Authenticate,
  type AuthorizerEngine,
  apiKeyAuthenticator,
  apiKeyRoutes,
  buildServer,
  chosenAuthorizer,
  defaultLimits,
  defaultODataLimits,
  defaultServerLimits,
  differenceText,
  ensureOperatorKey,
  environmentSecrets,
  httpSender,
  insecureDevPrincipal,
  NewerSchema,
  openLibsqlStore,
  type Principal,
  reasonNotReady,
  Service,
  type ServiceOptions,
  type Store,
  StoreUnavailable,
  StrandedEntities,
  type Swapped,
  systemClock,
  uuidv7Ids,
  webhookRoutes,
} from "@temperc/runtime";
import { type Assignments, chosenLimits } from "../options.ts";
import { impossible, type Refusal, reasonOf, systemCode } from "../refusal.ts";
import type { Revision } from "./pipeline.ts";

export interface HostOptions {
  readonly storePath: string;
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
  /** One compiled decision in this many is compared with Cedar's; none where absent. */
  readonly shadowOneIn?: number;
  /** Told of what a caller saw as `InternalError` only. */
  readonly onInternalError: (error: unknown) => void;
}

export interface LiveHost {
  readonly kind: "live";
  /** `http://127.0.0.1:3000`, without a slash at its end. */
  readonly url: string;
  /** Present on the first start of a store only. */
  readonly operatorKey?: string;
  readonly specHash: () => string;
  /** Changes over between two messages of each entity; what stranded entities forbid is refused, and what is live stays. */
  readonly swap: (revision: Revision) => Promise<Swapped>;
  /** Ends when every request that has begun is answered. */
  readonly close: () => Promise<void>;
}

/** How large the database may become. */
export const defaultStoreLimits = { storeBytesMax: Number.POSITIVE_INFINITY };

/** Every table of limits that a host has. */
export const hostLimits: readonly object[] = [
  defaultStoreLimits,
  defaultLimits,
  defaultODataLimits,
  defaultServerLimits,
];

/** Opens the store, serves the revision on it and listens. What the machine does not allow is a refusal. */
export async function openHost(revision: Revision, options: HostOptions): Promise<LiveHost | Refusal> {
  const opened = await openStore(options);
  if (opened.kind === "refused") return opened;
  try {
    return await serve(revision, opened.store, options);
  } catch (error) {
    await opened.store.close();
    const refusal = whyNot(error, options);
    if (refusal === undefined) throw error;
    return refusal;
  }
}

type Opened = { readonly kind: "opened"; readonly store: Store } | Refusal;

async function openStore({ storePath, limits }: HostOptions): Promise<Opened> {
  const { storeBytesMax } = chosenLimits(defaultStoreLimits, limits);
  try {
    await mkdir(dirname(storePath), { recursive: true });
    const bounded = Number.isFinite(storeBytesMax) ? { sizeMaxBytes: storeBytesMax } : {};
    return { kind: "opened", store: await openLibsqlStore({ path: storePath, ...bounded }) };
  } catch (error) {
    const known = error instanceof StoreUnavailable || error instanceof NewerSchema || systemCode(error) !== "";
    if (!known) throw error;
    return impossible(`cannot use the store ${storePath}: ${reasonOf(error)}`, "name another file with --store");
  }
}

async function serve(revision: Revision, store: Store, options: HostOptions): Promise<LiveHost> {
  const { limits, onInternalError, tenant } = options;
  const secrets = environmentSecrets(process.env);
  const world: ServiceOptions = {
    store,
    authorizer: chosenAuthorizer({
      engine: options.authorizer,
      ...(options.shadowOneIn !== undefined && { shadowOneIn: options.shadowOneIn }),
      onDifference: (difference) => onInternalError(new Error(differenceText(difference))),
    }),
    clock: systemClock,
    ids: uuidv7Ids,
    secrets,
    http: httpSender(options.webhookHosts === undefined ? {} : { hosts: options.webhookHosts }),
    limits: chosenLimits(defaultLimits, limits),
    onInternalError,
  };
  const service = await Service.open(revision.definition, revision.specHash, world);
  const authenticate = authenticator(store, options.devPrincipal);
  const app = await buildServer({
    service,
    authenticate,
    limits: chosenLimits(defaultODataLimits, limits),
    serverLimits: chosenLimits(defaultServerLimits, limits),
    notReady: () => reasonNotReady(store),
  });
  await app.register(apiKeyRoutes, { store, authenticate });
  await app.register(webhookRoutes, {
    service,
    authenticate,
    secrets,
    limits: chosenLimits(defaultODataLimits, limits),
  });
  const url = await app.listen({ host: options.host, port: options.port });
  const operatorKey = await ensureOperatorKey(store, tenant);
  return {
    kind: "live",
    url,
    ...(operatorKey === undefined ? {} : { operatorKey }),
    specHash: () => service.revision,
    swap: ({ definition, specHash }) => service.swap(definition, specHash),
    close: async () => {
      await app.close();
      await service.close();
      await store.close();
    },
  };
}

function authenticator(store: Store, devPrincipal: Principal | undefined): Authenticate {
  const byKey = apiKeyAuthenticator(store);
  return devPrincipal === undefined ? byKey : insecureDevPrincipal(devPrincipal, byKey);
}

/** The refusal behind an error of starting; undefined where it is a mistake of ours. */
function whyNot(error: unknown, { host, port, storePath }: HostOptions): Refusal | undefined {
  if (error instanceof StrandedEntities) {
    const hint = `name another file with --store, or keep a place for them in the spec (now: ${storePath})`;
    return impossible(`${error.message}`, hint);
  }
  if (error instanceof StoreUnavailable) {
    return impossible(`cannot use the store ${storePath}: ${error.message}`, "name another file with --store");
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
