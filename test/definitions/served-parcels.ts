/** The parcel service behind real HTTP: store in memory, Cedar, API keys; for tests of the surface that clients meet. */
import {
  apiKeyAuthenticator,
  apiKeyRoutes,
  buildServer,
  cedarAuthorizer,
  createApiKey,
  openLibsqlStore,
  type ServerOptions,
  Service,
  type ServiceDefinition,
  systemClock,
  uuidv7Ids,
} from "@temperc/runtime";
import type { FastifyInstance } from "fastify";
import { parcelService } from "./parcel.ts";

export interface ServedParcels {
  readonly app: FastifyInstance;
  readonly service: Service;
  /** Bearer secrets by name: alice and bob are customers, admin is an operator. */
  readonly keys: Readonly<Record<"alice" | "bob" | "admin", string>>;
  readonly close: () => Promise<void>;
}

/** The parcels, with a function that has code and one that has none. */
export function parcelsWithFunctions(): ServiceDefinition {
  const country = { name: "Country", type: "Edm.String", nullable: false } as const;
  const items = { name: "Items", type: "Edm.Int32", nullable: true } as const;
  return {
    ...parcelService(),
    functions: [
      { name: "Quote", parameters: [country, items], returnType: "Edm.Decimal" },
      { name: "Unwritten", parameters: [] },
      { name: "Broken", parameters: [] },
    ],
    metadata: { xml: "<edmx:Edmx/>", json: '{"$Version":"4.01"}' },
  };
}

/** Opens everything, ready for `inject` or `listen`. */
export async function serveParcels(
  options: Partial<Omit<ServerOptions, "service" | "authenticate">> = {},
): Promise<ServedParcels> {
  const store = await openLibsqlStore({ path: ":memory:" });
  const world = { store, authorizer: cedarAuthorizer, clock: systemClock, ids: uuidv7Ids };
  const service = await Service.open(parcelsWithFunctions(), "revision-1", world);
  const authenticate = apiKeyAuthenticator(store);
  const functions = {
    Quote: ({ Country, Items }: Readonly<Record<string, unknown>>) => (Country === "DE" ? 4.5 : 9) + Number(Items ?? 0),
    Broken: () => {
      throw new Error("the secret of the broken function");
    },
  };
  const app = await buildServer({ service, authenticate, functions, ...options });
  await app.register(apiKeyRoutes, { store, authenticate });
  const key = async (principalType: string, principalId: string, kind: "caller" | "operator"): Promise<string> =>
    (await createApiKey(store, { tenant: "default", principalType, principalId, roles: [], kind })).secret;
  const keys = {
    alice: await key("Customer", "alice", "caller"),
    bob: await key("Customer", "bob", "caller"),
    admin: await key("Admin", "root", "operator"),
  };
  const close = async (): Promise<void> => {
    await app.close();
    await service.close();
    await store.close();
  };
  return { app, service, keys, close };
}
