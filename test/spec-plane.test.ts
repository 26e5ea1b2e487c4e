/** The spec plane of a running host: a spec is submitted, refused, swapped in, shown and rolled back; tenants do not see each other; revisions outlive the process. */
import { cpSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openLibsqlStore } from "@temperc/runtime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tarOf } from "./attacks/tar.ts";
import { SseReader } from "./definitions/sse.ts";
import { call, keyFor } from "./live/client.ts";
import { freshFolder, root, type Server, startServer, temperc } from "./live/temperc.ts";

const folder = freshFolder();
const specs = join(folder.path, "documents");
const store = join(folder.path, "documents.db");
const file = "readers-writers.ioa.toml";
const original = readFileSync(join(root, "examples/readers-writers", file), "utf8");
const few = ["cases=1", "seeds=1", "steps=40"].flatMap((limit) => ["--limit", limit]);
const serving = ["serve", "--specs-dir", specs, "--store", store, ...few];

let server: Server;
let operator = "";
let acme = "";

const permits = "permit(principal, action, resource);\n";
const withReaders = (most: number) => ({
  [file]: original.replace("readers < 5", `readers < ${most}`),
  "all.cedar": permits,
});

beforeAll(async () => {
  cpSync(join(root, "examples/readers-writers"), specs, { recursive: true });
  writeFileSync(join(specs, "all.cedar"), permits);
  server = await startServer(serving);
  operator = server.ready.operatorKey ?? "";
  const made = await temperc(["keys", "create", 'Admin::"acme"', "--operator", "--tenant", "acme", "--store", store]);
  acme = made.out.trim();
});

afterAll(async () => {
  expect(await server.end()).toBe(0);
  folder.remove();
});

const ask = (request: string, key: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) =>
  call(server.ready.url, request, { key, headers, ...(body !== undefined && { body }) });

const live = async (key = operator) => (await ask("GET /tdata/", key)).headers.get("temperc-revision");

