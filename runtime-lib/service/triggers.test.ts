/** Triggers and spawned entities: whom an action reaches, as whom, with what, and what becomes of what cannot be done. */
import { afterEach, describe, expect, test } from "vitest";
import { alice, Workshop, type WorkshopOptions } from "../../test/definitions/open-workshop.ts";
import { fillTrigger, workshop } from "../../test/definitions/workshop.ts";
import type { ServiceDefinition, TriggerDescriptor, Values } from "../kernel/index.ts";

let shop: Workshop;

afterEach(async () => {
  expect(shop.errors).toEqual([]);
  await shop.close();
});

async function open(definition: ServiceDefinition, options: WorkshopOptions = {}): Promise<void> {
  shop = new Workshop(":memory:");
  await shop.open(definition, options);
}

/** A job that asks once, with shelves `a` and `b` there. */
async function ask(trigger: TriggerDescriptor, job: Values = { Peer: "a" }): Promise<void> {
  await open(workshop({ triggers: [trigger] }));
  for (const id of ["a", "b"]) await shop.create("Shelf", id);
  await shop.create("Job", "1", job);
  expect(await shop.act("Job", "1", "Ask")).toMatchObject({ kind: "written" });
  await shop.quiet();
}

const counts = async (...ids: readonly string[]) => Promise.all(ids.map((id) => shop.count("Shelf", id)));

describe("a trigger", () => {
  test("asks for an internal action of the entity that a field names, as the caller, and says what caused it", async () => {
    await ask(fillTrigger());
    expect(await counts("a", "b")).toEqual([1, 0]);
    const [, asked] = await shop.store.events({ tenant: "t", entityType: "Job", entityId: "1" });
    const [, filled] = await shop.store.events({ tenant: "t", entityType: "Shelf", entityId: "a" });
    expect(filled).toMatchObject({
      action: "Fill",
      principal: 'Customer::"alice"',
      causationId: asked?.eventId,
      correlationId: "c",
      idempotencyKey: `${asked?.eventId}:0`,
    });
  });

  test("never lets a caller ask for an internal action", async () => {
    await open(workshop({}));
    await shop.create("Shelf", "a");
    expect(await shop.act("Shelf", "a", "Fill")).toMatchObject({ code: "UnknownAction" });
    const claim = { entry: { key: "k" }, token: "t" };
    const write = {
      entityType: "Shelf",
      entityId: "a",
      change: { kind: "action", action: "Fill", params: {} },
      delivering: claim,
    };
    expect(await shop.service.write(alice, write as never)).toMatchObject({ code: "UnknownAction" });
  });

  test("reaches each entity of a list, its own id, a fixed one, and a new one", async () => {
    await ask(fillTrigger({ target: { kind: "field", field: "Peers" } }), { Peers: ["a", "b"] });
    expect(await counts("a", "b")).toEqual([1, 1]);
    await shop.close();
    await ask(fillTrigger({ target: { kind: "static", entityId: "b" } }));
    expect(await counts("a", "b")).toEqual([0, 1]);
    await shop.close();
    await ask(fillTrigger({ target: { kind: "same-id" }, entityType: "Job", action: "Wake" }));
    expect(await shop.history("Job", "1")).toEqual([
      'Customer::"alice" created',
      'Customer::"alice" Ask',
      'Customer::"alice" Wake',
    ]);
    await shop.close();
    await ask(fillTrigger({ target: { kind: "create" }, params: [{ param: "Owner", field: "Peer" }] }));
    expect(await shop.store.statusCounts()).toContainEqual({ entityType: "Shelf", status: "Free", count: 3 });
  });

  test("makes the entity where it is missing, of the parameters that are its fields, and not where it is there", async () => {
    const params = [
      { param: "Owner", field: "Id" },
      { param: "By", value: "trigger" },
    ];
    const made = fillTrigger({ target: { kind: "create-if-missing", field: "Peers" }, params });
    await ask(made, { Peers: ["a", "new"] });
    expect(await shop.values("Shelf", "new")).toMatchObject({ Owner: "1", By: "trigger", Count: 1 });
    expect(await shop.values("Shelf", "a")).toMatchObject({ Owner: null, By: "trigger", Count: 1 });
    expect(await shop.history("Shelf", "new")).toEqual(['Customer::"alice" created', 'Customer::"alice" Fill']);
  });

  test("is set off only where the action landed, and where its condition holds on what came of it", async () => {
    await ask(fillTrigger({}, { toStatus: "Running" }));
    expect(await counts("a")).toEqual([0]);
    await shop.close();
    const holds: TriggerDescriptor["holds"] = ({ Count }, { other = [] }) => Count === 2 && other[0] === "Free";
    const references = [{ name: "other", entityType: "Shelf", reference: "Peer", property: "status" }];
    await ask(fillTrigger({}, { toStatus: "Idle", holds, references }));
    expect(await counts("a")).toEqual([0]);
    await shop.act("Job", "1", "Ask");
    await shop.quiet();
    expect(await counts("a")).toEqual([1]);
    await shop.act("Job", "1", "Ask");
    await shop.quiet();
    expect(await counts("a")).toEqual([1]);
  });

  test("runs as the agent type that it names, which policies decide about", async () => {
    await ask(fillTrigger({}, { principal: "Agent" }));
    expect(await shop.history("Shelf", "a")).toEqual(['Customer::"alice" created', 'Agent::"fill" Fill']);
    await shop.close();
    const forbid = { id: "no-agents", text: 'forbid(principal is Agent, action in Action::"Fill", resource);' };
    await open(workshop({ triggers: [fillTrigger({}, { principal: "Agent" })] }, [forbid]));
    await shop.create("Shelf", "a");
    await shop.create("Job", "1", { Peer: "a" });
    await shop.act("Job", "1", "Ask");
    await shop.quiet();
    expect([await counts("a"), await shop.dead()]).toEqual([
      [0],
      ["AuthorizationDenied: Fill on Shelf is not allowed: forbidden by no-agents"],
    ]);
  });

  test("that cannot be done is a dead letter at once, with the reason, and nothing of the source is undone", async () => {
    await ask(fillTrigger(), { Peer: "nowhere" });
    expect(await shop.dead()).toEqual(['NotFound: there is no Shelf "nowhere"']);
    expect(await shop.count("Job", "1")).toBe(1);
    await shop.close();
    await ask(fillTrigger(), { Peer: null });
    expect(await shop.dead()).toEqual(["there is no target: Peer is not set"]);
    await shop.close();
    await ask(fillTrigger({ params: [{ param: "Owner", value: "x" }] }));
    expect(await shop.dead()).toEqual(["InvalidParameter: Owner is no parameter of Fill"]);
    await shop.close();
    await ask(fillTrigger({ action: "Nothing" }));
    expect(await shop.dead()).toEqual(['UnknownAction: Shelf has no action "Nothing"']);
  });

  test("that may be dropped leaves nothing where it is refused or has no target", async () => {
    for (const Peer of ["nowhere", null]) {
      await ask(fillTrigger({ dropOk: true }), { Peer });
      expect([await shop.dead(), await queued()]).toEqual([[], 0]);
      await shop.close();
    }
    await ask(fillTrigger({ dropOk: true }));
    expect(await counts("a")).toEqual([1]);
  });

  test("a dead letter is retried or dropped by its key", async () => {
    await ask(fillTrigger(), { Peers: [], Peer: "late" });
    const [letter] = await shop.service.deadLetters("t", { top: 1, skip: 0 });
    const key = letter?.entry.key ?? "";
    await shop.create("Shelf", "late");
    expect([await shop.service.retryDeadLetter("u", key), await shop.service.retryDeadLetter("t", key)]).toEqual([
      false,
      true,
    ]);
    await shop.quiet();
    expect([await counts("late"), await shop.dead()]).toEqual([[1], []]);
    await shop.write("Shelf", "late", { kind: "delete" });
    await shop.act("Job", "1", "Ask");
    await shop.quiet();
    const [second] = await shop.service.deadLetters("t", { top: 1, skip: 0 });
    expect(await shop.service.dropDeadLetter("t", second?.entry.key ?? "")).toBe(true);
    expect(await shop.dead()).toEqual([]);
  });
});

