/** Singletons and media, from the CSDL to what clients meet. */
import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { emit } from "../compiler/index.ts";
import { type Served, serveDefinition } from "./definitions/served.ts";
import { kinds } from "./definitions/stores.ts";
import { goldenProgram, loadService, templates } from "./emission/load.ts";

const definition = await loadService(emit(goldenProgram("gallery"), templates));

type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 255, 10]);
const pngHash = createHash("sha256").update(png).digest("base64url");

interface Bytes {
  readonly bytes?: Buffer;
  readonly type?: string;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

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

  async function send(
    method: Method,
    path: string,
    { bytes = png, type = "image/png", key = agent, headers = {} }: Bytes = {},
  ) {
    const reply = await served.app.inject({
      method,
      url: `/tdata/${path}`,
      headers: { authorization: `Bearer ${key}`, "content-type": type, ...headers },
      payload: bytes,
    });
    return { status: reply.statusCode, headers: reply.headers, text: reply.body };
  }

  async function fetched(path: string, headers: Readonly<Record<string, string>> = {}, key = agent) {
    const url = `/tdata/${path}`;
    const reply = await served.app.inject({
      method: "GET",
      url,
      headers: { authorization: `Bearer ${key}`, ...headers },
    });
    return { status: reply.statusCode, headers: reply.headers, bytes: reply.rawPayload };
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
      { name: "Works", kind: "EntitySet", url: "Works" },
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

  test("a medium sent to a set makes its entity, and says what it is", async () => {
    const made = await send("POST", "Works");
    expect(made.status, made.text).toBe(201);
    const work = JSON.parse(made.text);
    expect(work).toMatchObject({
      "@odata.mediaContentType": "image/png",
      "@odata.mediaEtag": `"${pngHash}"`,
      "@odata.mediaReadLink": `Works('${work.Id}')/$value`,
      "@odata.mediaEditLink": `Works('${work.Id}')/$value`,
      "Thumbnail@odata.mediaReadLink": `Works('${work.Id}')/Thumbnail`,
      Title: null,
      Status: "Stored",
    });
    expect(work).not.toHaveProperty("Thumbnail@odata.mediaEtag");
    expect(made.headers.location).toBe(`http://localhost:80/tdata/Works('${work.Id}')`);
    const read = await fetched(`Works('${work.Id}')/$value`);
    expect(read).toMatchObject({ status: 200, headers: { "content-type": "image/png", etag: `"${pngHash}"` } });
    expect(read.bytes).toEqual(png);
    await done("PATCH", `Works('${work.Id}')`, { Title: "Blue", "@odata.mediaContentType": "image/png" });
    expect((await ask("GET", `Works('${work.Id}')`)).body).toMatchObject({
      Title: "Blue",
      "@odata.mediaEtag": `"${pngHash}"`,
    });
  });

  test("where nothing stands there is nothing, until something is put there, and after it is taken away", async () => {
    await done("POST", "Works", { Id: "w" });
    expect((await fetched("Works('w')/$value")).status).toBe(204);
    expect((await fetched("Works('w')/Thumbnail")).status).toBe(204);
    const put = await send("PUT", "Works('w')/Thumbnail");
    expect(put).toMatchObject({ status: 204, headers: { etag: `"${pngHash}"` } });
    expect((await fetched("Works('w')/Thumbnail")).bytes).toEqual(png);
    expect((await fetched("Works/w/Thumbnail")).bytes).toEqual(png);
    await done("PUT", "Works('w')", { Title: "Red" });
    expect((await fetched("Works('w')/Thumbnail")).bytes).toEqual(png);
    expect((await ask("DELETE", "Works('w')/Thumbnail")).status).toBe(204);
    expect((await fetched("Works('w')/Thumbnail")).status).toBe(204);
    await send("PUT", "Works('w')/Certificate", { type: "application/json", bytes: Buffer.from("{]") });
    expect((await fetched("Works('w')/Certificate")).bytes.toString()).toBe("{]");
    expect((await ask("DELETE", "Works('w')/Certificate")).status).toBe(400);
    expect((await send("PUT", "Works('none')/Thumbnail")).status).toBe(404);
  });

  test("the entity tag of a medium is of its bytes alone", async () => {
    await done("POST", "Works", { Id: "w" });
    const first = String((await send("PUT", "Works('w')/$value")).headers.etag);
    await done("PATCH", "Works('w')", { Title: "Blue" });
    expect((await fetched("Works('w')/$value", { "if-none-match": first })).status).toBe(304);
    const other = { bytes: Buffer.from("other") };
    expect((await send("PUT", "Works('w')/$value", { ...other, headers: { "if-match": '"no"' } })).status).toBe(412);
    expect((await send("PUT", "Works('w')/$value", { ...other, headers: { "if-none-match": "*" } })).status).toBe(412);
    expect((await send("PUT", "Works('w')/$value", { ...other, headers: { "if-match": first } })).status).toBe(204);
    expect((await fetched("Works('w')/$value", { "if-match": first })).status).toBe(412);
    expect((await ask("DELETE", "Works('w')/$value", { headers: { "if-match": first } })).status).toBe(412);
    expect((await ask("DELETE", "Works('w')/$value", { headers: { "if-match": "*" } })).status).toBe(204);
    expect((await ask("GET", "Works('w')")).status).toBe(404);
    await done("POST", "Works", { Id: "w" });
    expect((await fetched("Works('w')/$value")).status).toBe(204);
  });

  test("media have limits, and types, and go nowhere else", async () => {
    await done("POST", "Works", { Id: "w" });
    const long = await send("PUT", "Works('w')/Thumbnail", { bytes: Buffer.alloc(4097) });
    expect(JSON.parse(long.text).error).toMatchObject({ code: "PayloadTooLarge", target: "Thumbnail" });
    const huge = await send("PUT", "Works('w')/$value", { bytes: Buffer.alloc(8_388_609) });
    expect(huge.status).toBe(413);
    expect(JSON.parse(huge.text).error.message).toContain("mediaBytesMax");
    expect((await send("PUT", "Works('w')/$value", { bytes: Buffer.alloc(8_388_608) })).status).toBe(204);
    expect((await send("PUT", "Works('w')/$value", { type: "nonsense" })).status).toBe(415);
    for (const path of ["People", "Works('w')", "Works('w')/Title", "Front/Open"])
      expect((await send("POST", path)).status, path).toBe(415);
    expect((await fetched("Works('w')/$value", { accept: "text/html" })).status).toBe(406);
    expect((await ask("PATCH", "Works('w')", { body: { Thumbnail: "x" } })).status).toBe(400);
    expect((await ask("GET", "Works?$filter=Thumbnail ne null")).status).toBe(400);
    expect((await ask("GET", "Works?$select=Thumbnail")).body.value[0]).toHaveProperty("Thumbnail@odata.mediaEditLink");
    expect((await ask("GET", "Works?$select=Title")).body.value[0]).not.toHaveProperty("Thumbnail@odata.mediaEditLink");
  });

  test("media are read and written under the policies of their entity", async () => {
    const customer = await served.key({ type: "Customer", id: "cleo" });
    const { Id: id } = JSON.parse((await send("POST", "Works")).text);
    expect((await fetched(`Works('${id}')/$value`, {}, customer)).status).toBe(404);
    await done("POST", `Works('${id}')/Show`);
    expect((await fetched(`Works('${id}')/$value`, {}, customer)).bytes).toEqual(png);
    expect((await send("PUT", `Works('${id}')/$value`, { key: customer })).status).toBe(403);
    expect((await send("POST", "Works", { key: customer })).status).toBe(403);
    expect((await ask("DELETE", `Works('${id}')/$value`, { key: customer })).status).toBe(403);
  });

  test("the journal says what was put where, and not the bytes", async () => {
    await done("POST", "Works", { Id: "w" });
    await send("PUT", "Works('w')/Thumbnail", { headers: { "idempotency-key": "k" } });
    await send("PUT", "Works('w')/Thumbnail", { headers: { "idempotency-key": "k" } });
    await ask("DELETE", "Works('w')/Thumbnail");
    const principal = { type: "Agent", id: "ann", tenant: "default", roles: [] };
    const context = { principal, tenant: "default", correlationId: "c" };
    const page = await served.service.events(context, { entityType: "Work" }).next("0", 10);
    expect(page.kind === "events" && page.events.map(({ event }) => [event.kind, event.delta.Thumbnail])).toEqual([
      ["created", null],
      ["patched", `${pngHash};7;image/png`],
      ["patched", null],
    ]);
  });

  test("media go through batches, and to where a navigation property leads", async () => {
    await done("POST", "People", { Id: "kim", Name: "Kim" });
    expect((await send("POST", "People('kim')/Works")).status).toBe(201);
    const works = (await ask("GET", "People('kim')?$expand=Works")).body.Works;
    expect(works).toMatchObject([{ PainterId: "kim", "@odata.mediaContentType": "image/png" }]);
    const url = `Works('${works[0].Id}')/Thumbnail`;
    const headers = { "content-type": "image/png" };
    const requests = [
      { id: "1", method: "PUT", url, headers, body: png.toString("base64url") },
      { id: "2", method: "GET", url },
    ];
    expect((await ask("POST", "$batch", { body: { requests } })).body.responses).toMatchObject([
      { id: "1", status: 204 },
      { id: "2", status: 200, headers: { "content-type": "image/png" }, body: png.toString("base64url") },
    ]);
    const group = requests.slice(0, 1).map((request) => ({ ...request, atomicityGroup: "g" }));
    expect((await ask("POST", "$batch", { body: { requests: group } })).body.responses).toMatchObject([
      { status: 204 },
    ]);
  });
});

