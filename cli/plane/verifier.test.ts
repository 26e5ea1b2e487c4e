/** The processes that verify submissions: bounded in time and memory, without secrets, one for each, and none remembered by the next. */
import { existsSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { Nursery } from "./nursery.ts";
import { rehearsalFolder } from "./rehearsal.ts";
import { defaultVerifierLimits, startVerifier, type Verifier, type VerifierLimits } from "./verifier.ts";
import { VerifyProcesses } from "./verify-processes.ts";

const decoder = new TextDecoder();
const files = rehearsalFolder().sources.files.map(({ path, bytes }) => ({ path, text: decoder.decode(bytes) }));
const few = { limits: { seeds: 1, steps: 40, cases: 2 } };

let verifier: Verifier | undefined;

afterEach(() => verifier?.close());

function verify(limits: Partial<VerifierLimits>, submitted = files) {
  verifier ??= startVerifier(few, { ...defaultVerifierLimits, verifySparesMax: 0, ...limits });
  return verifier.verify("trial", submitted, () => undefined);
}

function fresh(limits: Partial<VerifierLimits>) {
  verifier = undefined;
  return verify(limits);
}

describe("a process that verifies", () => {
  test("is ended past its time, which is named", async () => {
    expect(await fresh({ verifyProcessMs: 50 })).toEqual({
      kind: "ended",
      reason: "it took longer than 50 ms (verifyProcessMs)",
    });
  });

  test("is ended past its memory, which is named", async () => {
    const { kind, ...rest } = await fresh({ verifyProcessBytesMax: 2 ** 20 });
    expect([kind, rest]).toEqual(["ended", { reason: expect.stringMatching(/1048576 bytes .*verifyProcessBytesMax/) }]);
  });

  test("and one that has rehearsed find the same, to the last byte", async () => {
    verifier = undefined;
    const cold = await verify({ verifySparesMax: 1 });
    const warm = await verify({});
    expect(cold).toMatchObject({ kind: "made", outcome: "held", program: { name: "Trial" } });
    const strip = (found: object): object => ({ ...found, timings: {} });
    expect(strip(warm)).toEqual(strip(cold));
  });
});

test("a nursery that ends takes its jobs with it, and the next job has another", async () => {
  const nursery = new Nursery({ ...defaultVerifierLimits, verifySpareAfterMs: 60_000 });
  const job = { name: "trial", files, bounds: new Map(), limits: few.limits };
  const verified = nursery.verify(job, () => undefined);
  const { pid } = nursery;
  if (pid === undefined) throw new Error("the nursery has not started");
  process.kill(pid, "SIGKILL");
  expect(await verified).toMatchObject({ kind: "ended", reason: expect.stringContaining("ended unexpectedly") });
  expect(await nursery.verify(job, () => undefined)).toMatchObject({ kind: "made" });
  expect(nursery.pid).not.toBe(pid);
  nursery.close();
});

describe("the processes", () => {
  test("are used once, see no environment, and leave a spare behind; closed, all of them end", async () => {
    const processes = new VerifyProcesses(defaultVerifierLimits);
    const first = processes.take();
    if (existsSync(`/proc/${first.pid}/environ`)) {
      expect(readFileSync(`/proc/${first.pid}/environ`, "utf8").includes("PATH=")).toBe(false);
    }
    processes.end(first);
    const second = processes.take();
    expect([first.spawnargs.at(-1), second.spawnargs.at(-1)]).toEqual(["now", "spare"]);
    expect(second.pid).not.toBe(first.pid);
    const ended = Promise.all([first, second].map((child) => new Promise((resolve) => child.once("close", resolve))));
    processes.close();
    await ended;
    expect([first.signalCode, second.signalCode]).toEqual(["SIGKILL", "SIGKILL"]);
  });

  test("of a host that wants no spare are started when they are needed", () => {
    const processes = new VerifyProcesses({ ...defaultVerifierLimits, verifySparesMax: 0 });
    processes.end(processes.take());
    expect(processes.take().spawnargs.at(-1)).toBe("now");
    processes.close();
  });
});
