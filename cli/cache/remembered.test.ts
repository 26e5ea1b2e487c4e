/** What is kept of a verification, and what never is. */
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { collecting } from "../../test/live/collecting.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { remembered } from "./remembered.ts";
import { cacheFolder } from "./verdict-cache.ts";

const example = join(import.meta.dirname, "../../examples/readers-writers");
let folder = "";
let spec = "";
let before: string | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "temperc-cache-"));
  spec = join(folder, "spec");
  cpSync(example, spec, { recursive: true });
  before = process.env.TEMPERC_CACHE_DIR;
  process.env.TEMPERC_CACHE_DIR = join(folder, "cache");
});

afterEach(() => {
  process.env.TEMPERC_CACHE_DIR = before ?? "";
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a command that prints on both streams; says what was printed and whether the command ran. */
async function ask(
  options: object = {},
  exitCode: ExitCode = exitCodes.ok,
): Promise<readonly [boolean, string, string]> {
  const { terminal, ended } = collecting();
  let ran = false;
  const given = await remembered({ folder: spec, options }, terminal(), async (noted) => {
    ran = true;
    noted.out("PASSED\n");
    noted.err("\r12 states");
    noted.err("a warning\n");
    return exitCode;
  });
  expect(given).toBe(ran ? exitCode : exitCodes.ok);
  const { out, err } = ended(given);
  return [ran, out, err];
}

const entries = (): readonly string[] => readdirSync(join(folder, "cache/verdicts"));

test("what held is printed again without running, but for its progress", async () => {
  expect(await ask()).toEqual([true, "PASSED\n", "\r12 statesa warning\n"]);
  expect(await ask()).toEqual([false, "PASSED\n", "a warning\nverified before; --no-cache verifies again\n"]);
  expect((await ask({ json: true }))[0]).toBe(true);
  expect(await ask({ json: true })).toEqual([false, "PASSED\n", "a warning\n"]);
});

test("other options, another spec and --no-cache are asked anew", async () => {
  await ask();
  expect((await ask({ bound: new Map([["readers", 9]]) }))[0]).toBe(true);
  expect((await ask({ bound: new Map([["readers", 9]]) }))[0]).toBe(false);
  expect((await ask({ cache: false }))[0]).toBe(true);
  writeFileSync(join(spec, "more.cedar"), "permit(principal, action, resource);\n");
  expect((await ask())[0]).toBe(true);
});

test.each(["", "[{", "null", '[{"stream":"out"}]', '{"stream":"out","text":"PASSED"}'])(
  "an entry that is broken (%j) is ignored and mended",
  async (text) => {
    await ask();
    for (const name of entries()) writeFileSync(join(folder, "cache/verdicts", name), text);
    expect((await ask())[0]).toBe(true);
    expect((await ask())[0]).toBe(false);
  },
);

test("what is violated or unknown is not kept, nor anything under --allow-unknown", async () => {
  await ask({}, exitCodes.failed);
  await ask({}, exitCodes.unknown);
  await ask({ allowUnknown: true });
  expect(existsSync(join(folder, "cache"))).toBe(false);
});

test("of more entries than it keeps, the oldest go", async () => {
  await ask();
  for (let index = 0; index < 300; index++) writeFileSync(join(folder, "cache/verdicts", `old-${index}.json`), "[]");
  await ask({ json: true });
  expect(entries().length).toBe(256);
});

test("a folder that cannot be written is no hindrance", async () => {
  writeFileSync(join(folder, "cache"), "a file");
  expect((await ask())[0]).toBe(true);
  expect((await ask())[0]).toBe(true);
});

test("the folder is the one that is named, or the user's own; named as nothing there is none", () => {
  expect(cacheFolder({ TEMPERC_CACHE_DIR: "/here", XDG_CACHE_HOME: "/there" })).toBe("/here");
  expect(cacheFolder({ XDG_CACHE_HOME: "/there" })).toBe("/there/temperc");
  expect(cacheFolder({ TEMPERC_CACHE_DIR: "" })).toBeUndefined();
  expect(cacheFolder({})).toMatch(/\.cache\/temperc$/);
});
