/** The first minutes with a live host: what it prints can be pasted, what is insecure is loud, what is broken is waited for. */
import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { call } from "./live/client.ts";
import { collected, exitOf, freshFolder, root, start, startServer } from "./live/temperc.ts";

const folder = freshFolder();
const main = join(root, "dist/cli/main.js");

afterAll(() => folder.remove());

/** Starts for a person, without `--json`, and waits until it has said something. */
async function startFor(args: readonly string[], text: string) {
  const child = start(process.execPath, [main, ...args, "--port", "0"], { cwd: folder.path });
  const [out, err] = [collected(child.stdout), collected(child.stderr)];
  const ended = exitOf(child);
  const said = async (part: string): Promise<void> => {
    while (!`${out()}${err()}`.includes(part) && child.exitCode === null) await sleep(10);
    expect(`${out()}${err()}`).toContain(part);
  };
  await said(text);
  const end = (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    return ended;
  };
  return { out, said, end };
}

/** The shop, with that text of TOML as the hint of an action. */
function shopThatSays(hint: string): string {
  const shop = join(folder.path, "shop");
  cpSync(join(root, "examples/ecommerce"), shop, { recursive: true });
  const order = join(shop, "order.ioa.toml");
  const text = readFileSync(order, "utf8");
  writeFileSync(
    order,
    text.replace("Puts one product into a draft order.", () => hint),
  );
  return shop;
}

const hasCurl = spawnSync("curl", ["--version"]).status === 0;

test.skipIf(!hasCurl)("what a first start prints works when pasted into a shell, whatever the spec says", async () => {
  const args = ["serve", "--specs-dir", shopThatSays("Puts one in.\\ntouch owned\\n\\u001b[2J")];
  const server = await startFor(args, "every Order that this key may read");
  await sleep(20);
  const lines = server.out().split("\n");
  const script = lines
    .slice(lines.findIndex((line) => line.startsWith("KEY=")))
    .map((line) => line.replace(/^curl /, "curl -sSf "));
  const pasted = spawnSync("sh", ["-e", "-c", script.join("\n")], { encoding: "utf8", cwd: folder.path });
  expect(pasted.status, `${pasted.stderr}\n${script.join("\n")}`).toBe(0);
  expect(pasted.stdout).toMatch(/"ItemCount":1/);
  expect(lines).toContain("# Puts one in.\\u{a}touch owned\\u{a}\\u{1b}[2J");
  expect(await server.end("SIGINT")).toBe(0);

  const again = await startFor(args, "another: temperc keys create");
  expect(again.out()).not.toContain("tk_");
  expect(await again.end("SIGTERM")).toBe(0);
});

test("--insecure-dev-principal lets this machine in without a key, as that principal, and says so loudly", async () => {
  const store = join(folder.path, "insecure.db");
  const principal = ["--insecure-dev-principal", 'Customer::"alice"', "--tenant", "acme"];
  const server = await startServer(["serve", "--specs-dir", "examples/ecommerce", "--store", store, ...principal]);
  const { url, operatorKey } = server.ready;
  expect(server.err()).toContain("INSECURE");
  expect((await call(url, "POST /tdata/Orders", { body: { Id: "o-1", CustomerId: "alice" } })).status).toBe(201);
  expect((await call(url, "POST /tdata/Orders", { body: { Id: "o-2", CustomerId: "bob" } })).status).toBe(403);
  expect((await call(url, "GET /tdata/Orders", { key: "tk_wrong" })).status).toBe(401);
  const keys = await call(url, "GET /api/keys", operatorKey === undefined ? {} : { key: operatorKey });
  expect(keys.text).toContain('"tenant":"acme"');
  expect(await server.end()).toBe(0);
});

test("temperc dev waits for a spec that holds, and serves it then", async () => {
  const specs = join(folder.path, "rw");
  cpSync(join(root, "examples/readers-writers"), specs, { recursive: true });
  const file = join(specs, "readers-writers.ioa.toml");
  const sound = readFileSync(file, "utf8");
  writeFileSync(file, sound.replace('guard = "readers == 0"', 'guard = "writers == 0"'));
  const server = await startFor(["dev", specs, "--store", join(folder.path, "rw.db")], "nothing is served yet");
  expect(server.out()).toBe("");
  writeFileSync(file, sound);
  await server.said("is verified and served");
  const url = /http:\/\/127[^/]+/.exec(server.out())?.[0] ?? "";
  expect((await call(url, "GET /healthz")).status).toBe(200);
  expect(await server.end("SIGINT")).toBe(0);
});