test("a medium whose length nobody has said is cut off at the limit", async () => {
  const served = await serveDefinition(definition, { limits: { mediaBytesMax: 100_000 } });
  try {
    const key = await served.key({ type: "Agent", id: "ann" });
    const root = await served.app.listen({ port: 0 });
    const post = (chunks: number) =>
      fetch(`${root}/tdata/Works`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "image/png" },
        body: ReadableStream.from(Array.from({ length: chunks }, () => new Uint8Array(10_000))),
        duplex: "half",
      });
    expect((await post(10)).status).toBe(201);
    const refused = await post(11);
    expect([refused.status, await refused.text()]).toEqual([413, expect.stringContaining("mediaBytesMax")]);
  } finally {
    await served.close();
  }
});

test("media in requests under way have so much room together, and give it back", async () => {
  const served = await serveDefinition(definition, { limits: { mediaHeldBytesMax: 50_000 } });
  try {
    const key = await served.key({ type: "Agent", id: "ann" });
    const root = await served.app.listen({ port: 0 });
    const headers = { authorization: `Bearer ${key}`, "content-type": "image/png" };
    const body = new Uint8Array(60_000);
    const slow = new TransformStream<Uint8Array, Uint8Array>();
    const writer = slow.writable.getWriter();
    const waiting = fetch(`${root}/tdata/Works`, { method: "POST", headers, body: slow.readable, duplex: "half" });
    await writer.write(body.subarray(0, 40_000));
    const status = async () =>
      (await fetch(`${root}/tdata/Works`, { method: "POST", headers, body: body.subarray(0, 20_000) })).status;
    await vi.waitUntil(async () => (await status()) === 503);
    await writer.close();
    expect((await waiting).status).toBe(201);
    await vi.waitUntil(async () => (await status()) === 201);
    const refused = await fetch(`${root}/tdata/Works`, { method: "POST", headers, body });
    expect([refused.status, refused.headers.get("retry-after"), await refused.text()]).toEqual([
      503,
      "1",
      expect.stringContaining("mediaHeldBytesMax"),
    ]);
  } finally {
    await served.close();
  }
});
