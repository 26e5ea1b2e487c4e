/** Timers: armed, moved, cancelled and fired once, by a clock that the test owns, and also when nobody was there when they fell due. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Workshop } from "../../test/definitions/open-workshop.ts";
import { fillTrigger, workshop } from "../../test/definitions/workshop.ts";
import type { Reactions } from "../kernel/index.ts";

let folder: string;
let shop: Workshop;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "temperc-timers-"));
  shop = new Workshop(join(folder, "store.db"));
});

afterEach(async () => {
  expect(shop.errors).toEqual([]);
  await shop.close();
  expect(shop.clock.sleepers).toBe(0);
  rmSync(folder, { recursive: true, force: true });
});

type Timeout = Reactions["timeouts"][number];

const nag: Timeout = {
  status: "Running",
  afterSeconds: 60,
  action: "Nag",
  occurrencesMax: 2,
  resetOn: ["Beat"],
  params: { By: "timer" },
};

async function open(timeouts: readonly Timeout[] = []): Promise<void> {
  await shop.open(workshop({ timeouts }));
  await shop.create("Job", "1");
}

async function timers(): Promise<number> {
  return (await shop.store.outbox({ tenant: "t", state: "timer", top: 100, skip: 0 })).length;
}

async function fired(action: string): Promise<number> {
  const history = await shop.history("Job", "1");
  return history.filter((each) => each === `System::"timer" ${action}`).length;
}

describe("a scheduled action", () => {
  test("happens once when its time has come, as the timer", async () => {
    await open();
    await shop.act("Job", "1", "Snooze");
    await shop.pass(59);
    expect([await fired("Wake"), await timers()]).toEqual([0, 1]);
    await shop.pass(1);
    expect([await fired("Wake"), await timers()]).toEqual([1, 0]);
    await shop.pass(600);
    expect(await fired("Wake")).toBe(1);
  });

  test("is moved by asking again", async () => {
    await open();
    await shop.act("Job", "1", "Snooze");
    await shop.pass(40);
    await shop.act("Job", "1", "Snooze");
    await shop.pass(59);
    expect([await fired("Wake"), await timers()]).toEqual([0, 1]);
    await shop.pass(1);
    expect(await fired("Wake")).toBe(1);
  });

  test("at an instant happens then, at once where that is over, never where there is none", async () => {
    await open();
    const snoozeUntil = (By: string | null) => shop.act("Job", "1", "SnoozeUntil", { By });
    await snoozeUntil("2026-01-01T01:05:00+01:00");
    await shop.pass(299);
    expect(await fired("Wake")).toBe(0);
    await shop.pass(1);
    expect(await fired("Wake")).toBe(1);
    await snoozeUntil("2026-01-01T00:04:00Z");
    await shop.quiet();
    expect(await fired("Wake")).toBe(2);
    await shop.act("Job", "1", "Snooze");
    await snoozeUntil(null);
    await snoozeUntil("soon");
    await shop.pass(600);
    expect([await fired("Wake"), await shop.dead()]).toEqual([2, ['"soon" is no instant (RFC 3339)']]);
  });

  test("goes with its entity", async () => {
    await open([nag]);
    await shop.act("Job", "1", "Start");
    await shop.act("Job", "1", "Snooze");
    await shop.write("Job", "1", { kind: "delete" });
    expect(await timers()).toBe(0);
    await shop.create("Job", "1");
    await shop.pass(600);
    expect([await fired("Wake"), await shop.dead()]).toEqual([0, []]);
  });
});

describe("a state timeout", () => {
  test("fires as often as it may while the status is kept, with its parameters", async () => {
    await open([nag]);
    await shop.act("Job", "1", "Start");
    await shop.pass(60);
    expect([await fired("Nag"), (await shop.values("Job", "1"))?.By]).toEqual([1, "timer"]);
    await shop.pass(60);
    expect(await fired("Nag")).toBe(2);
    await shop.pass(6_000);
    expect([await fired("Nag"), await timers()]).toEqual([2, 0]);
  });

  test("is cancelled by leaving, and begins anew on entering", async () => {
    await open([nag]);
    await shop.act("Job", "1", "Start");
    await shop.pass(59);
    await shop.act("Job", "1", "Stop");
    await shop.pass(60);
    expect([await fired("Nag"), await timers()]).toEqual([0, 0]);
    await shop.act("Job", "1", "Start");
    await shop.pass(60);
    expect(await fired("Nag")).toBe(1);
  });

  test("is put off by what resets it, and by nothing else", async () => {
    await open([nag]);
    await shop.act("Job", "1", "Start");
    await shop.pass(59);
    await shop.act("Job", "1", "Announce");
    await shop.act("Job", "1", "Beat");
    await shop.pass(59);
    expect(await fired("Nag")).toBe(0);
    await shop.pass(1);
    expect(await fired("Nag")).toBe(1);
  });

  test("of the initial status is armed by the creation", async () => {
    await open([{ ...nag, status: "Idle", action: "Wake", params: {}, occurrencesMax: 1 }]);
    await shop.pass(60);
    expect(await fired("Wake")).toBe(1);
  });

  test("that the policies or the rules refuse is a dead letter", async () => {
    const forbid = { id: "no-timer", text: 'forbid(principal is System, action in Action::"Nag", resource);' };
    await shop.open(workshop({ timeouts: [nag] }, [forbid]));
    await shop.create("Job", "1");
    await shop.act("Job", "1", "Start");
    await shop.pass(60);
    expect(await shop.dead()).toEqual(["AuthorizationDenied: Nag on Job is not allowed: forbidden by no-timer"]);
    await shop.close();
    await shop.open(workshop({ timeouts: [{ ...nag, status: "Idle" }] }));
    await shop.create("Job", "2");
    await shop.pass(60);
    expect((await shop.dead())[1]).toBe("ActionNotAllowed: Nag is not possible while the status is Idle");
  });
});

describe("a restart", () => {
  test("fires what has fallen due meanwhile, once, and keeps what is not due", async () => {
    await open([nag]);
    await shop.act("Job", "1", "Snooze");
    await shop.act("Job", "1", "Start");
    await shop.close();
    await shop.clock.advance(3_600_000, async () => undefined);
    await shop.open(workshop({ timeouts: [nag] }));
    await shop.quiet();
    expect([await fired("Wake"), await fired("Nag"), await timers()]).toEqual([1, 1, 1]);
    await shop.pass(60);
    expect([await fired("Wake"), await fired("Nag")]).toEqual([1, 2]);
  });
});

describe("a swap", () => {
  test("keeps timers and deliveries that are pending", async () => {
    const definition = workshop({ timeouts: [nag], triggers: [fillTrigger()] });
    await shop.open(definition, { delivers: false });
    await shop.create("Shelf", "a");
    await shop.create("Job", "1", { Peer: "a" });
    await shop.act("Job", "1", "Ask");
    await shop.act("Job", "1", "Start");
    await shop.close();
    await shop.open(definition);
    expect(await shop.service.swap(workshop({}), "r2")).toMatchObject({ kind: "swapped" });
    // The clock wakes only who sleeps: the first look into the outbox is to be over.
    await shop.quiet();
    await shop.pass(60);
    expect([await shop.count("Shelf", "a"), await fired("Nag")]).toEqual([1, 1]);
  });
});
