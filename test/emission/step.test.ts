/** What the emitted step does: rules, guards, effects and parameters, each meaning of the spec language by an example. */

import type { Automaton, Values } from "@temperc/runtime";
import { describe, expect, test } from "vitest";
import { emit } from "../../compiler/index.ts";
import { automatonOf, exampleProgram, loadService, programOf, templates } from "./load.ts";

const head = `
[automaton]
name = "Thing"
states = ["A", "B", "C"]
initial = "A"
allow_indefinite_states = ["A", "B", "C"]
`;

const variables = `
[[state]]
name = "count"
type = "counter"
initial = 2
[[state]]
name = "other"
type = "counter"
initial = 5
[[state]]
name = "level"
type = "int"
initial = -3
[[state]]
name = "ratio"
type = "float"
initial = 0.5
[[state]]
name = "flag"
type = "bool"
initial = true
[[state]]
name = "text"
type = "string"
initial = "abc"
[[state]]
name = "link"
type = "ref"
[[state]]
name = "items"
type = "list"
initial = ["x", "y"]
[[state]]
name = "tags"
type = "set"
initial = ["x"]
`;

/** One action `Go` from A with this guard or effect, and parameters of these names and types. */
function oneRule(keys: string, params: Readonly<Record<string, string>> = {}): string {
  const declared = Object.entries(params).map(
    ([name, type]) =>
      `{ name = "${name}", type = "${type.replace("?", "")}"${type.endsWith("?") ? ", required = false" : ""} }`,
  );
  return `${head}${variables}[[action]]\nname = "Go"\nkind = "input"\nfrom = "A"\n${keys}\nparams = [${declared.join(", ")}]\n`;
}

/** The outcome in short: the status and what changed, or why it was refused. */
function go(automaton: Automaton, params: Values = {}, before = automaton.initial): unknown {
  const outcome = automaton.step(before, "Go", params);
  if (outcome.kind === "refused") return `${outcome.reason}: ${outcome.detail}`;
  const changed = Object.entries(outcome.after).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]),
  );
  return Object.fromEntries(changed);
}

describe("an order of the shop", () => {
  const order = loadService(emit(exampleProgram("ecommerce"), templates)).then(({ entityTypes }) => {
    const automaton = entityTypes.find(({ name }) => name === "Order")?.automaton;
    if (automaton === undefined) throw new Error("the shop has no orders");
    return automaton;
  });

  test("moves through its life, with one set of keys in one order", async () => {
    const { initial, step } = await order;
    const life: readonly [string, Values][] = [
      ["AddItem", { ProductId: "p" }],
      ["SetAddress", { AddressId: "a" }],
      ["SubmitOrder", {}],
      ["RequestPayment", {}],
      ["ConfirmPayment", { PaymentId: "pay" }],
      ["StartPicking", {}],
      ["PickItem", {}],
      ["Pack", {}],
      ["ShipOrder", { TrackingNumber: "T-1" }],
      ["ConfirmDelivery", {}],
    ];
    let now = initial;
    for (const [action, params] of life) {
      const outcome = step(now, action, params);
      if (outcome.kind === "refused") expect.fail(`${action}: ${outcome.reason} ${outcome.detail}`);
      now = outcome.after;
      expect(Object.keys(now)).toEqual(Object.keys(initial));
    }
    expect(now).toEqual({
      status: "Delivered",
      ItemCount: 1,
      PickedCount: 1,
      HasAddress: true,
      IsPaid: true,
      TrackingNumber: "T-1",
      CancelReason: "",
    });
  });

  test.each<[string, Values, Values, string]>([
    ["Fly", {}, {}, "unknown-action: Fly"],
    ["toString", {}, {}, "unknown-action: toString"],
    ["Pack", {}, {}, "no-rule-here: Draft"],
    ["SubmitOrder", {}, {}, "guard-false: ItemCount > 0"],
    ["SubmitOrder", {}, { ItemCount: 1 }, "guard-false: HasAddress"],
    ["AddItem", {}, { ItemCount: 20 }, "guard-false: ItemCount < 20"],
    ["ShipOrder", { TrackingNumber: "" }, { status: "Packed" }, "guard-false: params.TrackingNumber != ''"],
    ["ShipOrder", { TrackingNumber: 7 }, { status: "Packed" }, "bad-parameter: TrackingNumber"],
    ["ShipOrder", {}, { status: "Packed" }, "bad-parameter: TrackingNumber"],
    ["CancelOrder", { CancelReason: null }, {}, "bad-parameter: CancelReason"],
  ])("refuses %s with %j in %j: %s", async (action, params, state, refusal) => {
    const { initial, step } = await order;
    const outcome = step({ ...initial, ...state }, action, params);
    expect(outcome.kind === "refused" ? `${outcome.reason}: ${outcome.detail}` : outcome).toBe(refusal);
  });

  test("has invariants that tell a lawful snapshot from an unlawful one", async () => {
    const { initial, invariants } = await order;
    const broken = (state: Values) =>
      invariants.filter(({ holds }) => !holds({ ...initial, ...state })).map(({ name }) => name);
    expect(broken({})).toEqual([]);
    expect(broken({ status: "Shipped", PickedCount: 1 })).toEqual([
      "SubmittedOrdersHaveItems",
      "NothingShipsUnpaid",
      "NeverPickMoreThanOrdered",
      "ShippedIsTracked",
    ]);
    expect(invariants[0]?.source).toBe("order.ioa.toml:171");
  });
});