describe("a submission", () => {
  test("that holds is told level by level, live at once, and a revision with what was verified", async () => {
    const files = withReaders(4);
    const sent = await ask("POST /api/tenants/default/specs", operator, { files }, { accept: "application/x-ndjson" });
    const events = sent.text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const told = ["compiled", "L1", "L3", "L0", "L2", "composition", "staged", "done"];
    expect(events.map(({ event, level }) => level ?? event)).toEqual(told);
    expect(events.at(-1)).toMatchObject({ status: 200, number: 2, outcome: "held", drained: false });
    expect(await live()).toBe(events.at(-1).revision);
    const { body } = await ask("GET /api/tenants/default/revisions", operator);
    expect(body.value).toMatchObject([
      { number: 2, state: "live", origin: "submitted", by: 'Admin::"operator"', verifierVersion: expect.any(String) },
      { number: 1, state: "replaced", origin: "folder", by: 'System::"folder"' },
    ]);
    const again = await ask("POST /api/tenants/default/specs", operator, { files });
    expect(again.body).toMatchObject({ number: 2, unchanged: true });
  });

  test("that does not compile or does not hold is 422 with what is wrong, and changes nothing", async () => {
    const before = await live();
    const broken = { ...withReaders(4), [file]: original.replace('to = "Writing"', 'to = "Writng"') };
    const uncompiled = await ask("POST /api/tenants/default/specs", operator, { files: broken });
    expect([uncompiled.status, uncompiled.body]).toMatchObject([
      422,
      { error: { code: "SpecRefused" }, diagnostics: [{ code: "bind/unknown-status", file }] },
    ]);
    const stream = { accept: "text/event-stream" };
    const validated = await ask(
      "POST /api/tenants/default/specs/validate",
      operator,
      { files: { [file]: "[" } },
      stream,
    );
    expect(validated.text).toMatch(/^event: refused\ndata: \{.*"status":422/);
    const unsafe = { ...withReaders(4), [file]: original.replace('guard = "readers == 0"\n', "") };
    const violated = await ask("POST /api/tenants/default/specs", operator, { files: unsafe });
    expect([violated.status, violated.body]).toMatchObject([422, { outcome: "violated" }]);
    expect(violated.text).toContain('"name":"NeverBoth"');
    expect(violated.text).toContain('"action":"StartReading"');
    expect(await live()).toBe(before);
  });

  test("that would strand what lives is 409 with counts and ids, unless it says what becomes of it", async () => {
    const created = await ask("POST /tdata/Documents", operator, { Id: "d-1" });
    expect(created.status, created.text).toBe(201);
    const renamed = original.replaceAll("Open", "Free");
    const stranding = { ...withReaders(3), [file]: renamed };
    const refused = await ask("POST /api/tenants/default/specs", operator, { files: stranding });
    expect([refused.status, refused.body], refused.text).toMatchObject([
      409,
      { error: { code: "EntitiesStranded" }, stranded: [{ status: "Open", count: 1, ids: ["d-1"] }] },
    ]);
    const unsound = { ...stranding, [file]: `${renamed}\n[migration.status]\nOpen = "Writing"\n` };
    const broken = await ask("POST /api/tenants/default/specs", operator, { files: unsound });
    expect([broken.status, broken.body], broken.text).toMatchObject([
      422,
      { error: { code: "SpecRefused" }, migrations: [{ automaton: "Document", outcome: "violated" }] },
    ]);
    expect(broken.text).toContain("at first Open with readers 0, writers 0, becomes Writing with readers 0, writers 0");
    const mapping = { ...stranding, [file]: `${renamed}\n[migration.status]\nOpen = "Free"\n` };
    const taken = await ask("POST /api/tenants/default/specs", operator, { files: mapping });
    expect([taken.status, taken.body], taken.text).toMatchObject([200, { number: 3, migrated: 1, drained: true }]);
    expect((await ask("GET /tdata/Documents('d-1')", operator)).body).toMatchObject({ Status: "Free" });
    await ask("DELETE /tdata/Documents('d-1')", operator);
  });
});

describe("what is live", () => {
  test("is shown, as files and as it was read", async () => {
    const { body } = await ask("GET /api/tenants/default/specs", operator);
    expect(body).toMatchObject({ entities: [{ name: "Document", file }], outcome: "held" });
    const spec = await ask("GET /api/tenants/default/specs/Document", operator);
    expect(spec.body).toMatchObject({ raw: [{ path: file }], parsed: { automaton: { name: "Document" } } });
    expect((await ask("GET /api/tenants/default/specs/Nothing", operator)).status).toBe(404);
  });

  test("is an earlier revision again after a roll-back, under a number of its own", async () => {
    const rolled = await ask("POST /api/tenants/default/revisions/1/rollback", operator);
    expect([rolled.status, rolled.body], rolled.text).toMatchObject([
      200,
      { number: 4, revision: server.ready.revision },
    ]);
    expect(await live()).toBe(server.ready.revision);
    const { body } = await ask("GET /api/tenants/default/revisions/4", operator);
    expect(body).toMatchObject({ origin: "rollback", files: [{ path: "all.cedar" }, { path: file, text: original }] });
    expect((await ask("POST /api/tenants/default/revisions/99/rollback", operator)).status).toBe(404);
  });

  test("stays where taking an entity away leaves nothing, and modules are said to be missing", async () => {
    expect((await ask("DELETE /api/tenants/default/specs/Document", operator)).status).toBe(422);
    const module = await ask("POST /api/tenants/default/modules/post", operator);
    expect([module.status, module.text]).toEqual([501, expect.stringContaining("WASM modules")]);
  });
});

describe("a tenant", () => {
  test("has a program, revisions and entities of its own", async () => {
    const own = original.replaceAll("Document", "Ledger");
    const files = { "ledger.ioa.toml": own, "all.cedar": permits };
    const entries = Object.entries({ ...files, "README.md": "no spec" }).map(([path, text]) => ({ path, text }));
    const submitted = await fetch(`${server.ready.url}/api/tenants/acme/specs`, {
      method: "POST",
      headers: { authorization: `Bearer ${acme}`, "content-type": "application/x-tar" },
      body: new Uint8Array(tarOf(entries)),
    });
    const answered = JSON.parse(await submitted.text());
    expect([submitted.status, answered.number]).toEqual([200, 1]);
    expect((await ask("POST /tdata/Ledgers", acme, { Id: "l-1" })).status).toBe(201);
    expect((await ask("GET /tdata/Ledgers", operator)).status).toBe(404);
    expect((await ask("GET /tdata/Documents", acme)).status).toBe(404);
    expect(await live(acme)).toBe(answered.revision);
    expect(await live()).toBe(server.ready.revision);
    expect((await ask("GET /api/tenants/acme/revisions", acme)).body.value).toMatchObject([{ number: 1 }]);
    expect((await ask("GET /openapi.json", acme)).text).toContain("/Ledgers");
    const asked = await ask("POST /api/authorize", acme, { action: "Ledger::StartReading", id: "l-1" });
    expect([asked.status, asked.body], asked.text).toMatchObject([200, { allowed: true }]);
    // The one actor of the host's own program was deleted, but stays in memory; the other is the tenant's.
    expect((await ask("GET /metrics", operator)).text).toMatch(/^temperc_actors 2$/m);
    const url = `${server.ready.url}/tdata/$events?after=start`;
    const stream = new SseReader(url, { authorization: `Bearer ${acme}` });
    await stream.until(({ told }) => told.length > 0);
    expect(stream.told).toMatchObject([{ data: { set: "Ledgers", key: "l-1", action: "created" } }]);
    stream.close();
  });

  test("has an entity taken away by DELETE, which is a revision, once none of it lives", async () => {
    const specs = "/api/tenants/acme/specs";
    const both = {
      "ledger.ioa.toml": original.replaceAll("Document", "Ledger"),
      "memo.ioa.toml": original.replaceAll("Document", "Memo"),
      "all.cedar": permits,
    };
    expect((await ask(`POST ${specs}`, acme, { files: both })).body).toMatchObject({ number: 2 });
    expect((await ask("POST /tdata/Memos", acme, { Id: "m-1" })).status).toBe(201);
    const stranding = await ask(`DELETE ${specs}/Memo`, acme);
    expect([stranding.status, stranding.body]).toMatchObject([409, { stranded: [{ count: 1, ids: ["m-1"] }] }]);
    expect((await ask("DELETE /tdata/Memos('m-1')", acme)).status).toBe(204);
    const taken = await ask(`DELETE ${specs}/Memo`, acme);
    expect([taken.status, taken.body], taken.text).toMatchObject([200, { outcome: "held", drained: true }]);
    expect((await ask("GET /tdata/Memos", acme)).status).toBe(404);
    expect((await ask(`GET ${specs}/Memo`, acme)).status).toBe(404);
    expect((await ask("GET /tdata/Ledgers", acme)).body.value).toMatchObject([{ Id: "l-1" }]);
    const { body } = await ask("GET /api/tenants/acme/revisions?top=1", acme);
    expect(body.value).toMatchObject([{ number: taken.body.number, state: "live", by: 'Admin::"acme"' }]);
    expect((await ask(`DELETE ${specs}/Memo`, acme)).status).toBe(404);
  });

  test("of another credential is refused, in path and in header", async () => {
    const paths = ["specs", "specs/Ledger", "revisions", "revisions/1"].map((path) => `GET /api/tenants/acme/${path}`);
    for (const path of [
      ...paths,
      "POST /api/tenants/acme/revisions/1/rollback",
      "DELETE /api/tenants/acme/specs/Ledger",
    ]) {
      expect((await ask(path, operator)).status, path).toBe(403);
      expect((await ask(path, operator, undefined, { "x-tenant-id": "acme" })).status, path).toBe(403);
    }
    const crossing = ["default%2f..%2facme", "..%2facme", "ACME", "acme%00", "acme%20"];
    for (const tenant of crossing) {
      expect((await ask(`GET /api/tenants/${tenant}/specs`, acme)).status, tenant).toBe(403);
    }
    expect((await ask("GET /api/tenants/acme/specs", "tk_none")).status).toBe(401);
  });

  test("is not reached by a submission that would reach elsewhere, and each attempt is recorded", async () => {
    const contract = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>';
    const attempts: readonly (readonly [number, object])[] = [
      [400, { ...withReaders(4), "../outside.ioa.toml": original }],
      [400, { ...withReaders(4), "/etc/outside.ioa.toml": original }],
      [422, { ...withReaders(4), "shop.csdl.xml": contract }],
      [422, { ...withReaders(4), [file]: original.replace('name = "Document"', 'name = "../Document"') }],
    ];
    const [before] = await refusals();
    for (const [status, files] of attempts) {
      const sent = await ask("POST /api/tenants/default/specs/validate", operator, { files });
      expect([sent.status, sent.text]).toEqual([status, expect.not.stringContaining("root:")]);
    }
    const own = 'Admin::"operator"';
    expect(await refusals()).toMatchObject([
      { principal: own, action: "submit", entityType: "Spec", because: "the spec does not compile" },
      { principal: own, action: "reach", entityType: "Tenant", entityId: "acme" },
    ]);
    const [after] = await refusals();
    expect(Number(after?.count) - Number(before?.count)).toBe(attempts.length);
  });

  async function refusals(): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { body } = await ask("GET /api/tenants/default/decisions?state=refused", operator);
    const all = Array.isArray(body.value) ? body.value : [];
    return all
      .filter(({ entityType }) => entityType === "Spec" || entityType === "Tenant")
      .sort((one, other) => (one.entityType < other.entityType ? -1 : 1));
  }

  test("is changed by operators only, and by keys that have the role to submit", async () => {
    const { url } = server.ready;
    const caller = await keyFor(url, operator, 'Agent::"a"', ["operator", "admin"]);
    const author = await keyFor(url, operator, 'Agent::"b"', ["temperc:specs"]);
    const files = withReaders(4);
    expect((await ask("POST /api/tenants/default/specs", caller, { files })).status).toBe(403);
    expect((await ask("GET /api/tenants/default/specs", caller)).status).toBe(403);
    expect((await ask("POST /api/tenants/default/revisions/1/rollback", author)).status).toBe(403);
    const uncompiled = { files: { [file]: "[" } };
    expect((await ask("POST /api/tenants/default/specs/validate", author, uncompiled)).status).toBe(422);
  });

  test("keeps its policies whatever an author submits: who may do what is for an operator to say", async () => {
    const author = await keyFor(server.ready.url, operator, 'Agent::"c"', ["temperc:specs"]);
    const before = await live();
    const widened = 'permit(principal == Agent::"c", action, resource);\n';
    const { [file]: spec = "" } = withReaders(6);
    const attempts = [
      { [file]: spec, "all.cedar": permits + widened },
      { [file]: spec, "all.cedar": permits, "mine.cedar": widened },
      { [file]: spec, "deep/all.cedar": `${permits} ` },
      { [file]: spec },
    ];
    for (const files of attempts) {
      const sent = await ask("POST /api/tenants/default/specs", author, { files });
      expect([sent.status, sent.body.error]).toMatchObject([403, { code: "AuthorizationDenied" }]);
      expect(sent.text).toContain("for an operator to say");
    }
    expect(await live()).toBe(before);
    expect(await refusals()).toContainEqual(
      expect.objectContaining({
        principal: 'Agent::"c"',
        action: "submit",
        entityType: "Spec",
        count: attempts.length,
      }),
    );
    const files = { [file]: spec, "policies/moved.cedar": permits };
    const sent = await ask("POST /api/tenants/default/specs", author, { files });
    expect([sent.status, sent.body], sent.text).toMatchObject([200, { outcome: "held" }]);
  });
});

