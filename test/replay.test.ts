/** `temperc replay`: a counterexample against the emitted code, against services over real HTTP, and as a committed test. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readTraceFile } from "../cli/traces/read-file.ts";
import { regressionTest } from "../cli/traces/regression-test.ts";
import { rerunCalls } from "../cli/traces/rerun-calls.ts";
import { defaultTraceLimits } from "../verify/index.ts";
import { keyFor } from "./live/client.ts";
import { replayed } from "./live/replayed.ts";
import { freshFolder, root, startServer, temperc } from "./live/temperc.ts";
import { serveUnverified } from "./live/unverified.ts";

const folder = freshFolder();
const at = (name: string): string => join(folder.path, name);
const broken = "golden/verify/retries-without-a-limit/spec";
const mended = "test/regressions/spec";
const trace = at("traces/Job-AtMostThreeRetries.trace.json");

beforeAll(async () => {
  const { exitCode, err } = await temperc(["verify", broken, "--traces", at("traces")]);
  expect([exitCode, err]).toEqual([1, expect.stringContaining(`temperc replay ${trace}`)]);
  for (const [name, from] of Object.entries({ broken, mended })) {
    cpSync(join(root, from), at(name), { recursive: true });
    writeFileSync(join(at(name), "all.cedar"), "permit(principal, action, resource);\n");
    const file = join(at(name), readdirSync(at(name)).find((each) => each.endsWith(".toml")) ?? "");
    writeFileSync(file, readFileSync(file, "utf8").replace('name = "Retry"', 'name = "Retry"\nkind = "input"'));
  }
});

afterAll(() => folder.remove());

describe("against the emitted code", () => {
  test("the spec that it came from runs as recorded, and the property is broken", async () => {
    const { exitCode, out } = await temperc(["replay", trace]);
    expect(out).toContain("the same: against golden/verify/retries-without-a-limit/spec, 4 steps as recorded");
    expect(out).toContain(
      "after step 4: AtMostThreeRetries does not hold: retries <= 3, with status Running, retries 4",
    );
    expect(exitCode).toBe(0);
  });

  test("the mended spec departs where the guard refuses, and the record says so", async () => {
    const { exitCode, out } = await replayed(trace, { specsDir: mended, json: true });
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      stepsAsRecorded: 3,
      departure: { step: 4, expected: "status Running, retries 4", found: expect.stringContaining("guard-false") },
      judgement: { kind: "kept" },
      notes: ["the spec, or temperc, has changed since the trace was written"],
    });
    expect(exitCode).toBe(1);
  });

  test("what is no trace is refused with exit code 2", async () => {
    writeFileSync(at("no.trace.json"), '{"format":"temperc-trace","version":9}');
    mkdirSync(at("folder.trace.json"));
    for (const [name, message] of [
      ["no.trace.json", /it has version 9 of the format/],
      ["folder.trace.json", /is no file/],
      ["missing.trace.json", /it does not exist/],
    ] as const) {
      const { exitCode, err } = await replayed(at(name));
      expect([exitCode, err]).toEqual([2, expect.stringMatching(message)]);
    }
  });
});

describe("over HTTP", () => {
  test("a service that has the fault does as the trace says", async () => {
    const { url, key, end } = await serveUnverified(at("broken"));
    const { exitCode, out, err } = await replayed(trace, { url, key });
    expect(out, err).toContain(`the same: against ${url}/tdata, 4 steps as recorded`);
    expect(err).toMatch(/the run made http.*Jobs\('replay-/);
    expect(exitCode).toBe(0);
    const denied = await replayed(trace, { url, key: "tk_wrong" });
    expect(denied.out).toContain("departs:");
    expect(denied.out).toContain("401 Unauthenticated");
    await end();
  });

  test("a mended spec that is served departs with the service's own answer", async () => {
    const server = await startServer(["serve", "--specs-dir", at("mended"), "--store", at("mended.db")]);
    const key = await keyFor(server.ready.url, server.ready.operatorKey, 'Customer::"a"');
    const { exitCode, out } = await replayed(trace, { url: server.ready.url, key, json: true });
    expect(JSON.parse(out)).toMatchObject({
      stepsAsRecorded: 3,
      departure: { step: 4, found: expect.stringMatching(/^the service answers 409 GuardFailed: /) },
    });
    expect(exitCode).toBe(1);
    expect(await server.end()).toBe(0);
  });
});

describe("as a test", () => {
  test("the command writes the test that is committed in test/regressions", async () => {
    const path = join(root, "test/regressions/job.test.ts");
    const read = await readTraceFile(trace, defaultTraceLimits);
    if (read.kind !== "trace") throw new Error(read.message);
    const text = regressionTest(read.trace, { path, tracePath: trace, specs: join(root, mended) });
    expect(text).toBe(readFileSync(path, "utf8"));
    const { exitCode } = await replayed(trace, { toTest: at("job.test.ts") });
    expect([exitCode, existsSync(at("job.test.ts"))]).toEqual([0, true]);
    const again = await replayed(trace, { toTest: at("job.test.ts") });
    expect([again.exitCode, again.err]).toEqual([1, expect.stringContaining("is there already")]);
  });

  test("its calls fail while the spec has the fault, pass once it is mended, and throw when they say nothing", async () => {
    const retry = { entity: "Job", action: "Retry", params: {} };
    const asked = {
      property: { kind: "invariant", name: "AtMostThreeRetries" },
      entities: [{ name: "Job", automaton: "Job" }],
      calls: [retry, retry, retry, retry],
    } as const;
    expect(await rerunCalls({ ...asked, specs: at("broken") })).toMatchObject({ broken: true, accepted: 4 });
    expect(await rerunCalls({ ...asked, specs: at("mended") })).toMatchObject({ broken: false, accepted: 3 });
    const gone = { ...asked, specs: at("mended"), calls: [{ ...retry, action: "Again" }] };
    await expect(rerunCalls(gone)).rejects.toThrow("Job has no action Again");
    const renamed = { ...asked, specs: at("mended"), property: { kind: "invariant", name: "Renamed" } } as const;
    await expect(rerunCalls(renamed)).rejects.toThrow("has no invariant Renamed");
  });
});
