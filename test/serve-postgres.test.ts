/** `temperc serve` on PostgreSQL: specs and entities outlive a kill, and a damaged history stops one entity, until it is repaired. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, values } from "./live/client.ts";
import { asked, freshPostgres } from "./live/postgres/server.ts";
import { freshFolder, root, type Server, startServer, temperc } from "./live/temperc.ts";

const folder = freshFolder();
const specs = join(folder.path, "documents");
const file = "readers-writers.ioa.toml";
const isLong = process.env.TEMPERC_LONG === "1";
const few = ["cases=1", "seeds=1", "steps=40"].flatMap((limit) => ["--limit", limit]);
const permits = "permit(principal, action, resource);\n";

let store = "";
let server: Server;
let operator = "";
let acme = "";

beforeAll(async () => {
  cpSync(join(root, "examples/readers-writers"), specs, { recursive: true });
  writeFileSync(join(specs, "all.cedar"), permits);
  store = await freshPostgres();
  server = await startServer(["serve", "--specs-dir", specs, "--store", store, ...few]);
  operator = server.ready.operatorKey ?? "";
  const made = await temperc(["keys", "create", 'Admin::"acme"', "--operator", "--tenant", "acme", "--store", store]);
  acme = made.out.trim();
});

afterAll(async () => {
  expect(await server.end()).toBe(0);
  folder.remove();
});

const ask = (request: string, key = operator, body?: unknown) =>
  call(server.ready.url, request, { key, ...(body !== undefined && { body }) });

async function document(Id: string, key = operator): Promise<void> {
  const { status, text } = await ask("POST /tdata/Documents", key, { Id });
  expect(status, text).toBe(201);
}

const ids = async () => values(await ask("GET /tdata/Documents")).map(({ Id }) => Id);

test("specs that were submitted and entities that were acted on are there after a kill", async () => {
  const read = readFileSync(join(specs, file), "utf8").replace("readers < 5", "readers < 2");
  const submitted = await ask("POST /api/tenants/acme/specs", acme, { files: { [file]: read, "all.cedar": permits } });
  expect(submitted.status, submitted.text).toBe(200);
  await document("a-1", acme);
  for (const id of ["d-1", "d-2"]) await document(id);
  expect((await ask("POST /tdata/Documents('d-1')/StartReading", operator, {})).body).toMatchObject({ readers: 1 });

  await server.end("SIGKILL");
  server = await startServer(["serve", "--specs-dir", specs, "--store", store, ...few]);
  expect(server.ready.operatorKey).toBeUndefined();
  expect(values(await ask("GET /tdata/Documents?$filter=readers eq 1"))).toMatchObject([{ Id: "d-1" }]);
  expect((await ask("POST /tdata/Documents('d-1')/StartReading", operator, {})).status).toBe(200);
  const own = await ask("GET /tdata/Documents", acme);
  expect(values(own)).toMatchObject([{ Id: "a-1" }]);
  expect(own.headers.get("temperc-revision")).toBe(submitted.body.revision);
});

test("temperc rebuild fills the tables anew under a running server, but for what cannot be read", async () => {
  const journal = `${new URL(store).searchParams.get("schema")}.journal`;
  const [[delta] = []] = await asked(`SELECT delta FROM ${journal} WHERE entity_id = 'd-2'`);
  await asked(`UPDATE ${journal} SET delta = '{broken' WHERE entity_id = 'd-2'`);
  const place = ["--store", store];
  const rebuild = (...more: readonly string[]) => temperc(["rebuild", "--specs-dir", specs, ...place, ...more]);

  const rebuilt = await rebuild("--json");
  expect(JSON.parse(rebuilt.out)).toEqual({ ok: true, types: [{ entityType: "Document", entities: 1 }], stopped: 1 });
  expect(await ids()).toEqual(["d-1"]);
  expect((await ask("POST /tdata/Documents('d-1')/StopReading", operator, {})).status).toBe(200);
  for (const request of ["GET /tdata/Documents('d-2')", "POST /tdata/Documents('d-2')/StartReading"]) {
    const { status, body } = await ask(request, operator, request.startsWith("POST") ? {} : undefined);
    expect([status, body]).toMatchObject([503, { error: { code: "EntityStopped", innererror: { sequence: 1 } } }]);
  }
  const listed = await temperc(["outbox", "stopped", ...place]);
  expect(listed.out).toBe('Document "d-2": event 1 is not JSON\n');

  await asked(`UPDATE ${journal} SET delta = '${String(delta)}' WHERE entity_id = 'd-2'`);
  expect(await rebuild()).toMatchObject({ exitCode: 0, out: "Document: 2 entities\n" });
  expect((await ask("POST /tdata/Documents('d-2')/StartReading", operator, {})).status).toBe(200);
  expect(await ids()).toEqual(["d-1", "d-2"]);
  if (!isLong) return;
  expect((await rebuild("--program-of", "acme")).out).toBe("Document: 1 entities\n");
  expect(await temperc(["rebuild", "--specs-dir", "examples/ecommerce", ...place])).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining("the store was not made for this spec"),
  });
});

test("what is deployed to one server is soon served by another on the same store, entities and all", async () => {
  const second = await startServer(["serve", "--specs-dir", specs, "--store", store, ...few]);
  const at = (url: string, request: string, key = operator, body?: unknown) =>
    call(url, request, { key, ...(body !== undefined && { body }) });
  const there = (request: string, key?: string, body?: unknown) => at(second.ready.url, request, key, body);
  const revisionOf = async (key: string) => (await there("GET /tdata/", key)).headers.get("temperc-revision");
  await document("s-1");
  expect((await there("POST /tdata/Documents('s-1')/StartReading", operator, {})).status).toBe(200);

  const renamed = readFileSync(join(specs, file), "utf8").replaceAll("Open", "Free");
  const mapped = { [file]: `${renamed}\n[migration.status]\nOpen = "Free"\n`, "all.cedar": permits };
  const deployed = await ask("POST /api/tenants/default/specs", operator, { files: mapped });
  expect(deployed.status, deployed.text).toBe(200);

  await expect.poll(() => revisionOf(operator), { timeout: 20_000 }).toBe(deployed.body.revision);
  const before = await there("GET /tdata/Documents('s-1')");
  expect(before.body).toMatchObject({ Status: "Free", readers: 1 });
  const stopped = await there("POST /tdata/Documents('s-1')/StopReading", operator, {});
  expect([stopped.status, stopped.body], stopped.text).toMatchObject([200, { Status: "Free", readers: 0 }]);
  expect((await ask("GET /tdata/Documents('s-1')")).body).toMatchObject({ readers: 0 });
  if (isLong) {
    const args = ["keys", "create", 'Admin::"o"', "--operator", "--tenant", "globex", "--store", store];
    const globex = (await temperc(args)).out.trim();
    const own = { [file]: renamed.replace("readers < 5", "readers < 3"), "all.cedar": permits };
    const ofTenant = await ask("POST /api/tenants/globex/specs", globex, { files: own });
    expect(ofTenant.status, ofTenant.text).toBe(200);
    await expect.poll(() => revisionOf(globex), { timeout: 20_000 }).toBe(ofTenant.body.revision);
    expect((await there("POST /tdata/Documents", globex, { Id: "g-1" })).status).toBe(201);
  }
  expect(await second.end()).toBe(0);
});
