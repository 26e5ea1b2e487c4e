/** Joint states: what several instances reach together by calls, deliveries and timers in every order. */
import { expect, test } from "vitest";
import { loaded } from "../../test/verify/loaded.ts";
import type { Call } from "../replay/trace.ts";
import type { Birth, JointStep } from "./moves.ts";
import { type JointResult, searchJointly } from "./search.ts";

const limits = { instances: 2, underwayMax: 2, cascadeDepthMax: 8 };

interface Asked {
  readonly births: readonly Birth[];
  readonly calls?: Readonly<Record<string, readonly string[]>>;
  readonly across?: string;
  readonly statesMax?: number;
  readonly alike?: readonly string[];
}

async function searched(
  texts: readonly string[],
  { births, calls = {}, across, statesMax = 5_000, alike = [] }: Asked,
): Promise<JointResult> {
  const { service } = await loaded(texts, across);
  const asked = Object.entries(calls).map(([type, actions]): [string, readonly Call[]] => {
    return [type, actions.map((action) => ({ action, params: {} }))];
  });
  return searchJointly({
    service,
    births,
    calls: new Map(asked),
    answers: new Map(),
    shapes: new Map(),
    alike,
    gaps: [],
    limits: { ...limits, jointStatesMax: statesMax, jointStepsMax: 100_000 },
    shouldStop: () => false,
    onProgress: () => {},
  });
}

function birth(type: string, id: string): Birth {
  return { type, id, values: {} };
}

function told({ kind, type, id, action = "" }: JointStep): string {
  return `${kind} ${type} ${id} ${action}`.trim();
}

const light = `
[automaton]
name = "Light"
states = ["Off", "On"]
initial = "Off"
allow_indefinite_states = ["Off", "On"]

[[action]]
name = "Switch"
from = "Off"
to = "On"
`;

test("instances that ask nothing of one another reach the product of their states", async () => {
  // Each is missing, off or on.
  const births = [birth("Light", "1"), birth("Light", "2")];
  const { kind, states, transitions } = await searched([light], { births, calls: { Light: ["Switch"] } });
  expect({ kind, states, transitions }).toEqual({ kind: "held", states: 9, transitions: 12 });
});

test("no more instances than the bound exist at a time", async () => {
  const births = ["1", "2", "3"].map((id) => birth("Light", id));
  // None, one of three, two of three.
  expect(await searched([light], { births })).toMatchObject({ kind: "held", states: 7 });
});

function order(trigger: string): string {
  return `
[automaton]
name = "Order"
states = ["Open", "Paid"]
initial = "Open"
allow_indefinite_states = ["Open", "Paid"]

[[action]]
name = "Pay"
from = "Open"
to = "Paid"

[[action.triggers]]
name = "ship"
kind = "entity"
target_entity = "Parcel"
target_action = "Ship"
${trigger}
`;
}

const parcel = `
[automaton]
name = "Parcel"
states = ["Packed", "Lost", "Sent"]
initial = "Packed"
allow_indefinite_states = ["Packed", "Lost", "Sent"]

[[action]]
name = "Lose"
from = "Packed"
to = "Lost"

[[action]]
name = "Ship"
kind = "internal"
from = "Packed"
to = "Sent"
`;

const paid = { births: [birth("Order", "1")], calls: { Order: ["Pay"] } };
const sameId = 'resolve_target = { type = "same_id" }';

function findingsOf({ findings }: JointResult) {
  return findings.map(({ kind, name, reason, steps }) => ({ kind, name, reason, steps: steps.map(told) }));
}

test("a reaction without its target is dropped, and the shortest run to it is told", async () => {
  const result = await searched([order(sameId), parcel], paid);
  expect(findingsOf(result)).toEqual([
    {
      kind: "dropped-reaction",
      name: "Order: ship → Ship",
      reason: "there is no Parcel 1",
      steps: ["created Order 1", "asked Order 1 Pay", "delivered Parcel 1 Ship"],
    },
  ]);
});

test("nothing is dropped where the target is made, and where nobody minds", async () => {
  const made = order('resolve_target = { type = "create_if_missing", id_field = "Id" }');
  // No order, an open one, a paid one with its delivery under way, with a parcel that is made, and with one that is sent.
  expect(await searched([made, parcel], paid)).toMatchObject({ kind: "held", states: 5 });
  expect(await searched([order(`${sameId}\ndrop_ok = true`), parcel], paid)).toMatchObject({ kind: "held", states: 4 });
});

