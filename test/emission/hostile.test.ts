/** A spec is untrusted: whatever its names and texts hold, they come out as what they are, and nothing of them runs. */
import { runInNewContext } from "node:vm";
import type { Automaton, ServiceDefinition } from "@temperc/runtime";
import { describe, expect, test } from "vitest";
import { bundleForKernel, emit, type Program } from "../../compiler/index.ts";
import { alias, exampleProgram, root, templates } from "./load.ts";
import { names, payloads, retold } from "./poison.ts";

const shop = exampleProgram("ecommerce");

/** The service of a program, loaded where `escaped` tells that some text of the spec ran. */
async function loadWatched(program: Program): Promise<ServiceDefinition> {
  const bundle = await bundleForKernel(emit(program, templates), { resolveDir: root, alias });
  const module: { exports: { service?: ServiceDefinition } } = { exports: {} };
  const escaped = () => expect.fail("a text of the spec has run");
  runInNewContext(`(function (module, exports) { ${bundle}\n})`, { escaped })(module, module.exports);
  return module.exports.service ?? expect.fail("the bundle exports no service");
}

/** What must have come through as it was, from the definition and from the program. */
async function expectFaithful(program: Program): Promise<void> {
  const service = await loadWatched(program);
  const [order] = program.automata;
  const emitted = service.entityTypes.find(({ name }) => name === "Order")?.automaton;
  if (order === undefined || emitted === undefined) throw new Error("the shop has orders");
  expect(emitted.statuses).toEqual(order.statuses.map(({ name }) => name));
  expect(emitted.actions.map(({ name }) => name)).toEqual(order.actions.map(({ name }) => name));
  expect(emitted.actions[0]?.hint).toBe(order.actions[0]?.hint);
  expect(emitted.invariants.map(({ name }) => name)).toEqual(order.invariants.map(({ name }) => name));
  expect(Object.keys(emitted.initial)).toEqual(["status", ...order.variables.map(({ name }) => name)]);
  expect(service.authorization.policies).toEqual(program.policies.map(({ id, text }) => ({ id, text })));
  expectCancelled(emitted, order);
}

/** `CancelOrder` copies its parameter into the variable of the same name, whatever both are called. */
function expectCancelled(emitted: Automaton, order: Program["automata"][number]): void {
  const reason = order.variables[5]?.name ?? "";
  const params = JSON.parse(`{ ${JSON.stringify(reason)}: "changed my mind" }`);
  const outcome = emitted.step(emitted.initial, order.rules[12]?.action ?? "", params);
  if (outcome.kind === "refused") expect.fail(`${outcome.reason}: ${outcome.detail}`);
  expect(Object.getOwnPropertyDescriptor(outcome.after, reason)?.value).toBe("changed my mind");
  expect(Object.keys(outcome.after)).toEqual(Object.keys(emitted.initial));
}

describe("every text of a program that holds", () => {
  test.each(payloads)("%j comes out as it is, and nothing runs", async (payload) => {
    await expectFaithful(retold(shop, (text) => payload + text));
  });
});

describe("a variable, an action and a status of the name", () => {
  test.each(names)("%j are what they are called", async (name) => {
    const of = (word: string) => (text: string) => (text === word ? name : text);
    for (const word of ["CancelReason", "CancelOrder", "Draft"]) await expectFaithful(retold(shop, of(word)));
  });
});

describe("a name of a type that is none for code", () => {
  test("stops at once: bind lets no such name through", () => {
    const [first, ...others] = shop.automata;
    if (first === undefined) throw new Error("the shop has automata");
    const program = { ...shop, automata: [{ ...first, name: "../Order" }, ...others] };
    expect(() => emit(program, templates)).toThrow('"../Order" is no name for code');
  });
});
