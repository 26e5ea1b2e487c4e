/** An ordinary Fastify app: a route of its own, and the shop's generated service mounted beside it. */
import { type Authenticate, odataPlugin } from "@temperc/runtime";
import fastify, { type FastifyInstance } from "fastify";
import { quoteShipping } from "./shipping.js";
import { openShop } from "./shop.js";

export interface Settings {
  readonly storePath: string;
  /** The app's own sessions: token to customer. */
  readonly sessions: ReadonlyMap<string, string>;
}

/** The app, ready to listen; closing it closes the shop. */
export async function buildApp({ storePath, sessions }: Settings): Promise<FastifyInstance> {
  const { service, close } = await openShop(storePath);
  const app = fastify();

  app.get<{ Params: { country: string }; Querystring: { items?: string } }>("/shipping/:country", (request) => ({
    price: quoteShipping(request.params.country, Number(request.query.items ?? 1)),
  }));

  await app.register(odataPlugin, {
    prefix: "/tdata",
    service,
    authenticate: customersOf(sessions),
    functions: { QuoteShipping: ({ Country, Items }) => quoteShipping(String(Country), Number(Items)) },
  });
  app.addHook("onClose", close);
  return app;
}

/** Whoever has a session of this app is the Cedar principal `Customer` of that id. */
function customersOf(sessions: ReadonlyMap<string, string>): Authenticate {
  return ({ authorization = "" }) => {
    const customer = sessions.get(authorization.replace(/^Bearer /, ""));
    if (customer === undefined) return undefined;
    return { kind: "caller", principal: { type: "Customer", id: customer, tenant: "default", roles: [] } };
  };
}