describe("a guard", () => {
  test.each<[string, Readonly<Record<string, string>>, Values, boolean]>([
    ["count == 2", {}, {}, true],
    ["count != 2", {}, {}, false],
    ["count < 2", {}, {}, false],
    ["count <= 2 && count >= 2", {}, {}, true],
    ["level < 0 && ratio > 0", {}, {}, true],
    ["count + 1 == 3", {}, {}, true],
    ["other - count * 2 == 1", {}, {}, true],
    ["flag", {}, {}, true],
    ["!flag", {}, {}, false],
    ["flag == false", {}, {}, false],
    ["text == 'abc'", {}, {}, true],
    ["text == 'it''s'", {}, {}, false],
    ["text in ['abc', 'def']", {}, {}, true],
    ["text not in ['abc', 'def']", {}, {}, false],
    ["text in []", {}, {}, false],
    ["'x' in items", {}, {}, true],
    ["'z' in tags", {}, {}, false],
    ["len(items) == 2 && len(tags) < 2", {}, {}, true],
    ["empty(text)", {}, {}, false],
    ["empty(link)", {}, {}, true],
    ["empty(items)", {}, {}, false],
    ["link == null", {}, {}, true],
    ["link != null", {}, {}, false],
    ["status == 'A'", {}, {}, true],
    ["status == 'B'", {}, {}, false],
    ["status in ['B', 'C']", {}, {}, false],
    ["count == 1 && count == 2", {}, {}, false],
    ["count != 1 && count == 2", {}, {}, true],
    ["flag == true && flag == false", {}, {}, false],
    ["count == 3 => count == 4", {}, {}, true],
    ["count == 2 => count == 4", {}, {}, false],
    ["count == 3 || flag && text == 'abc'", {}, {}, true],
    ["!(count == 2 || count == 3)", {}, {}, false],
    ["1 == 2", {}, {}, false],
    ["'a' in ['a']", {}, {}, true],
    ["true", {}, {}, true],
    ["false", {}, {}, false],
    ["params.n > 1", { n: "int" }, { n: 2 }, true],
    ["params.n > 1", { n: "int" }, { n: "2" }, false],
    ["params.n <= 1", { n: "int" }, { n: null }, false],
    ["params.n <= 1", { n: "int?" }, {}, false],
    ["params.n + 1 > count", { n: "int" }, { n: 2 }, true],
    ["params.n == 2", { n: "int" }, { n: "2" }, false],
    ["params.n != 2", { n: "int" }, { n: "2" }, true],
    ["params.s == null", { s: "string?" }, {}, true],
    ["params.s == null", { s: "string?" }, { s: null }, true],
    ["params.s == ''", { s: "string?" }, {}, false],
    ["params.s in items", { s: "string" }, { s: "y" }, true],
    ["params.s in items", { s: "string" }, { s: 1 }, false],
    ["params.b", { b: "bool" }, { b: true }, true],
    ["params.b", { b: "bool" }, { b: 1 }, false],
    ["params.s == params.t", { s: "string?", t: "string?" }, {}, true],
    ["params.s == link", { s: "ref?" }, {}, true],
    ["params.s != link", { s: "ref?" }, {}, false],
    ["params.s == link", { s: "ref?" }, { s: "" }, false],
    ["params.toString == null", { toString: "string?" }, {}, true],
    ["params.valueOf == 'v'", { valueOf: "string?" }, { valueOf: "v" }, true],
  ])("%s with %j %j is %s", async (guard, params, given, holds) => {
    const outcome = go(await automatonOf(oneRule(`guard = "${guard}"\nto = "B"`, params)), given);
    if (holds) expect(outcome).toEqual({ status: "B" });
    else expect(outcome).toMatch(/^guard-false: /);
  });
});