describe("temperc deploy", () => {
  const next = join(folder.path, "next");

  test("sends a folder, tells its levels, and ends as verify does", async () => {
    cpSync(specs, next, { recursive: true });
    writeFileSync(join(next, file), withReaders(2)[file] ?? "");
    const deploy = (...args: readonly string[]) =>
      temperc(["deploy", next, "--to", server.ready.url, ...args], { env: { TEMPERC_KEY: operator } });
    const deployed = await deploy();
    expect(deployed.exitCode, deployed.err).toBe(0);
    expect(deployed.out).toMatch(/L1 +Document: held\n[\s\S]*revision 6 is live\n$/);
    const unchanged = await deploy("--json");
    expect([unchanged.exitCode, JSON.parse(unchanged.out)]).toMatchObject([0, { event: "done", unchanged: true }]);
    writeFileSync(join(next, file), "[automaton");
    expect((await deploy("--validate")).exitCode).toBe(2);
    const stranger = await temperc(["deploy", specs, "--to", server.ready.url], { env: { TEMPERC_KEY: "tk_none" } });
    expect([stranger.exitCode, stranger.err]).toEqual([1, expect.stringContaining("a valid API key")]);
  });
});

describe("a restart", () => {
  /** The file of the one tenant that has a program of its own. */
  function ownStore(): string {
    const [name = ""] = readdirSync(`${store}.tenants`).filter((each) => each.endsWith(".db"));
    return join(`${store}.tenants`, name);
  }

  test("serves what was deployed last, of every tenant, until the folder says something new", async () => {
    const [before, ofAcme] = [await live(), await live(acme)];
    expect(before).not.toBe(server.ready.revision);
    expect(await server.end()).toBe(0);
    const own = ownStore();
    renameSync(own, `${own}.away`);
    server = await startServer([...serving, "--limit", "tenantReopenMs=50"]);
    expect(server.ready.revision).toBe(before);
    for (const path of ["/tdata/Ledgers", "/tdata/$events", "/openapi.json", "/api/tenants/acme/decisions"]) {
      const { status, headers } = await ask(`GET ${path}`, acme);
      expect([path, status, headers.get("retry-after")]).toEqual([path, 503, "5"]);
    }
    renameSync(`${own}.away`, own);
    while ((await ask("GET /tdata/Ledgers", acme)).status === 503) await sleep(20);
    expect([await live(), await live(acme)]).toEqual([before, ofAcme]);
    expect((await ask("GET /tdata/Ledgers", acme)).body.value).toMatchObject([{ Id: "l-1" }]);
    expect(await server.end()).toBe(0);
    writeFileSync(join(specs, file), `${original}\n# saved\n`);
    server = await startServer(serving);
    expect(server.ready.revision).not.toBe(before);
    const { body } = await ask("GET /api/tenants/default/revisions?top=1", operator);
    expect(body.value).toMatchObject([{ number: 7, origin: "folder", revision: server.ready.revision }]);
  });

  /** As an earlier verifier has let it through, and this one would not. */
  async function deployedBefore(tenant: string, text: string): Promise<void> {
    const log = await openLibsqlStore({ path: store });
    const [newest] = await log.revisions(tenant, { top: 1, skip: 0 });
    if (newest === undefined) throw new Error(`${tenant} has no revision`);
    const number = newest.number + 1;
    const earlier = {
      verifiedHash: "of another verifier",
      verifierVersion: "0.0.1",
      specHash: "h",
      state: "staged",
    } as const;
    await log.stageRevision({ ...newest, ...earlier, number, files: [{ path: file, text }] });
    await log.settleRevision(tenant, number, "live");
    await log.close();
  }

  test("answers NotVerified for a tenant whose program does not hold under this version, until one does", async () => {
    const latest = await ask("GET /api/tenants/acme/revisions?top=1", acme);
    const number = /"number":(\d+)/.exec(latest.text)?.[1];
    expect(await server.end()).toBe(0);
    await deployedBefore("acme", original.replace('guard = "readers == 0"\n', ""));
    server = await startServer(serving);
    for (const path of ["/tdata/Ledgers", "/tdata/$events", "/openapi.json"]) {
      const refused = await ask(`GET ${path}`, acme);
      expect([path, refused.status, refused.body]).toMatchObject([path, 423, { error: { code: "NotVerified" } }]);
      expect(refused.text).toContain("does not hold under this version of temperc");
    }
    expect((await ask("GET /tdata/Documents", operator)).status).toBe(200);
    const back = await ask(`POST /api/tenants/acme/revisions/${number}/rollback`, acme);
    expect(back.status, back.text).toBe(200);
    expect((await ask("GET /tdata/Ledgers", acme)).body.value).toMatchObject([{ Id: "l-1" }]);
  });
});
