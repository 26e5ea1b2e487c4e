/** An ordinary Fastify app: routes of its own, and the shop's generated service mounted beside them. */
import {
  type Authenticate,
  cedarAuthorizer,
  odataPlugin,
  openLibsqlStore,
  Service,
  systemClock,
  uuidv7Ids,
} from "@temperc/runtime";
import fastify, { type FastifyInstance } from "fastify";
import { whatCouldFollow } from "./basket.js";
import { service as shop } from "./generated/index.js";
import { quoteShipping } from "./shipping.js";

export interface Settings {
  /** The libSQL file of the shop. */
  readonly storePath: string;
  /** The app's own sessions: token to customer. */
  readonly sessions: ReadonlyMap<string, string>;
}

/** What the journal says wrote an event: this app's own release, as it has no `temperc serve` to name a revision. */
const release = "embedded-shop-1";

/** The app, ready to listen; closing it closes the service and its store. */
export async function buildApp(settings: Settings): Promise<FastifyInstance> {
  const store = await openLibsqlStore({ path: settings.storePath });
  const world = { store, authorizer: cedarAuthorizer, clock: systemClock, ids: uuidv7Ids };
  const service = await Service.open(shop, release, world);
  const app = fastify();

  app.get<{ Params: { country: string }; Querystring: { items?: string } }>("/quote/:country", (request) => ({
    price: quoteShipping(request.params.country, Number(request.query.items ?? 1)),
  }));
  app.get<{ Params: { items: string } }>("/basket/:items", (request) => whatCouldFollow(Number(request.params.items)));

  await app.register(odataPlugin, {
    prefix: "/tdata",
    service,
    authenticate: sessionsAsCustomers(settings.sessions),
    functions: { QuoteShipping: ({ Country, Items }) => quoteShipping(String(Country), Number(Items)) },
  });
  app.addHook("onClose", async () => {
    await service.close();
    await store.close();
  });
  return app;
}

/** Whoever has a session of this app is the Cedar principal `Customer` of that id. */
function sessionsAsCustomers(sessions: ReadonlyMap<string, string>): Authenticate {
  return ({ authorization }) => {
    const customer = sessions.get(authorization?.replace(/^Bearer /, "") ?? "");
    if (customer === undefined) return undefined;
    return { kind: "caller", principal: { type: "Customer", id: customer, tenant: "default", roles: [] } };
  };
}