test("a call that comes between an action and its reaction is seen", async () => {
  const made = order('resolve_target = { type = "create_if_missing", id_field = "Id" }');
  const births = [birth("Parcel", "1"), birth("Order", "1")];
  const result = await searched([made, parcel], { births, calls: { Order: ["Pay"], Parcel: ["Lose"] } });
  expect(findingsOf(result)).toMatchObject([{ kind: "dropped-reaction", reason: "no-rule-here: Lost" }]);
});

function echo(name: string, other: string): string {
  return `
[automaton]
name = "${name}"
states = ["Idle"]
initial = "Idle"
allow_indefinite_states = ["Idle"]

[[action]]
name = "Call"
from = "Idle"

[[action.triggers]]
name = "echo"
kind = "entity"
target_entity = "${other}"
target_action = "Call"
${sameId}
`;
}

test("a cyclic storm of triggers ends within its limits, and is not decided", async () => {
  const births = [birth("Pong", "1"), birth("Ping", "1")];
  const storm = [echo("Ping", "Pong"), echo("Pong", "Ping")];
  const { states, reasons } = await searched(storm, { births, calls: { Ping: ["Call"] }, statesMax: 200 });
  expect(states).toBe(200);
  expect(reasons).toContain("the limit of 200 joint states was reached");
});

const watchman = `
[automaton]
name = "Watchman"
states = ["On", "Off"]
initial = "On"
allow_indefinite_states = ["On", "Off"]

[[state]]
name = "peer"
type = "ref"
initial = ""

[[action]]
name = "Leave"
from = "On"
to = "Off"

[[action]]
name = "Return"
from = "Off"
to = "On"
`;

function rule(on: string, kind: string): string {
  const window = kind === "eventual" ? "window_ms = 1000" : "";
  return `
version = 1

[[invariant]]
name = "OneIsOnWatch"
kind = "${kind}"
${window}
on = "${on}"
assert = "empty(peer) || status == 'On' || Watchman[peer].status == 'On'"
`;
}

/** `one` relies on `two`, and `two` on nobody. */
const watch = {
  births: [
    { type: "Watchman", id: "one", values: { peer: "two" } },
    { type: "Watchman", id: "two", values: {} },
  ],
  calls: { Watchman: ["Leave"] },
};

test("a hard property is broken by the other entity, which does not ask it", async () => {
  const result = await searched([watchman], { ...watch, across: rule("Watchman.*", "hard") });
  expect(findingsOf(result)).toEqual([
    {
      kind: "cross-invariant",
      name: "OneIsOnWatch",
      reason: "of Watchman one",
      steps: ["created Watchman one", "created Watchman two", "asked Watchman one Leave", "asked Watchman two Leave"],
    },
  ]);
});

test("a hard property of one action is asked in its commit, and of nothing else", async () => {
  const result = await searched([watchman], { ...watch, across: rule("Watchman.Leave", "hard") });
  expect(result.kind).toBe("held");
});

test("an eventual property is broken where nothing under way will mend it", async () => {
  const result = await searched([watchman], { ...watch, across: rule("Watchman.Leave", "eventual") });
  expect(findingsOf(result)).toMatchObject([
    { name: "OneIsOnWatch", steps: ["created Watchman one", "asked Watchman one Leave"] },
  ]);
});

function hold(guard: string): string {
  return `
[automaton]
name = "Hold"
states = ["Held", "Kept", "Gone"]
initial = "Held"
allow_indefinite_states = ["Held", "Kept", "Gone"]

[[action]]
name = "Touch"
from = "Held"

[[action]]
name = "Keep"
from = "Held"
to = "Kept"

[[action]]
name = "Remind"
from = "Held"
effect = "schedule('Expire', 5)"

[[action]]
name = "Expire"
kind = "internal"
from = ${guard}
to = "Gone"
`;
}

test("a timer races with a call: it is dropped where the entity has moved on", async () => {
  const births = [birth("Hold", "1")];
  const calls = { Hold: ["Remind", "Keep"] };
  const late = await searched([hold('"Held"')], { births, calls });
  expect(findingsOf(late)).toMatchObject([
    { steps: ["created Hold 1", "asked Hold 1 Remind", "asked Hold 1 Keep", "timer Hold 1 Expire"] },
  ]);
  expect((await searched([hold('["Held", "Kept"]')], { births, calls })).kind).toBe("held");
});