describe("an effect", () => {
  test.each<[string, Readonly<Record<string, string>>, Values, unknown]>([
    ["count += 1", {}, {}, { count: 3 }],
    ["count -= 3", {}, {}, { count: 0 }],
    ["count += other", {}, {}, { count: 7 }],
    ["count = 9007199254740991", {}, {}, { count: 9007199254740991 }],
    ["count += 9007199254740991", {}, {}, "counter-overflow: count"],
    ["count += params.n", { n: "counter" }, { n: 4 }, { count: 6 }],
    ["count += params.n", { n: "int" }, { n: -1 }, "bad-parameter: n"],
    ["count += params.n", { n: "int" }, { n: 1.5 }, "bad-parameter: n"],
    ["count += params.n", { n: "int" }, { n: "1" }, "bad-parameter: n"],
    ["count += params.n", { n: "int?" }, {}, "bad-parameter: n"],
    ["count = params.n", { n: "counter" }, { n: 9007199254740992 }, "bad-parameter: n"],
    ["count -= params.n", { n: "counter" }, { n: 9 }, { count: 0 }],
    ["level -= 4", {}, {}, { level: -7 }],
    ["level -= 9007199254740991", {}, {}, "counter-overflow: level"],
    ["level = params.n", { n: "int" }, { n: -8 }, { level: -8 }],
    ["ratio += 1.5", {}, {}, { ratio: 2 }],
    ["ratio = params.r", { r: "float" }, { r: 0.25 }, { ratio: 0.25 }],
    ["ratio = params.r", { r: "float" }, { r: Number.POSITIVE_INFINITY }, "bad-parameter: r"],
    ["flag = false", {}, {}, { flag: false }],
    ["flag = params.b", { b: "bool" }, { b: false }, { flag: false }],
    ["flag = params.b", { b: "bool" }, { b: 0 }, "bad-parameter: b"],
    ["text = 'it''s'", {}, {}, { text: "it's" }],
    ["text = status", {}, {}, { text: "A" }],
    ["link = text", {}, {}, { link: "abc" }],
    ["append(items, 'x')", {}, {}, { items: ["x", "y", "x"] }],
    ["append(tags, 'x')", {}, {}, {}],
    ["append(tags, params.t)", { t: "string" }, { t: "z" }, { tags: ["x", "z"] }],
    ["append(tags, params.t)", { t: "string" }, { t: 1 }, "bad-parameter: t"],
    ["remove(tags, 'x')", {}, {}, { tags: [] }],
    ["remove(tags, 'z')", {}, {}, {}],
    ["remove_at(items, 0)", {}, {}, { items: ["y"] }],
    ["remove_at(items, params.i)", { i: "int" }, { i: 2 }, "bad-parameter: i"],
  ])("%s with %j %j gives %j", async (effect, params, given, expected) => {
    expect(go(await automatonOf(oneRule(`effect = "${effect}"`, params)), given)).toEqual(expected);
  });

  test("sees those before it, and the new status before all", async () => {
    const effects = '["count += 1", "other = count", "count += other", "text = status"]';
    const automaton = await automatonOf(oneRule(`to = "B"\neffect = ${effects}`));
    expect(go(automaton)).toEqual({ status: "B", count: 6, other: 3, text: "B" });
  });

  test("changes nothing of the snapshot before it", async () => {
    const automaton = await automatonOf(oneRule(`effect = ["append(items, 'z')", "count += 1"]`));
    const before = JSON.stringify(automaton.initial);
    go(automaton);
    expect(JSON.stringify(automaton.initial)).toBe(before);
  });
});

