/** `temperc decide` against a running `temperc serve`: listed, shown, followed, approved and denied, by programs and by a person. */
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { queueOf } from "../cli/decide/queue.ts";
import { walk } from "../cli/decide/walk.ts";
import { serverAt } from "../cli/server/server.ts";
import { call, keyFor } from "./live/client.ts";
import { command } from "./live/command.ts";
import { collected, freshFolder, type Server, start, startServer } from "./live/temperc.ts";

const folder = freshFolder();
let server: Server;
let alice: string;

beforeAll(async () => {
  const limits = ["--limit", "cases=1", "--limit", "seeds=1"];
  const store = join(folder.path, "shop.db");
  server = await startServer(["serve", "--specs-dir", "examples/ecommerce", "--store", store, ...limits]);
  alice = await keyFor(server.ready.url, server.ready.operatorKey, 'Customer::"alice"');
  for (const Id of ["o-1", "o-2", "o-3"]) await post("/tdata/Orders", { Id, CustomerId: "alice" });
});

afterAll(async () => {
  expect(await server.end()).toBe(0);
  folder.remove();
});

function post(path: string, body: object = {}) {
  return call(server.ready.url, `POST ${path}`, { key: alice, body });
}

/** The decision that waits because alice wants to pick that order. */
async function refused(order: string): Promise<string> {
  const { status, text } = await post(`/tdata/Orders('${order}')/StartPicking`);
  expect(status, text).toBe(403);
  return JSON.parse(text).error.innererror.decisionId;
}

async function picks(order: string): Promise<number> {
  return (await post(`/tdata/Orders('${order}')/StartPicking`)).status;
}

function decide(...args: readonly string[]) {
  const env = { TEMPERC_KEY: server.ready.operatorKey ?? "" };
  return command(["decide", ...args, "--server", server.ready.url], env);
}

test("a program lists, looks at what would be added, approves, and lists what was approved", async () => {
  const id = await refused("o-1");
  const listed = JSON.parse((await decide("--list", "--json")).out);
  expect(listed).toMatchObject({ ok: true, decisions: [{ id, principal: 'Customer::"alice"', entityId: "o-1" }] });
  const preview = await decide(id, "--approve", "narrow", "--preview");
  expect([preview.exitCode, preview.out]).toEqual([0, expect.stringContaining('resource == Order::"o-1"')]);
  expect((await decide(id)).out).toContain("medium:\npermit (");
  expect(await picks("o-1")).toBe(403);
  const approved = JSON.parse((await decide(id, "--approve", "narrow", "--note", "go on", "--json")).out);
  expect(approved).toMatchObject({ ok: true, state: "approved", policy: { id, text: preview.out.trim() } });
  expect([await picks("o-1"), await picks("o-2")]).toEqual([409, 403]);
  expect((await decide("--state", "approved")).out).toContain(`${id}  approved  Customer::"alice" wants StartPicking`);
  const again = await decide(id, "--deny");
  expect([again.exitCode, again.err]).toEqual([1, expect.stringContaining(`${id} was approved by Admin::"operator"`)]);
});

test("warns whoever looks at what a policy forbids, or approves it, by the clause that no approval lifts", async () => {
  const text = 'forbid (principal, action == Action::"Order::Pack", resource);';
  const key = server.ready.operatorKey ?? "";
  const policy = "/api/tenants/default/policies/no-packing";
  await call(server.ready.url, `PUT ${policy}`, { key, body: { text } });
  const id = JSON.parse((await post("/tdata/Orders('o-1')/Pack")).text).error.innererror.decisionId;
  const warning = `no approval lifts what "no-packing" forbids:\n${text}\n`;
  expect((await decide(id)).out).toContain(warning);
  expect(JSON.parse((await decide(id, "--json")).out)).toMatchObject({ forbids: [{ id: "no-packing", text }] });
  expect((await decide(id, "--approve", "narrow", "--preview")).err).toContain(warning);
  const approved = await decide(id, "--approve", "narrow");
  expect([approved.exitCode, approved.err]).toEqual([0, `${id} is approved; the policy above is in force\n${warning}`]);
  await call(server.ready.url, `DELETE ${policy}`, { key });
  await call(server.ready.url, `DELETE /api/tenants/default/policies/${id}`, { key });
});

