/** The plugin in somebody else's app: beside its routes, parsers, hooks and error handler, and touching none of them. */
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parcelService } from "../../../test/definitions/parcel.ts";
import { cedarAuthorizer } from "../../adapters/cedar/authorizer.ts";
import { openLibsqlStore } from "../../adapters/libsql/store.ts";
import { systemClock, uuidv7Ids } from "../../adapters/process/system.ts";
import type { Store } from "../../ports/index.ts";
import { Service } from "../service.ts";
import { insecureDevPrincipal } from "./caller.ts";
import { odataPlugin } from "./plugin.ts";

let store: Store;
let service: Service;
let app: FastifyInstance;

const authenticate = insecureDevPrincipal(
  { type: "Customer", id: "alice", tenant: "default", roles: [] },
  () => undefined,
);

beforeEach(async () => {
  store = await openLibsqlStore({ path: ":memory:" });
  const world = { store, authorizer: cedarAuthorizer, clock: systemClock, ids: uuidv7Ids };
  service = await Service.open(parcelService(), "r1", world);
  app = Fastify();
});

afterEach(async () => {
  await app.close();
  await service.close();
  await store.close();
});

const parcel = { Id: "p", Owner: "alice", Tags: [] };

test("the host keeps its routes, its parsers and its error handler", async () => {
  app.setErrorHandler((_error, _request, reply) => reply.code(418).send({ host: "error" }));
  app.addContentTypeParser("text/csv", { parseAs: "string" }, (_request, body, done) => done(null, body));
  app.post("/own", async (request) => ({ body: request.body }));
  app.get("/fails", async () => {
    throw new Error("own");
  });
  app.get("/tdata-not", async () => "own");
  await app.register(odataPlugin, { prefix: "/tdata", service, authenticate });
  const own = (contentType: string, payload: string) =>
    app.inject({ method: "POST", url: "/own", headers: { "content-type": contentType }, payload });
  expect((await own("application/json", '{"a":1}')).json()).toEqual({ body: { a: 1 } });
  expect((await own("text/csv", "a,b")).json()).toEqual({ body: "a,b" });
  expect((await app.inject("/fails")).json()).toEqual({ host: "error" });
  expect((await app.inject("/tdata-not")).body).toBe("own");
  expect((await app.inject("/nothing")).json()).toMatchObject({ statusCode: 404 });
  const csv = { method: "POST", headers: { "content-type": "text/csv" }, payload: "a" } as const;
  expect((await app.inject({ ...csv, url: "/tdata/Parcels" })).json()).toMatchObject({
    error: { code: "UnsupportedMediaType" },
  });
});

test("the host's hooks see the service's replies", async () => {
  app.addHook("onRequest", async (_request, reply) => {
    reply.header("x-host", "was here");
  });
  app.addHook("onSend", async (_request, reply, payload) => {
    reply.header("x-length", String(payload).length);
    return payload;
  });
  await app.register(odataPlugin, { prefix: "/tdata", service, authenticate });
  const reply = await app.inject({ method: "POST", url: "/tdata/Parcels", payload: parcel });
  expect([reply.statusCode, reply.headers["x-host"], reply.headers["x-length"]]).toEqual([
    201,
    "was here",
    String(reply.body.length),
  ]);
});

test("two services live side by side, one of them deeper and under another name to the world", async () => {
  const publicUrl = "https://shop.example/api";
  await app.register(
    async (inner) => inner.register(odataPlugin, { prefix: "/two", service, authenticate, publicUrl }),
    { prefix: "/deep" },
  );
  await app.register(odataPlugin, { prefix: "/one", service, authenticate });
  const made = await app.inject({ method: "POST", url: "/deep/two/Parcels", payload: parcel });
  expect(made.headers.location).toBe("https://shop.example/api/Parcels('p')");
  expect((await app.inject("/one/Parcels('p')")).json()).toMatchObject({
    "@odata.context": "http://localhost:80/one/$metadata#Parcels/$entity",
  });
  expect((await app.inject("/one")).json()["@odata.context"]).toBe("http://localhost:80/one/$metadata");
});

test("the development principal is for this machine only, and for those who show no credential", async () => {
  await app.register(odataPlugin, { prefix: "/tdata", service, authenticate });
  const status = async (remoteAddress: string, headers: Record<string, string> = {}): Promise<number> =>
    (await app.inject({ url: "/tdata", remoteAddress, headers })).statusCode;
  expect(await status("127.0.0.1")).toBe(200);
  expect(await status("::1")).toBe(200);
  expect(await status("::ffff:127.0.0.1")).toBe(200);
  expect(await status("127.0.0.1", { authorization: "Bearer wrong" })).toBe(401);
  expect(await status("127.0.0.1", { origin: "https://evil.example" })).toBe(401);
  expect(await status("10.0.0.1")).toBe(401);
  expect(await status("127.0.0.1.evil.example")).toBe(401);
});
