/** What a migration makes of everything that the earlier revision reaches, and what follows from there. */
import { describe, expect, test } from "vitest";
import { emit } from "../../compiler/index.ts";
import { takenOver } from "../../runtime-lib/simulated.ts";
import { defaultVerifyLimits, migrationCheck } from "../../verify/index.ts";
import { loadService, programOf, templates } from "../emission/load.ts";

const earlier = `
[automaton]
name = "Order"
states = ["Draft", "Reserved", "Done"]
initial = "Draft"
terminal = ["Done"]
allow_indefinite_states = ["Draft", "Reserved"]
[[state]]
name = "paid"
type = "bool"
[[state]]
name = "items"
type = "counter"
[[action]]
name = "Add"
kind = "input"
from = "Draft"
guard = "items < 3"
effect = "items += 1"
[[action]]
name = "Pay"
kind = "input"
from = "Draft"
effect = "paid = true"
[[action]]
name = "Reserve"
kind = "input"
from = "Draft"
to = "Reserved"
[[action]]
name = "Finish"
kind = "input"
from = "Reserved"
to = "Done"
`;

/** Who has paid may ship; `Reserved` is no more. */
const later = (guard: string, migration: string): string => `
[automaton]
name = "Order"
states = ["Draft", "Paid", "Done"]
initial = "Draft"
terminal = ["Done"]
allow_indefinite_states = ["Draft", "Paid"]
[[state]]
name = "paid"
type = "bool"
[[state]]
name = "pieces"
type = "counter"
[[action]]
name = "Pay"
kind = "input"
from = "Draft"
to = "Paid"
effect = "paid = true"
[[action]]
name = "Finish"
kind = "input"
from = "Paid"
to = "Done"
guard = "${guard}"
[[invariant]]
name = "DoneIsPaid"
assert = "status == 'Done' => paid"
[[invariant]]
name = "Few"
assert = "pieces <= 3"
[migration.status]
${migration}
[migration.variables]
items = "rename:pieces"
`;

async function sideOf(text: string) {
  const program = programOf({ "order.ioa.toml": text });
  const service = await loadService(emit(program, templates));
  const [automaton] = program.automata;
  const type = service.entityTypes.find(({ name }) => name === "Order");
  if (automaton === undefined || type?.automaton === undefined) throw new Error("there is an order");
  return { automaton, emitted: type.automaton, type };
}

async function found(before: string, after: string, limits: object = {}) {
  const [one, other] = [await sideOf(before), await sideOf(after)];
  return migrationCheck({
    ...{ earlier: one, later: other, bounds: new Map(), limits: { ...defaultVerifyLimits, ...limits } },
    taken: (snapshot) => takenOver(other.type, one.type, snapshot),
  });
}

describe("a migration", () => {
  test("that is sound holds: every snapshot of the earlier revision, and all that follows", async () => {
    // Draft with and without payment, and Reserved and Done likewise, each with 0 to 3 items; Done keeps what was paid.
    const sound = later("paid", 'Reserved = "Paid"').replace(
      "status == 'Done' => paid",
      "status != 'Paid' || pieces <= 3",
    );
    expect(await found(earlier, sound)).toEqual({ kind: "held", mapped: 24, states: expect.any(Number) });
  });

  test("whose mapped snapshots break an invariant is shown with the calls that lead there", async () => {
    const mapping = 'Reserved = "Done"';
    expect(await found(earlier, later("paid", mapping))).toMatchObject({
      kind: "violated",
      invariant: { name: "DoneIsPaid" },
      run: {
        before: [{ action: "Reserve" }],
        from: { status: "Reserved", paid: false, items: 0 },
        to: { status: "Done", paid: false, pieces: 0 },
        after: [],
      },
    });
  });

  test("whose mapped snapshots keep every invariant and lead to one that does not is shown with what follows", async () => {
    const withoutDone = earlier
      .replace('[[action]]\nname = "Finish"', '[[action]]\nname = "Never"')
      .replace('from = "Reserved"\nto = "Done"', 'from = "Reserved"\nto = "Done"\nguard = "items > 9"');
    expect(await found(withoutDone, later("pieces >= 0", 'Reserved = "Paid"'))).toMatchObject({
      kind: "violated",
      invariant: { name: "DoneIsPaid", text: "status == 'Done' => paid" },
      run: { before: [{ action: "Reserve" }], to: { status: "Paid", paid: false }, after: [{ action: "Finish" }] },
    });
  });

  test("of more than may be looked at is not decided, and says so", async () => {
    const endless = earlier.replace('guard = "items < 3"\n', "");
    const sound = later("paid", 'Reserved = "Paid"');
    const unbounded = sound
      .replace("status == 'Done' => paid", "status != 'Paid' || pieces >= 0")
      .replace('assert = "pieces <= 3"', 'assert = "pieces >= 0 || paid"');
    expect(await found(endless, unbounded)).toEqual({
      kind: "unknown",
      reason: expect.stringContaining("items goes past its bound"),
    });
    expect(await found(earlier, unbounded, { migrationStatesMax: 5 })).toEqual({
      kind: "unknown",
      reason: "more than 5 states (migrationStatesMax)",
    });
  });
});
