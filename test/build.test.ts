/** `temperc build` as a user runs it: the same bytes every time, and a service that runs where only its own dependencies are. */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readTexts } from "./golden/compare.ts";
import { type BuiltService, startBuilt } from "./live/built-service.ts";
import { call, keyFor, values } from "./live/client.ts";
import { install } from "./live/installed.ts";
import { type Ended, freshFolder, temperc } from "./live/temperc.ts";

const folder = freshFolder();
const out = join(folder.path, "out");

/** How much is verified before it is built is not what these tests are about. */
const few = ["seeds=1", "cases=2"].flatMap((limit) => ["--limit", limit]);

let built: Ended;

beforeAll(async () => {
  built = await temperc(["build", "examples/ecommerce", "-o", out, "--timings", ...few]);
});

afterAll(() => folder.remove());

describe("the folder", () => {
  test("is said to be written, with the parts of the time", () => {
    expect([built.exitCode, built.out], built.err).toEqual([0, expect.stringMatching(/^built Ecommerce [0-9a-f]{12}/)]);
    expect(built.out).toMatch(/read \d+ ms, compile \d+ ms, emit \d+ ms, .*verify \d+ ms.*write \d+ ms/);
  });

  test("holds the code to embed, one file to run, and what describes both", () => {
    expect(readdirSync(out).sort()).toEqual([
      "Dockerfile",
      "cedar_wasm_bg.wasm",
      "generated",
      "manifest.json",
      "metadata.json",
      "metadata.xml",
      "openapi.json",
      "package.json",
      "service.mjs",
    ]);
    expect(readdirSync(join(out, "generated"))).toEqual(expect.arrayContaining(["index.ts", "main.ts"]));
  });

  test("has a manifest with the revision and the verdicts", () => {
    const manifest = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8"));
    expect(manifest).toMatchObject({ madeBy: "temperc build", name: "Ecommerce", outcome: "held" });
    expect(manifest.revision).toMatch(/^[0-9a-f]{64}$/);
    const checked = manifest.verdicts.filter(({ level }: { level: string }) => level === "L1");
    expect(checked.map(({ subject, outcome }: Record<string, string>) => `${subject} ${outcome}`)).toEqual([
      "Order held",
      "Payment held",
      "Shipment held",
    ]);
  });

  test("has the same bytes when it is built again, from a copy elsewhere, over the old one", async () => {
    const before = readTexts(out);
    const copy = join(folder.path, "elsewhere/ecommerce");
    cpSync("examples/ecommerce", copy, { recursive: true });
    const again = await temperc(["build", copy, "-o", out, ...few], { cwd: folder.path });
    expect(again.exitCode, again.err).toBe(0);
    const after = readTexts(out);
    expect([...after.keys()]).toEqual([...before.keys()]);
    for (const [path, text] of before) expect(after.get(path) === text, `${path} has other bytes`).toBe(true);
  });
});

describe("the service in an empty folder, with its own dependencies alone", () => {
  const alone = join(folder.path, "alone");
  let service: BuiltService;
  let key = "";

  beforeAll(async () => {
    mkdirSync(alone);
    for (const file of ["service.mjs", "package.json", "cedar_wasm_bg.wasm"])
      cpSync(join(out, file), join(alone, file));
    install(alone);
    service = await startBuilt(alone, join(alone, "shop.db"));
    key = await keyFor(service.url, service.operatorKey, 'Customer::"alice"');
  });

  afterAll(async () => expect(await service.end("SIGTERM")).toBe(0));

  test("serves OData with Cedar on every request and libSQL beneath", async () => {
    const ask = (request: string, body?: object) =>
      call(service.url, request, body === undefined ? { key } : { key, body });
    expect((await call(service.url, "GET /tdata/Orders")).status).toBe(401);
    expect((await ask("POST /tdata/Orders", { Id: "o-1", CustomerId: "alice" })).status).toBe(201);
    expect((await ask("POST /tdata/Orders", { Id: "o-2", CustomerId: "bob" })).status).toBe(403);
    expect((await ask("POST /tdata/Orders('o-1')/AddItem", { ProductId: "p" })).body.ItemCount).toBe(1);
    expect(values(await ask("GET /tdata/Orders?$filter=ItemCount%20eq%201")).map(({ Id }) => Id)).toEqual(["o-1"]);
  });

  test("has an operator decide about what it refused; Cedar itself judges by what was added", async () => {
    await call(service.url, "POST /tdata/Orders", { key, body: { Id: "o-3", CustomerId: "alice" } });
    const pick = () => call(service.url, "POST /tdata/Orders('o-3')/StartPicking", { key, body: {} });
    const refused = await pick();
    const id = /"decisionId":"(PD-[^"]+)"/.exec(refused.text)?.[1];
    const request = `POST /api/tenants/default/decisions/${id}/approve`;
    const approved = await call(service.url, request, { key: service.operatorKey ?? "", body: { scope: "narrow" } });
    expect([refused.status, approved.status, (await pick()).status]).toEqual([403, 200, 409]);
  });

  test("says the revision that the manifest names", async () => {
    const { revision } = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8"));
    expect((await call(service.url, "GET /tdata/", { key })).headers.get("temperc-revision")).toBe(revision);
  });
});

test("a spec that is one TOML file is built as well", async () => {
  const small = join(folder.path, "small");
  const { exitCode, err } = await temperc(["build", "examples/readers-writers", "-o", small, "--json", ...few]);
  expect(exitCode, err).toBe(0);
  expect(readdirSync(join(small, "generated/automata"))).toEqual(["Document.ts"]);
});

test("a build that is refused leaves the earlier one as it was", async () => {
  const before = readTexts(out);
  const broken = join(folder.path, "broken");
  cpSync("examples/ecommerce", broken, { recursive: true });
  writeFileSync(join(broken, "order.ioa.toml"), "[automaton");
  expect((await temperc(["build", broken, "-o", out])).exitCode).toBe(2);
  expect(readTexts(out)).toEqual(before);
});
