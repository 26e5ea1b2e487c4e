/** Singletons, from the CSDL to what clients meet. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { emit } from "../compiler/index.ts";
import { type Served, serveDefinition } from "./definitions/served.ts";
import { kinds } from "./definitions/stores.ts";
import { goldenProgram, loadService, templates } from "./emission/load.ts";

const definition = await loadService(emit(goldenProgram("gallery"), templates));

type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

interface Sent {
  readonly body?: object;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

describe.each(kinds)("on $name", ({ open }) => {
  let served: Served;
  let agent = "";

  beforeEach(async () => {
    served = await serveDefinition(definition, { store: await open() });
    agent = await served.key({ type: "Agent", id: "ann" });
  });

  afterEach(() => served.close());

  async function ask(method: Method, path: string, { body, key = agent, headers }: Sent = {}) {
    const reply = await served.app.inject({
      method,
      url: `/tdata/${path}`,
      headers: { authorization: `Bearer ${key}`, ...headers },
      ...(body && { payload: body }),
    });
    const { statusCode: status, body: text, headers: got } = reply;
    return { status, headers: got, body: text === "" ? undefined : JSON.parse(text) };
  }

  async function done(method: Method, path: string, body: object = {}) {
    const reply = await ask(method, path, { body });
    expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(300);
    return reply.body;
  }

  test("a singleton is there from the start, in its initial status, and is listed", async () => {
    expect((await ask("GET", "Front")).body).toEqual({
      "@odata.context": "http://localhost:80/tdata/$metadata#Front",
      "@odata.etag": 'W/"1"',
      Notice: null,
      KeeperId: null,
      Status: "Closed",
      visitors: 0,
    });
    expect((await ask("GET", "")).body.value).toEqual([
      { name: "People", kind: "EntitySet", url: "People" },
      { name: "Front", kind: "Singleton", url: "Front" },
      { name: "Director", kind: "Singleton", url: "Director" },
    ]);
    expect((await ask("GET", "Front('Front')")).status).toBe(404);
    expect((await ask("GET", "Gates")).status).toBe(404);
  });

  test("who asks first makes no difference to what is journaled", async () => {
    await done("POST", "Front/Open");
    const events = await served.service.events(
      { principal: { type: "Agent", id: "ann", tenant: "default", roles: [] }, tenant: "default", correlationId: "c" },
      { entityType: "Gate" },
    );
    const page = await events.next("0", 10);
    expect(page).toMatchObject({
      events: [
        { event: { kind: "created", entityId: "Front", sequence: 1, principal: 'System::"singleton"', to: "Closed" } },
        { event: { action: "Open", entityId: "Front", sequence: 2, principal: 'Agent::"ann"', to: "Open" } },
      ],
    });
  });

  test("actions, PATCH and PUT work on it, under its entity tag", async () => {
    expect(await done("POST", "Front/Gallery.Open")).toMatchObject({ Status: "Open" });
    expect((await ask("POST", "Front/Open")).body.error.code).toBe("ActionNotAllowed");
    await done("POST", "Front/Admit");
    const { headers } = await ask("PATCH", "Front", { body: { Notice: "Mind the step" } });
    expect((await ask("PATCH", "Front", { body: { Notice: "x" }, headers: { "if-match": 'W/"2"' } })).status).toBe(412);
    const etag = String(headers.etag);
    expect((await ask("GET", "Front", { headers: { "if-none-match": etag } })).status).toBe(304);
    await done("PUT", "Front", { KeeperId: "kim" });
    expect((await ask("GET", "Front?$select=Notice,visitors")).body).toMatchObject({ Notice: null, visitors: 1 });
    expect((await ask("GET", "Front/visitors/$value")).body).toBe(1);
    expect((await ask("PATCH", "Front", { body: { Status: "Closed" } })).status).toBe(400);
  });

  test("what must be there is not deleted; what may be absent is none until it is put there", async () => {
    const gone = await ask("DELETE", "Front");
    expect(gone).toMatchObject({ status: 405, headers: { allow: "GET, HEAD, PATCH, PUT" } });
    expect(await ask("GET", "Director")).toMatchObject({ status: 204, body: undefined });
    expect((await ask("PATCH", "Director", { body: { Name: "Dee" } })).status).toBe(404);
    const made = await ask("PUT", "Director", { body: { Name: "Dee" } });
    expect(made).toMatchObject({ status: 201, headers: { location: "http://localhost:80/tdata/Director" } });
    expect((await ask("GET", "Director")).body).toMatchObject({ Id: "Director", Name: "Dee" });
    expect((await ask("GET", "People('Director')")).body).toMatchObject({ Name: "Dee" });
    await done("DELETE", "Director");
    expect((await ask("GET", "Director")).status).toBe(204);
  });

  test("navigation and references lead from it and to it", async () => {
    await done("POST", "People", { Id: "kim", Name: "Kim" });
    expect((await ask("GET", "Front/Keeper")).status).toBe(204);
    await done("PUT", "Front/Keeper/$ref", { "@odata.id": "People('kim')" });
    expect((await ask("GET", "Front/Keeper/Name")).body).toMatchObject({ value: "Kim" });
    expect((await ask("GET", "Front?$expand=Keeper")).body).toMatchObject({
      "@odata.context": "http://localhost:80/tdata/$metadata#Front(Keeper())",
      Keeper: { Id: "kim" },
    });
    await done("PUT", "Director", { Name: "Dee" });
    await done("PATCH", "Front", { "Keeper@odata.bind": "Director" });
    expect((await ask("GET", "Front")).body).toMatchObject({ KeeperId: "Director" });
    expect((await ask("GET", "$entity?$id=Front")).body).toMatchObject({ KeeperId: "Director" });
  });

  test("policies say who may, as for any entity", async () => {
    const customer = await served.key({ type: "Customer", id: "cleo" });
    expect((await ask("GET", "Front", { key: customer })).status).toBe(404);
    expect((await ask("POST", "Front/Open", { key: customer })).status).toBe(403);
    await done("POST", "Front/Open");
    expect((await ask("GET", "Front", { key: customer })).body).toMatchObject({ Status: "Open" });
    expect((await ask("PATCH", "Front", { key: customer, body: { Notice: "x" } })).status).toBe(403);
  });

  test("each tenant has its own, also in a batch, and it stays as it is under another revision", async () => {
    const other = await served.key({ type: "Agent", id: "bo", tenant: "other" });
    const request = { id: "1", atomicityGroup: "g", method: "POST", url: "Front/Open" };
    const batch = await ask("POST", "$batch", { body: { requests: [request] } });
    expect(batch.body.responses).toMatchObject([{ status: 200, body: { Status: "Open" } }]);
    const theirs = await ask("GET", "Front", { key: other, headers: { "x-tenant-id": "other" } });
    expect(theirs.body).toMatchObject({ Status: "Closed" });
    await served.service.swap(definition, "revision-2");
    expect((await ask("GET", "Front")).body).toMatchObject({ Status: "Open" });
  });
});
