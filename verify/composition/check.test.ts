/** The verdict of the composition: which types are searched together, what clients may ask, and what is found. */
import { expect, test } from "vitest";
import { loaded } from "../../test/verify/loaded.ts";
import type { Ending } from "../verdict.ts";
import { type CompositionLimits, compositionCheck, defaultCompositionLimits } from "./check.ts";
import { groupsIn } from "./groups.ts";
import { inputsOf } from "./inputs.ts";
import { searchJointly } from "./search.ts";

const limits = { ...defaultCompositionLimits, jointStatesMax: 5_000, callsMax: 4_096 };

interface Asked {
  readonly across?: string;
  readonly limits?: Partial<CompositionLimits>;
  readonly shouldStop?: () => boolean;
}

async function checked(texts: readonly string[], asked: Asked = {}): Promise<Ending> {
  const { program, service } = await loaded(texts, asked.across);
  return compositionCheck({
    program,
    service,
    bounds: () => new Map(),
    limits: { ...limits, ...asked.limits },
    sourceOf: ({ file }) => file,
    shouldStop: asked.shouldStop ?? (() => false),
    onProgress: () => {},
  });
}

function told(ending: Ending): unknown {
  if (ending.kind === "not-available") return ending.kind;
  const runs = ending.kind === "violated" ? (ending.runs ?? []) : [];
  const steps = runs.map(({ property, reason, steps: taken }) => [
    `${property.name}: ${reason}`,
    ...taken.map(({ kind, type, id, action = "" }) => `${kind} ${type} ${id} ${action}`.trim()),
  ]);
  return { kind: ending.kind, steps, reasons: ending.kind === "held" ? [] : ending.reasons };
}

function automaton(name: string, statuses: readonly string[], rest: string): string {
  const list = JSON.stringify(statuses);
  return `
[automaton]
name = "${name}"
states = ${list}
initial = "${statuses[0]}"
allow_indefinite_states = ${list}
${rest}`;
}

const account = automaton(
  "Account",
  ["Open", "Closed"],
  `
[[action]]
name = "Debit"
from = "Open"

[[action]]
name = "Close"
kind = "input"
from = "Open"
to = "Closed"
`,
);

function withdrawal(rest = ""): string {
  return automaton(
    "Withdrawal",
    ["New", "Asked"],
    `
[[state]]
name = "account"
type = "ref"
initial = ""
entity_type = "Account"

[[action]]
name = "Ask"
kind = "input"
from = "New"
to = "Asked"
effect = "account = params.account"
params = [{ name = "account", type = "ref", entity_type = "Account", required = true }]

[[action.triggers]]
name = "debit"
kind = "entity"
target_entity = "Account"
target_action = "Debit"
resolve_target = { type = "field", field = "account" }
${rest}`,
  );
}

test("automata that have nothing to do with one another are not searched together", async () => {
  const held = await checked([account, child]);
  expect(held).toMatchObject({ kind: "held", facts: { groups: [], states: 0 } });
});

test("an id that leads nowhere is among what clients ask with", async () => {
  expect(told(await checked([account, withdrawal()]))).toMatchObject({
    kind: "violated",
    steps: [
      [
        "Withdrawal: debit → Debit: there is no Account 1",
        "created Withdrawal 1",
        "asked Withdrawal 1 Ask",
        "delivered Account 1 Debit",
      ],
    ],
  });
});

test("a reaction that may be refused is no finding", async () => {
  expect(told(await checked([account, withdrawal("drop_ok = true")]))).toEqual({
    kind: "held",
    steps: [],
    reasons: [],
  });
});

const seat = automaton(
  "Seat",
  ["Free", "Taken"],
  `
[[state]]
name = "guest"
type = "ref"
initial = ""
entity_type = "Guest"

[[action]]
name = "Take"
kind = "input"
from = "Free"
to = "Taken"
effect = "guest = params.guest"
params = [{ name = "guest", type = "ref", entity_type = "Guest", required = true }]
`,
);

const guest = automaton(
  "Guest",
  ["Waiting", "Gone"],
  `
[[action]]
name = "Leave"
kind = "input"
from = "Waiting"
to = "Gone"
`,
);

const seated = `
version = 1

[[invariant]]
name = "GuestsAreThere"
kind = "hard"
on = "Seat.*"
assert = "status == 'Free' || Guest[guest].status == 'Waiting'"
`;

test("a hard property is broken by the entity that is referred to, of all that could be the right one", async () => {
  expect(told(await checked([seat, guest], { across: seated }))).toMatchObject({
    steps: [
      ["GuestsAreThere: of Seat 1", "created Seat 1", "created Guest 1", "asked Seat 1 Take", "asked Guest 1 Leave"],
    ],
  });
});

test("instances that are alike are told apart by nothing but a factor in the count", async () => {
  const { program, service } = await loaded([account, withdrawal("drop_ok = true")]);
  const [group] = groupsIn(program.automata, program.crossInvariants);
  if (group === undefined) throw new Error("they meet");
  const inputs = inputsOf(group, { service, bounds: () => new Map(), limits });
  const input = {
    ...inputs,
    service,
    limits: { ...limits, cascadeDepthMax: 8 },
    shouldStop: () => false,
    onProgress: () => {},
  };
  const folded = await searchJointly(input);
  const whole = await searchJointly({ ...input, alike: [] });
  expect(inputs.alike).toEqual(["1", "2"]);
  expect([folded.kind, whole.kind]).toEqual(["held", "held"]);
  expect(folded.states).toBeLessThan(whole.states);
  expect(folded.states).toBeGreaterThanOrEqual(whole.states / 2);
});

