/** Admission: so many at a time, the rest in order, and a clear answer to those whose turn does not come. */
import { expect, test } from "vitest";
import { SimulatedClock } from "../../test/definitions/simulated-clock.ts";
import type { AdmissionDescriptor } from "../kernel/index.ts";
import { Admissions, type Entrance } from "./admission.ts";

const admission: AdmissionDescriptor = {
  concurrentCreatesMax: 1,
  concurrentActionsMax: { Pay: 2 },
  queueDepth: 2,
  queueTimeoutSeconds: 30,
};

const create: Entrance = { tenant: "t", entityType: "Order", change: { kind: "create", values: {} } };
const pay: Entrance = { tenant: "t", entityType: "Order", change: { kind: "action", action: "Pay", params: {} } };

/** Calls that go on until they are told to end, and what has become of each. */
class Calls {
  readonly clock = new SimulatedClock(0);
  readonly admissions = new Admissions(this.clock, { retryAfterSeconds: 7 });
  readonly seen: string[] = [];
  readonly #ends = new Map<string, () => void>();

  begin(name: string, entrance: Entrance): void {
    const call = () =>
      new Promise<string>((resolve) => {
        this.seen.push(`${name} runs`);
        this.#ends.set(name, () => resolve("done"));
      });
    void this.admissions.pass(admission, entrance, call).then((answer) => {
      this.seen.push(`${name} ${typeof answer === "string" ? answer : `${answer.code} ${answer.retryAfterSeconds}`}`);
    });
  }

  async end(name: string): Promise<void> {
    this.#ends.get(name)?.();
    await settled();
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
}

test("those beyond the slots wait in order of arrival, and each takes the place of one that ends", async () => {
  const calls = new Calls();
  for (const name of ["a", "b", "c", "d"]) calls.begin(name, pay);
  await settled();
  expect(calls.seen).toEqual(["a runs", "b runs"]);
  expect(calls.admissions.waiting).toBe(2);
  await calls.end("b");
  await calls.end("a");
  expect(calls.seen.slice(2)).toEqual(["b done", "c runs", "a done", "d runs"]);
  expect([calls.admissions.waiting, calls.clock.sleepers]).toEqual([0, 0]);
});

test("a full queue is told at once, and one whose turn does not come is told when the time is up", async () => {
  const calls = new Calls();
  for (const name of ["a", "b", "c", "d"]) calls.begin(name, create);
  await settled();
  expect(calls.seen).toEqual(["a runs", "d Overloaded 7"]);
  await calls.clock.advance(30_000, settled);
  expect(calls.seen.slice(2)).toEqual(["b Overloaded 7", "c Overloaded 7"]);
  await calls.end("a");
  calls.begin("e", create);
  await settled();
  expect(calls.seen.slice(4)).toEqual(["a done", "e runs"]);
});

test("tenants, types and kinds of call do not wait for each other, and what has no maximum does not wait at all", async () => {
  const calls = new Calls();
  calls.begin("a", create);
  calls.begin("b", { ...create, tenant: "u" });
  calls.begin("c", { ...create, entityType: "Cart" });
  calls.begin("d", pay);
  for (const name of ["e", "f", "g"]) {
    calls.begin(name, { ...create, change: { kind: "action", action: "Look", params: {} } });
    calls.begin(`${name}2`, { ...create, change: { kind: "patch", values: {} } });
  }
  await settled();
  expect(calls.seen).toHaveLength(10);
  expect(calls.seen.every((line) => line.endsWith(" runs"))).toBe(true);
});
