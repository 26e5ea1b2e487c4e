/** The embedded example as its user runs it: compiled by tsc, started as a process, called over HTTP and from plain code. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { difference, readTexts } from "./golden/compare.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const example = join(root, "examples/embedded");
const signedIn = { authorization: "Bearer secret", "content-type": "application/json" };

let folder = "";
let address = "";
let server: ChildProcess;
let nightly: unknown;

/** The nightly job runs first, in a process that serves nothing; the server then opens the same store. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "temperc-embedded-"));
  run(join(root, "node_modules/typescript/bin/tsc"), "--project", example);
  nightly = JSON.parse(run(join(example, "dist/nightly.js"), "o-night"));
  server = spawn(process.execPath, [join(example, "dist/main.js")], {
    env: environment(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (server.stdout === null) throw new Error("the server has no output");
  const [line] = await once(createInterface({ input: server.stdout }), "line");
  address = String(line);
});

afterAll(async () => {
  const ended = once(server, "exit");
  server.kill("SIGTERM");
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

function environment(): NodeJS.ProcessEnv {
  return { ...process.env, SHOP_STORE: join(folder, "shop.db"), SHOP_SESSION: "secret", PORT: "0" };
}

function run(script: string, ...args: readonly string[]): string {
  const result = spawnSync(process.execPath, [script, ...args], { env: environment(), encoding: "utf8" });
  if (result.status === 0) return result.stdout;
  throw new Error(`${script} ended with ${result.status}\n${result.stdout}${result.stderr}`);
}

async function post(path: string, body: object): Promise<{ status: number; body: unknown }> {
  const reply = await fetch(`${address}${path}`, { method: "POST", headers: signedIn, body: JSON.stringify(body) });
  return { status: reply.status, body: await reply.json() };
}

async function get(path: string): Promise<{ status: number; body: unknown }> {
  const reply = await fetch(`${address}${path}`, { headers: signedIn });
  return { status: reply.status, body: await reply.json() };
}

test("plain code creates an order and takes it through its actions by the generated class", () => {
  expect(nightly).toMatchObject({
    Id: "o-night",
    CustomerId: "alice",
    Status: "Submitted",
    ItemCount: 2,
    HasAddress: true,
  });
});

test("the mounted service serves what plain code did, and goes on with it over HTTP", async () => {
  expect(await get("/tdata/Orders('o-night')")).toMatchObject({
    status: 200,
    body: { Status: "Submitted", ItemCount: 2 },
  });
  const paying = await post("/tdata/Orders('o-night')/RequestPayment", {});
  expect(paying).toMatchObject({ status: 200, body: { Status: "PaymentPending" } });
});

test("an order goes from creation to submission over HTTP", async () => {
  expect(await post("/tdata/Orders", { Id: "o-web", CustomerId: "alice" })).toMatchObject({ status: 201 });
  const refused = await post("/tdata/Orders('o-web')/SubmitOrder", {});
  expect(refused).toMatchObject({ status: 409, body: { error: { code: "GuardFailed" } } });
  await post("/tdata/Orders('o-web')/AddItem", { ProductId: "tea" });
  await post("/tdata/Orders('o-web')/SetAddress", { AddressId: "a-1" });
  expect(await post("/tdata/Orders('o-web')/SubmitOrder", {})).toMatchObject({
    status: 200,
    body: { Status: "Submitted" },
  });
});

test("the app's own route and the service's function give the same price", async () => {
  expect(await get("/shipping/DE?items=3")).toEqual({ status: 200, body: { price: 6.4 } });
  expect(await get("/tdata/QuoteShipping(Country='DE',Items=3)")).toMatchObject({ status: 200, body: { value: 6.4 } });
});

test("the app's sessions decide who is calling", async () => {
  const stranger = await fetch(`${address}/tdata/Orders`);
  expect(stranger.status).toBe(401);
  expect((await fetch(`${address}/shipping/DE`)).status).toBe(200);
  expect(await post("/tdata/Orders", { Id: "o-bob", CustomerId: "bob" })).toMatchObject({ status: 403 });
});

test("generated/ is what the compiler makes today", () => {
  const made = readTexts(join(root, "golden/ecommerce/expected/generated"));
  const found = difference(readTexts(join(example, "generated")), made);
  if (found !== "") expect.fail(`${found}\nTo write it anew: npm run golden -- ecommerce`);
});

test("its packages are those that the repository is tested with", () => {
  const versions = (path: string): object => {
    const { dependencies, devDependencies, name, version } = JSON.parse(readFileSync(join(root, path), "utf8"));
    return { ...dependencies, ...devDependencies, [name]: version };
  };
  const { "temperc-example-embedded": _, ...used } = Object.fromEntries(
    Object.entries(versions("examples/embedded/package.json")),
  );
  expect({ ...versions("runtime-lib/package.json"), ...versions("package.json") }).toMatchObject(used);
});
