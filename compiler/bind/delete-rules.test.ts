/** What a deletion means for those that refer to the deleted: the rules that a spec comes to. */
import { expect, test } from "vitest";
import { compile, type Purpose } from "../compile.ts";
import { outline } from "../ir/outline.ts";

const line = `[automaton]
name = "Line"
states = ["Open"]
initial = "Open"
allow_indefinite_states = ["Open"]
[[state]]
name = "orderId"
type = "ref"
entity_type = "Order"
[[action]]
name = "Touch"
kind = "input"
params = [{ name = "orderId", type = "ref", entity_type = "Order" }]
`;
const order = line.replaceAll("Line", "Order").replaceAll('"orderId"', '"parent"');

/** The CSDL of both, where orders have lines that lead back; `inside` stands in the navigation of the orders. */
const csdl = (inside: string, constraint = '<ReferentialConstraint Property="orderId" ReferencedProperty="Id"/>') => {
  const type = (name: string, variable: string, navigation: string) =>
    `<EntityType Name="${name}"><Key><PropertyRef Name="Id"/></Key><Property Name="Id" Type="Edm.String" Nullable="false"/>` +
    `<Property Name="Status" Type="Edm.String" Nullable="false"/><Property Name="${variable}" Type="Edm.String"/>${navigation}</EntityType>`;
  const action = (name: string, variable: string) =>
    `<Action Name="Touch" IsBound="true"><Parameter Name="it" Type="S.${name}"/><Parameter Name="${variable}" Type="Edm.String" Nullable="false"/></Action>`;
  const lines = `<NavigationProperty Name="Lines" Type="Collection(S.Line)" Partner="Order">${inside}</NavigationProperty>`;
  const back = `<NavigationProperty Name="Order" Type="S.Order" Partner="Lines">${constraint}</NavigationProperty>`;
  return `<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.01"><edmx:DataServices><Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="S">${type("Order", "parent", lines)}${type("Line", "orderId", back)}${action("Order", "parent")}${action("Line", "orderId")}<EntityContainer Name="C"><EntitySet Name="Orders" EntityType="S.Order"/><EntitySet Name="Lines" EntityType="S.Line"/></EntityContainer></Schema></edmx:DataServices></edmx:Edmx>`;
};

function rulesOf(files: Readonly<Record<string, string>>, purpose: Purpose = "check"): readonly string[] {
  const all = Object.entries({ "line.ioa.toml": line, "order.ioa.toml": order, ...files });
  const sources = all.map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text) }));
  const { program, diagnostics } = compile({ name: "shop", files: sources }, purpose);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (program === undefined) return errors.map(({ code, message }) => `${code}: ${message}`);
  return outline(program)
    .split("\n")
    .filter((each) => each.startsWith("delete "));
}

const override = (relation: string, policy: string): string =>
  `[[relation_override]]\nfrom_entity = "Line"\nnavigation_property = "${relation}"\ndelete_policy = "${policy}"\n`;

const cases: readonly [string, Readonly<Record<string, string>>, readonly string[]][] = [
  ["without a file nothing is asked", {}, []],
  [
    "a file protects what a variable refers to",
    { "cross-invariants.toml": "version = 1" },
    ["delete restrict", "delete restrict Line.orderId of Order", "delete restrict Order.parent of Order"],
  ],
  [
    "a variable is not set to null, because it changes by actions only",
    { "cross-invariants.toml": 'default_delete_policy = "set_null"' },
    ["delete set-null", "delete restrict Line.orderId of Order", "delete restrict Order.parent of Order"],
  ],
  [
    "an override names the variable",
    { "cross-invariants.toml": override("orderId", "cascade") },
    ["delete restrict", "delete cascade Line.orderId of Order", "delete restrict Order.parent of Order"],
  ],
  [
    "an override that would set it to null is refused",
    { "cross-invariants.toml": override("orderId", "set_null") },
    [
      'bind/out-of-range: "delete_policy" must be restrict or cascade where a variable refers, because it changes by actions only',
    ],
  ],
  [
    "an override of a relation that there is not is refused",
    { "cross-invariants.toml": override("ordrId", "cascade") },
    ['bind/unknown-field: Line has no field "ordrId"'],
  ],
  [
    "OnDelete is the rule of the reference that leads back",
    { "s.csdl.xml": csdl('<OnDelete Action="Cascade"/>') },
    ["delete cascade Line.Order"],
  ],
  [
    "a file overrides OnDelete, and the navigation stands for the variable that it goes by",
    { "s.csdl.xml": csdl('<OnDelete Action="Cascade"/>'), "cross-invariants.toml": override("Order", "restrict") },
    ["delete restrict", "delete restrict Line.Order", "delete restrict Order.parent of Order"],
  ],
];

test.each(cases)("%s", (_name, files, rules) => {
  expect(rulesOf(files)).toEqual(rules);
});

test.each([
  ['<OnDelete Action="SetDefault"/>', undefined, 'OnDelete Action="SetDefault"'],
  ['<OnDelete Action="None"/>', "", "of a navigation property without a partner that refers back by the key"],
])("what OnDelete asks and nothing does is refused by name: %s", (inside, constraint, construct) => {
  const found = rulesOf({ "s.csdl.xml": csdl(inside, constraint) }, "run");
  expect(found).toEqual([expect.stringContaining(construct)]);
  expect(found[0]).toMatch(/^check\/not-available-yet: /);
});
