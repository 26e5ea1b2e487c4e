/** A `[migration]` that would break a promise is found wherever a revision follows another: by `verify --from`, at a start, at a save. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freshFolder, root, startServer, temperc } from "./live/temperc.ts";

const folder = freshFolder();
const [old, next] = [join(folder.path, "old"), join(folder.path, "next")];
const original = readFileSync(join(root, "examples/readers-writers/readers-writers.ioa.toml"), "utf8");
const few = ["seeds=1", "cases=1"].flatMap((limit) => ["--limit", limit]);

/** The status Open is called Free from now on. */
function mapping(status: string): string {
  return `${original.replaceAll("Open", "Free")}\n[migration.status]\nOpen = "${status}"\n`;
}

function save(place: string, text: string): void {
  writeFileSync(join(place, "readers-writers.ioa.toml"), text);
}

const broken = "at first Open with readers 0, writers 0, becomes Writing";

beforeAll(() => {
  for (const place of [old, next]) {
    cpSync(join(root, "examples/readers-writers"), place, { recursive: true });
    writeFileSync(join(place, "all.cedar"), "permit(principal, action, resource);\n");
  }
});

afterAll(() => folder.remove());

test("temperc verify --from says what becomes of all that the earlier spec reaches", async () => {
  const verify = (...more: readonly string[]) => temperc(["verify", next, "--from", old, ...few, ...more]);
  save(next, mapping("Free"));
  const held = await verify();
  expect([held.exitCode, held.out]).toEqual([0, expect.stringMatching(/^migration \(Document\) {2}PASSED {2}6 snap/m)]);
  save(next, mapping("Writing"));
  const violated = await verify("--no-traces");
  expect([violated.exitCode, violated.out]).toEqual([1, expect.stringMatching(/^migration \(Document\) {2}FAILED/m)]);
  expect(violated.out).toContain(broken);
  const { exitCode, out } = await verify("--json", "--no-traces");
  const found = { ok: false, outcome: "held", migrations: [{ automaton: "Document", outcome: "violated" }] };
  expect([exitCode, JSON.parse(out)]).toMatchObject([1, found]);
  const none = await temperc(["verify", next, "--from", join(folder.path, "gone"), ...few]);
  expect([none.exitCode, none.err]).toEqual([2, expect.stringContaining("gone")]);
});

test("temperc serve does not start with one that breaks what was served last", async () => {
  const serving = ["serve", "--specs-dir", old, "--store", join(folder.path, "serve.db")];
  expect(await (await startServer(serving)).end()).toBe(0);
  save(old, mapping("Writing"));
  const refused = await temperc([...serving, ...few, "--port", "0"]);
  save(old, original);
  expect([refused.exitCode, refused.err]).toEqual([1, expect.stringContaining("the migration breaks a promise")]);
  expect(refused.err).toContain(broken);
});

test("temperc dev does not swap in a save with one that breaks what is served", async () => {
  const server = await startServer(["dev", old, "--store", join(folder.path, "dev.db"), ...few]);
  save(old, mapping("Writing"));
  const refused = await server.next("refused", "swapped", "kept");
  expect(refused).toMatchObject({ event: "refused", reasons: [expect.stringContaining(broken)] });
  save(old, mapping("Free"));
  expect(await server.next("refused", "swapped", "kept")).toMatchObject({ event: "swapped" });
  expect(await server.end("SIGINT")).toBe(0);
});