describe("a parameter named like a variable", () => {
  test.each<[Readonly<Record<string, string>>, Values, unknown]>([
    [{ text: "string" }, { text: "new" }, { status: "B", text: "new" }],
    [{ text: "string" }, {}, "bad-parameter: text"],
    [{ text: "string?" }, {}, { status: "B" }],
    [{ text: "string?" }, { text: 5 }, "bad-parameter: text"],
    [{ link: "ref" }, { link: "e-1" }, { status: "B", link: "e-1" }],
    [{ level: "int" }, { level: 0.5 }, "bad-parameter: level"],
    [{ items: "list" }, { items: ["a", "a"] }, { status: "B", items: ["a", "a"] }],
    [{ items: "list" }, { items: "a" }, "bad-parameter: items"],
    [{ tags: "set" }, { tags: ["a", "a"] }, { status: "B", tags: ["a"] }],
    [{ count: "counter" }, { count: 9 }, { status: "B" }],
  ])("%j given %j: %j", async (params, given, expected) => {
    expect(go(await automatonOf(oneRule('to = "B"', params)), given)).toEqual(expected);
  });
});

describe("several rules of one action", () => {
  const rules = `${head}
[[state]]
name = "n"
type = "counter"
initial = 0
[[action]]
name = "Go"
kind = "input"
from = "A"
to = "B"
guard = "n > 0"
[[action]]
name = "Go"
kind = "input"
from = ["A", "B"]
to = "C"
effect = "n += 1"
`;

  test("are decided by the first whose statuses fit; its guard is not skipped", async () => {
    const automaton = await automatonOf(rules);
    expect(go(automaton)).toBe("guard-false: n > 0");
    expect(go(automaton, {}, { ...automaton.initial, status: "B" })).toEqual({ status: "C", n: 1 });
    expect(go(automaton, {}, { ...automaton.initial, status: "C" })).toBe("no-rule-here: C");
  });

  test("an absent `from` is every status", async () => {
    const automaton = await automatonOf(`${head}[[action]]\nname = "Go"\nkind = "input"\nto = "A"\n`);
    expect(go(automaton, {}, { status: "C" })).toEqual({ status: "A" });
  });
});

describe("a field invariant", () => {
  const spec = `${oneRule('effect = "count += 1"')}
[[field_invariant]]
name = "Few"
assert = "count <= 3 && (status == 'A' => text != '')"
message = "at most three, and \\"A\\" has a text"
`;

  test("refuses the step that would break it, and the values that break it", async () => {
    const service = await loadService(emit(programOf({ "trial.ioa.toml": spec }), templates));
    const [type] = service.entityTypes;
    const automaton = type?.automaton;
    if (type === undefined || automaton === undefined) throw new Error("no automaton");
    expect(go(automaton)).toEqual({ count: 3 });
    expect(go(automaton, {}, { ...automaton.initial, count: 3 })).toBe(
      'field-invariant: at most three, and "A" has a text',
    );
    expect(type.fieldViolation?.({ Status: "A", count: 3, text: "t" })).toBeUndefined();
    expect(type.fieldViolation?.({ Status: "A", count: 3, text: "" })).toBe('at most three, and "A" has a text');
    expect(type.fieldViolation?.({ Status: "A", text: "t" })).toBe('at most three, and "A" has a text');
  });
});
