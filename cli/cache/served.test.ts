/** A revision that held is served again without a verification; every other is verified each time. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { makeRevision, type Revision } from "../kernel/pipeline.ts";
import { pipelineOptions } from "../kernel/pipeline-options.ts";
import { startTools, type Tools } from "../kernel/tools.ts";
import { servedCache } from "./verdict-cache.ts";

const example = join(import.meta.dirname, "../../examples/readers-writers");
const before = process.env.TEMPERC_CACHE_DIR;
let folder = "";
let tools: Tools;

beforeAll(() => {
  tools = startTools();
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "temperc-served-"));
  for (const name of ["one/room", "two/room"]) cpSync(example, join(folder, name), { recursive: true });
  process.env.TEMPERC_CACHE_DIR = join(folder, "cache");
});

afterEach(() => {
  process.env.TEMPERC_CACHE_DIR = before ?? "";
  rmSync(folder, { recursive: true, force: true });
});

afterAll(() => tools.end());

/** What `temperc serve` makes of the spec. */
async function made(name: string, seed = 1): Promise<Revision> {
  const few = new Map(["seeds", "cases"].map((limit) => [limit, 1]));
  const options = pipelineOptions({ limit: few, seed }, []);
  if (options.kind === "refused") throw new Error(options.message);
  const heldBefore = (hash: string) => servedCache(hash, options.verify);
  const revision = await makeRevision(join(folder, name), options, { tools, heldBefore });
  if (revision.kind !== "made") throw new Error(`${name} is ${revision.kind}`);
  return revision;
}

test("what held is not verified again, wherever it is read, and is the same code", async () => {
  const first = await made("one/room");
  expect([first.outcome, first.verdicts.length]).toEqual(["held", 5]);
  const again = await made("two/room");
  expect([again.outcome, again.verdicts]).toEqual(["held", []]);
  expect([again.specHash, again.bundle]).toEqual([first.specHash, first.bundle]);
  expect((await made("one/room", 2)).verdicts).toHaveLength(5);
});

test("what is violated is verified each time", async () => {
  const path = join(folder, "one/room/readers-writers.ioa.toml");
  writeFileSync(path, readFileSync(path, "utf8").replace('"readers == 0"', '"writers == 0"'));
  for (const _ of [1, 2]) {
    const { outcome, verdicts } = await made("one/room");
    expect([outcome, verdicts.length]).toEqual(["violated", 5]);
  }
});
