/** How an entity type and the automaton of its name are held to one another. */

import { describe, expect, test } from "vitest";
import type { Automaton } from "../ir/automaton.ts";
import { bind, door, doorDocument, doorParts, entityWith } from "./fixtures.ts";

describe("an entity type and its automaton", () => {
  test.each([
    ["a status of a number", '<Property Name="Status" Type="Edm.Int32"/>', "bind/status-type @ Status"],
    ["a variable of another type", '<Property Name="Closings" Type="Edm.Int32"/>', "bind/variable-type @ Closings"],
    [
      "a default for a variable",
      '<Property Name="Why" Type="Edm.String" DefaultValue="x"/>',
      "bind/csdl-default-value @ Why",
    ],
  ])("refuses %s", (_what, members, expected) => {
    expect(bind(doorDocument({ entity: entityWith(members) })).told.join("\n")).toContain(expected);
  });

  test("warns of a reference that is declared as never null", () => {
    const owned = {
      ...door,
      variables: [{ ...door.variables[0], name: "Owner", type: "ref", initial: null }],
    } as Automaton;
    const entity = entityWith('<Property Name="Owner" Type="Edm.String" Nullable="false"/>');
    const { contract, told } = bind(doorDocument({ entity }), [owned]);
    expect(told.map((each) => each.split(":")[0])).toEqual(["bind/variable-nullable @ Owner"]);
    expect(contract?.entities[0]?.properties[1]).toMatchObject({ name: "Owner", nullable: true, role: "variable" });
  });

  test("names the statuses that one side lacks", () => {
    const entity = entityWith('<Property Name="Status" Type="House.State"/>');
    const more = '<EnumType Name="State"><Member Name="Open"/><Member Name="Ajar"/></EnumType>';
    expect(bind(doorDocument({ entity, more })).told).toEqual([
      'bind/status-members @ State: enum "State" and the statuses of automaton "Door" differ: the enum lacks Closed; the automaton lacks Ajar',
    ]);
  });

  const why = '<Parameter Name="Why" Type="Edm.String" Nullable="false"/>';
  test.each([
    [
      "an action that the automaton lacks",
      doorParts.action.replace("Close", "Clos"),
      ["bind/action-not-in-automaton @ Clos", "bind/action-not-in-csdl @ Door"],
    ],
    [
      "an action that no caller can ask for",
      doorParts.action + doorParts.action.replace("Close", "Slam").replace(why, ""),
      ["bind/action-not-callable @ Slam"],
    ],
    ["a parameter that the CSDL lacks", doorParts.action.replace(why, ""), ["bind/parameter-not-in-csdl @ Close"]],
    [
      "a parameter that the automaton lacks",
      doorParts.action.replace("</Action>", '<Parameter Name="Wy" Type="Edm.String"/></Action>'),
      [
        'bind/parameter-not-in-automaton @ Wy: action "Close" of the automaton has no parameter "Wy" (did you mean "Why"?)',
      ],
    ],
    [
      "a parameter of another type",
      doorParts.action.replace('"Edm.String"', '"Edm.Boolean"'),
      ["bind/parameter-type @ Why"],
    ],
    [
      "a parameter that may be null",
      doorParts.action.replace(' Nullable="false"', ""),
      ["bind/parameter-nullable @ Why"],
    ],
    [
      "an action bound to nothing",
      doorParts.action.replace(/<Parameter.*\/>/, ""),
      ["bind/csdl-operation @ Close", "bind/action-not-in-csdl @ Door"],
    ],
    [
      "a parameter named like the one it is bound by",
      doorParts.action.replace("</Action>", '<Parameter Name="it" Type="Edm.String"/></Action>'),
      ["bind/csdl-duplicate-name @ it"],
    ],
    ["an action named like a type", `${doorParts.action}<Action Name="Door"/>`, ["bind/csdl-duplicate-name @ Door"]],
    ["the same action twice", doorParts.action + doorParts.action, ["bind/csdl-duplicate-name @ Close"]],
  ])("reports %s", (_what, action, expected) => {
    const { told } = bind(doorDocument({ action }));
    expect(told.map((each) => each.slice(0, expected[told.indexOf(each)]?.length))).toEqual(expected);
  });

  test("reports an automaton without an entity type, and once an entity type whose actions have no automaton", () => {
    const { told } = bind(doorDocument(), [{ ...door, name: "Window" }]);
    expect(told.map((each) => each.split(":")[0])).toEqual([
      "bind/automaton-without-entity @ Door",
      "bind/action-without-automaton @ Close",
    ]);
  });
});