async function queued(): Promise<number> {
  return (await shop.store.outbox({ tenant: "t", state: "queued", top: 10_000, skip: 0 })).length;
}

describe("a cascade", () => {
  const ringing = fillTrigger({ entityType: "Job", action: "Ask", target: { kind: "same-id" } });

  test("ends at its depth, as a dead letter", async () => {
    await ask(ringing);
    expect([await shop.count("Job", "1"), await shop.dead()]).toEqual([9, ["the cascade is deeper than 8 deliveries"]]);
  });

  test("counts from every call from outside anew", async () => {
    await ask(ringing);
    await shop.act("Job", "1", "Ask");
    await shop.quiet();
    expect(await shop.count("Job", "1")).toBe(18);
  });
});

describe("a full outbox", () => {
  test("turns away calls that would add to it, and no others, until there is room", async () => {
    shop = new Workshop(":memory:");
    const definition = workshop({ triggers: [fillTrigger()] });
    await shop.open(definition, { limits: { outboxPendingMax: 2 }, delivers: false });
    await shop.create("Job", "1", { Peer: "a" });
    await shop.act("Job", "1", "Ask");
    await shop.act("Job", "1", "Ask");
    expect(await shop.act("Job", "1", "Ask")).toMatchObject({ code: "Overloaded", retryAfterSeconds: 1 });
    expect(await shop.act("Job", "1", "Announce")).toMatchObject({ kind: "written" });
    expect([await shop.count("Job", "1"), await queued()]).toEqual([3, 2]);
  });
});

describe("a spawned entity", () => {
  test("is made under a fresh id with what is copied, and begins with its action", async () => {
    await open(workshop({}));
    await shop.create("Job", "1", { Owner: "bob" });
    expect(await shop.act("Job", "1", "Hire", { "fresh id": "mine" })).toMatchObject({ target: "fresh id" });
    await shop.act("Job", "1", "Hire");
    await shop.quiet();
    const [, hired] = await shop.store.events({ tenant: "t", entityType: "Job", entityId: "1" });
    expect(hired?.params).toEqual({});
    const list = { entityType: "Shelf", orderBy: [], top: 10, skip: 0, count: false };
    expect(await shop.service.list(alice, list)).toMatchObject({
      page: { rows: [{ values: { Owner: "bob", Count: 1 }, sequence: 2 }] },
    });
  });

  test("is a dead letter where its id is taken or not there", async () => {
    await open(workshop({}));
    await shop.create("Job", "1");
    await shop.create("Shelf", "x");
    for (const By of ["x", null, "y"]) await shop.act("Job", "1", "HireAs", { By });
    await shop.quiet();
    expect(await shop.dead()).toEqual([
      'EntityExists: there is already a Shelf "x"',
      "there is no id for the new Shelf",
    ]);
    expect(await shop.history("Shelf", "y")).toEqual(['Customer::"alice" created', 'Customer::"alice" Fill']);
  });
});

test("named events are recorded with the action that emitted them", async () => {
  await open(workshop({}));
  await shop.create("Job", "1");
  await shop.act("Job", "1", "Announce");
  const events = await shop.store.events({ tenant: "t", entityType: "Job", entityId: "1" });
  expect(events.map(({ outputs }) => outputs)).toEqual([[], ["Announced", "Heard"]]);
});
