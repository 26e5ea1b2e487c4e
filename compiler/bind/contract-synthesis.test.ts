/** The contract that automata alone make. */

import { describe, expect, test } from "vitest";
import { collect } from "../diagnostics/fixtures.ts";
import type { Automaton } from "../ir/automaton.ts";
import { bindContract } from "./contract.ts";
import { door } from "./fixtures.ts";

describe("a program without a document", () => {
  function synthesised(automata: readonly Automaton[]) {
    const { report, told } = collect({ "door.ioa.toml": "Door" });
    return { contract: bindContract([], automata, "my house-2", report), told };
  }

  test("gets an entity type, an enum, a set and bound actions for every automaton", () => {
    const { contract, told } = synthesised([door, { ...door, name: "Bus" }]);
    expect(told).toEqual([]);
    expect(contract?.namespace).toBe("MyHouse2");
    expect(contract?.entitySets.map((set) => set.name)).toEqual(["Doors", "Buses"]);
    expect(contract?.enums.map(({ name, members }) => [name, members.length])).toEqual([
      ["DoorStatus", 2],
      ["BusStatus", 2],
    ]);
    expect(contract?.operations.map(({ name, boundTo }) => `${boundTo}.${name}`)).toEqual(["Door.Close", "Bus.Close"]);
    expect(contract?.entities[0]?.properties.map(({ name, role }) => `${name} ${role}`)).toEqual([
      ...["Id key", "Status status", "Closings variable", "Why variable", "Keys variable"],
    ]);
  });

  test("has its status as text where a status is no simple name", () => {
    const spaced = { ...door, statuses: [{ name: "Wide open", span: door.span }] };
    expect(synthesised([spaced]).contract?.entities[0]?.properties[1]?.type).toEqual({
      kind: "primitive",
      name: "Edm.String",
    });
  });

  test("gives the container and the binding parameter names that nobody else has", () => {
    const named = {
      ...door,
      name: "Container",
      actions: door.actions.map((each) => ({
        ...each,
        params: each.params.map((param) => ({ ...param, name: "It" })),
      })),
    };
    const { contract, told } = synthesised([named]);
    expect([told, contract?.container, contract?.operations[0]?.bindingParameter]).toEqual([[], "Container_", "it_"]);
  });

  test.each([
    [
      "sets of one name",
      [
        { ...door, name: "Bus" },
        { ...door, name: "Buse" },
      ],
      ["bind/csdl-duplicate-name"],
    ],
    ["types that differ by case", [door, { ...door, name: "DOOR" }], ["bind/csdl-name-case"]],
    ["an action named like a type", [door, { ...door, name: "Close" }], ["bind/csdl-duplicate-name"]],
    [
      "variables that differ by case",
      [
        {
          ...door,
          variables: [...door.variables, { ...door.variables[0], name: "why" } as Automaton["variables"][number]],
        },
      ],
      ["bind/csdl-name-case"],
    ],
    ["a name of the policy language", [{ ...door, name: "Action" }], ["bind/csdl-reserved-name"]],
    [
      "a variable that policies know otherwise",
      [{ ...door, variables: [{ ...door.variables[0], name: "tenant" } as Automaton["variables"][number]] }],
      ["bind/csdl-reserved-name"],
    ],
  ])("tells of %s", (_what, automata, expected) => {
    const codes = synthesised(automata).told.map((each) => each.split(" @")[0]);
    expect([...new Set(codes)]).toEqual(expected);
  });
});