test("alike or not, the same is found in as many steps", async () => {
  const texts = [seat, guest];
  const { program, service } = await loaded(texts, seated);
  const [group] = groupsIn(program.automata, program.crossInvariants);
  if (group === undefined) throw new Error("they meet");
  const inputs = inputsOf(group, { service, bounds: () => new Map(), limits });
  const input = {
    ...inputs,
    service,
    limits: { ...limits, cascadeDepthMax: 8 },
    shouldStop: () => false,
    onProgress: () => {},
  };
  const both = [await searchJointly(input), await searchJointly({ ...input, alike: [] })];
  const [folded, whole] = both.map(({ findings }) => findings.map(({ name, steps }) => [name, steps.length]));
  expect(folded).toEqual(whole);
});

function parent(effect: string, rest = ""): string {
  return automaton(
    "Parent",
    ["Alone", "Asked", "Done"],
    `
[[state]]
name = "child"
type = "ref"
initial = ""

[[action]]
name = "Have"
kind = "input"
from = "Alone"
to = "Asked"
effect = "${effect}"

[[action]]
name = "Finish"
from = "Asked"
to = "Done"

[[action]]
name = "Rest"
kind = "input"
from = "Asked"
to = "Alone"
${rest}`,
  );
}

const child = automaton(
  "Child",
  ["Born", "Named"],
  `
[[action]]
name = "Name"
from = "Born"
to = "Named"
`,
);

test("a spawned entity takes its first action after it is made", async () => {
  const once = parent("spawn('Child', 'Name', child)").replace('to = "Alone"', 'to = "Done"');
  const held = await checked([once, child]);
  expect(told(held)).toEqual({ kind: "held", steps: [], reasons: [] });
});

test("spawning without an end is not decided", async () => {
  const ending = await checked([parent("spawn('Child', 'Name', child)"), child]);
  expect(ending.kind).toBe("unknown");
  expect(told(ending)).toMatchObject({
    reasons: expect.arrayContaining(["Parent: spawn Child needs more than 4 entities of Child"]),
  });
});

test("the timer of a status does not outlive it, and one that an action asks for does", async () => {
  const timeout = `
[[state_timeout]]
state = "Asked"
after_seconds = 5
on_timeout = "Finish"
`;
  expect(told(await checked([parent("child = ''", timeout)]))).toEqual({ kind: "held", steps: [], reasons: [] });
  expect(told(await checked([parent("schedule('Finish', 5)")]))).toMatchObject({
    steps: [
      [
        "Parent: Finish → Finish: no-rule-here: Alone",
        "created Parent 1",
        "asked Parent 1 Have",
        "asked Parent 1 Rest",
        "timer Parent 1 Finish",
      ],
    ],
  });
});

test("an answer to a webhook comes when it comes", async () => {
  const webhook = `
[[action]]
name = "Post"
kind = "input"
from = "Asked"

[[action.triggers]]
name = "tell"
kind = "webhook"
url = "https://example.org/"
on_success = "Finish"
`;
  expect(told(await checked([parent("child = ''", webhook)]))).toMatchObject({
    steps: [
      [
        "Parent: tell → Finish: no-rule-here: Alone",
        "created Parent 1",
        "asked Parent 1 Have",
        "asked Parent 1 Post",
        "asked Parent 1 Rest",
        "answered Parent 1 Finish",
      ],
    ],
  });
});

test("parts of a composite action stand or fall with it, so that none of them is dropped", async () => {
  const both = automaton(
    "Transfer",
    ["New", "Done"],
    `
[[state]]
name = "account"
type = "ref"
initial = ""
entity_type = "Account"

[[action]]
name = "Choose"
kind = "input"
from = "New"
params = [{ name = "account", type = "ref", entity_type = "Account", required = true }]

[[action]]
name = "Do"
kind = "composite"
from = "New"
to = "Done"

[[action.sub_writes]]
target_entity = "Account"
target_action = "Debit"
resolve_target = { type = "field", field = "account" }
`,
  );
  const across = `
version = 1

[[invariant]]
name = "DoneFromAnAccount"
kind = "hard"
on = "Transfer.*"
assert = "status == 'New' || Account[account].status in ['Open', 'Closed']"
`;
  const ending = await checked([account, both], { across });
  // Once it is done another account can be chosen no more.
  expect(told(ending)).toEqual({ kind: "held", steps: [], reasons: [] });
});

test("a search that is stopped says what it has seen, and is not decided", async () => {
  const ending = await checked([parent("spawn('Child', 'Name', child)"), child], { shouldStop: () => true });
  expect(ending.kind).toBe("unknown");
  expect(told(ending)).toMatchObject({ reasons: expect.arrayContaining([expect.stringContaining("it was stopped")]) });
});

test("a required call that may fail with nobody told is not shown to be handled, and one with an on_failure is", async () => {
  const order = (rest: string): string =>
    automaton(
      "Order",
      ["Open", "Paying", "Paid"],
      `
[[action]]
name = "Pay"
from = "Open"
to = "Paying"

[[action.triggers]]
name = "charge"
kind = "webhook"
url = "https://payments.example/charge"
liveness = "required"
on_success = "Settle"
${rest}

[[action]]
name = "Settle"
from = ["Open", "Paying", "Paid"]
to = "Paid"
`,
    );
  expect(await checked([order("")])).toMatchObject({
    kind: "unknown",
    reasons: ["Order: charge is required, and has no on_failure for when its call fails"],
  });
  expect(await checked([order('on_failure = "Settle"')])).toMatchObject({
    kind: "held",
    notes: ["Order: charge is required, and always handled"],
  });
});