test("without a terminal it lists; --follow prints each of that state as it comes, until a signal", async () => {
  const env = { TEMPERC_KEY: server.ready.operatorKey ?? "" };
  const following = start(
    process.execPath,
    ["dist/cli/main.js", "decide", "--follow", "--state", "pending", "--json", "--server", server.ready.url],
    { env },
  );
  const out = collected(following.stdout);
  const id = await refused("o-3");
  for (let waits = 0; !out().includes(id) && waits < 1_000; waits += 1)
    await new Promise((next) => setTimeout(next, 20));
  const said = out()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(said.map((each) => each.id)).toContain(id);
  expect(new Set(said.map(({ state }) => state))).toEqual(new Set(["pending"]));
  const ended = new Promise((resolve) => following.once("close", resolve));
  following.kill("SIGTERM");
  expect(await ended).toBe(0);
  expect((await decide()).out).toContain(id);
  expect((await decide(id, "--deny", "--note", "no")).out).toBe(`denied ${id}\n`);
});

test("says what is wrong: no key, a caller's key, no such decision, options that contradict each other", async () => {
  const url = ["--server", server.ready.url];
  const cases: readonly [readonly string[], string, number, RegExp][] = [
    [["--list", ...url], "", 2, /TEMPERC_KEY/],
    [["PD-1", "--deny", ...url], alice, 1, /only an operator's key/],
    [["PD-1", "--deny", ...url], server.ready.operatorKey ?? "", 1, /there is no decision "PD-1"/],
    [["PD-1", "--deny", "--approve", "narrow", ...url], "tk_x", 2, /give one of them/],
    [["--approve", "narrow", ...url], "tk_x", 2, /give its id/],
    [["PD-1", "--list", ...url], "tk_x", 2, /leave the id out/],
    [["--list", "--follow", ...url], "tk_x", 2, /give one of them/],
    [["PD-1", "--state", "denied", ...url], "tk_x", 2, /leave it or the id out/],
    [
      ["PD-1", "--approve", "medium", "--resource", "this_resource", ...url],
      "tk_x",
      2,
      /--resource is a part of a cell/,
    ],
    [["PD-1", "--approve", "broad", "--role", "night", ...url], "tk_x", 2, /--role is a part of a cell/],
    [["PD-1", "--deny", "--duration", "session", ...url], "tk_x", 2, /--duration is about an approval/],
    [["PD-1", "--deny", "--preview", ...url], "tk_x", 2, /--preview is about an approval/],
    [["PD-1", "--note", "no", ...url], "tk_x", 2, /give --approve or --deny/],
    [["--list", "--server", "nowhere"], "tk_x", 2, /no URL of a server/],
    [["--list", "--server", "http://127.0.0.1:1"], "tk_x", 1, /does not answer/],
  ];
  for (const [args, key, exitCode, message] of cases) {
    const ended = await command(["decide", ...args], { TEMPERC_KEY: key });
    expect([ended.exitCode, ended.err]).toEqual([exitCode, expect.stringMatching(message)]);
  }
});

test("a person walks the queue by keys, in a terminal that has no size: is shown the policy, agrees to it, and denies what comes next", async () => {
  const first = await refused("o-2");
  const at = serverAt(server.ready.url, server.ready.operatorKey ?? "");
  if (at.kind === "refused") throw new Error(at.message);
  const [input, output] = [new PassThrough(), Object.assign(new PassThrough(), { columns: 0 })];
  const shown = collected(output);
  const walking = walk(queueOf(at, "default"), { input, output });
  const press = async (seen: string, keys: string): Promise<void> => {
    for (let waits = 0; !shown().includes(seen) && waits < 1_000; waits += 1)
      await new Promise((next) => setTimeout(next, 20));
    expect(shown()).toContain(seen);
    await new Promise((next) => setTimeout(next, 50));
    if (keys !== "") input.write(keys);
  };
  await press("What shall it be?", "\r");
  await press("For how long?", "\r");
  await press("Add it?", "y");
  await press("approved: ", "");
  expect(shown()).toContain('resource == Order::"o-2"');
  expect(await picks("o-2")).toBe(409);
  await press("nothing to decide", "");
  await post("/tdata/Orders('o-2')/Pack");
  await press("wants Pack", "");
  await new Promise((next) => setTimeout(next, 200));
  for (const key of ["\u001b[B", "\u001b[B", "\u001b[B", "\r"]) {
    input.write(key);
    await new Promise((next) => setTimeout(next, 50));
  }
  await press("Why not?", "\r");
  await press("denied: ", "");
  const state = await queueOf(at, "default").show(first);
  expect(state).toMatchObject({ decision: { state: "approved" } });
  await new Promise((next) => setTimeout(next, 200));
  input.write("\u0003");
  expect(await walking).toBeUndefined();
});
