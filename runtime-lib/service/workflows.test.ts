/** Collection workflows: how each way in which one can end is called back, and what becomes of its members. */
import { afterEach, describe, expect, test } from "vitest";
import { Workshop } from "../../test/definitions/open-workshop.ts";
import { workshop } from "../../test/definitions/workshop.ts";
import type { WorkflowDescriptor } from "../kernel/index.ts";

const shelves = ["a", "b", "c"];

/** Fills every shelf of a job; each end has a call-back of its own. */
const fillAll: WorkflowDescriptor = {
  name: "fill all",
  startAction: "Start",
  cancelAction: "Snooze",
  timeoutAction: "Stop",
  rosterField: "Peers",
  memberEntity: "Shelf",
  memberAction: "Fill",
  memberCancelAction: "Unlock",
  membersMax: 3,
  concurrencyMax: 2,
  attemptsMax: 1,
  onSuccess: "Delivered",
  onPartialFailure: "Announce",
  onFailure: "NotDelivered",
  onCancelled: "Ask",
  onTimedOut: "Hire",
};

let shop: Workshop;

afterEach(async () => {
  expect(shop.errors).toEqual([]);
  await shop.close();
});

/** A job over all shelves, of which these are locked. */
async function prepare(workflow: WorkflowDescriptor, locked: readonly string[] = []): Promise<void> {
  shop = new Workshop(":memory:");
  await shop.open(workshop({ workflows: [workflow] }));
  for (const id of shelves) await shop.create("Shelf", id);
  for (const id of locked) await shop.act("Shelf", id, "Lock");
  await shop.create("Job", "1", { Peers: [...shelves, "a"] });
}

/** The actions of the job after its creation, without who asked for them. */
async function taken(): Promise<readonly string[]> {
  const history = await shop.history("Job", "1");
  return history.slice(1).map((line) => line.split(" ").at(-1) ?? "");
}

const filled = (): Promise<readonly unknown[]> => Promise.all(shelves.map((id) => shop.count("Shelf", id)));

describe("a collection workflow", () => {
  test.each([
    ["on_success", [], "Delivered", [1, 1, 1]],
    ["on_partial_failure", ["b"], "Announce", [1, 1, 1]],
    ["on_failure", ["a", "b", "c"], "NotDelivered", [1, 1, 1]],
  ])("ends by %s where %j are locked", async (_, locked, end, counts) => {
    await prepare(fillAll, locked);
    await shop.act("Job", "1", "Start");
    await shop.quiet();
    expect(await taken()).toEqual(["Start", end]);
    expect(await filled()).toEqual(counts);
    expect(await shop.dead()).toEqual([]);
  });

  test("calls on_failure also where some fail, if nothing else is said of that", async () => {
    const { onPartialFailure: _, ...others } = fillAll;
    await prepare(others, ["b"]);
    await shop.act("Job", "1", "Start");
    await shop.quiet();
    expect(await taken()).toEqual(["Start", "NotDelivered"]);
  });

  test.each([
    ["on_cancelled", "Snooze", "Ask"],
    ["on_timed_out", "Stop", "Hire"],
  ])("that is ended early asks nobody more, tells its members, and ends by %s", async (_, action, end) => {
    await prepare(fillAll);
    await shop.act("Job", "1", "Start");
    await shop.act("Job", "1", action);
    await shop.quiet();
    const actions = await taken();
    expect(actions.slice(0, 2)).toEqual(["Start", action]);
    expect(actions.filter((each) => [end, "Delivered"].includes(each))).toEqual([end]);
    for (const id of shelves) expect((await shop.history("Shelf", id)).at(-1)).toMatch(/ Unlock$/);
  });

  test("ends on its own where nothing is to be called back", async () => {
    const { onSuccess: _, ...others } = fillAll;
    await prepare(others);
    await shop.act("Job", "1", "Start");
    await shop.quiet();
    expect(await taken()).toEqual(["Start"]);
    expect(await filled()).toEqual([1, 1, 1]);
  });
});
