/** The Cedar schema that a program gives, and how policies are judged by it. */

import { expect, test } from "vitest";
import { collect } from "../diagnostics/fixtures.ts";
import { diagnosticRecords } from "../diagnostics/records.ts";
import { createReporter } from "../diagnostics/reporter.ts";
import type { Automaton } from "../ir/automaton.ts";
import type { DataContract } from "../ir/schema.ts";
import { parsePolicies } from "../parse/cedar.ts";
import { parseContract } from "../parse/csdl.ts";
import { cedarAttributes } from "./cedar-attributes.ts";
import { bindContract } from "./contract.ts";
import { synthesiseContract } from "./contract-synthesis.ts";
import { door, doorDocument, doorParts } from "./fixtures.ts";
import { bindPolicies } from "./policies.ts";

const more = [
  ["Text", "Edm.String"],
  ["Id2", "Edm.Guid", 'Nullable="false"'],
  ["Day", "Edm.Date"],
  ["Flag", "Edm.Boolean"],
  ["Small", "Edm.Byte", 'Nullable="false"'],
  ["Money", "Edm.Decimal", 'Precision="12" Scale="4"'],
  ["Fine", "Edm.Decimal", 'Precision="12" Scale="5"'],
  ["Real", "Edm.Double"],
  ["Tags", "Collection(Edm.String)", 'Nullable="false"'],
  ["in", "Edm.String"],
].map(([name, type, facets = ""]) => `<Property Name="${name}" Type="${type}" ${facets}/>`);

function contractOf(text: string): DataContract {
  const { report, told } = collect({ "a.csdl.xml": text });
  const syntax = parseContract({ path: "a.csdl.xml", text }, report);
  const contract = syntax && bindContract([syntax], [door], "house", report);
  expect(told).toEqual([]);
  if (contract === undefined) throw new Error("the document binds");
  return contract;
}

const customer = doorParts.entity.replace('Name="Door"', 'Name="Customer"');
const everything = contractOf(
  doorDocument({
    entity: `${doorParts.entity.replace("</EntityType>", `${more.join("")}</EntityType>`)}${customer}`,
    container: doorParts.container.replace("/>", '/><EntitySet Name="Customers" EntityType="House.Customer"/>'),
  }),
);

function judge(text: string, automata: readonly Automaton[] = [door], contract = everything) {
  const { report, told } = collect({ "a.cedar": text, "door.ioa.toml": "Door" });
  const syntaxes = parsePolicies({ path: "a.cedar", text }, report);
  return { ...bindPolicies(syntaxes, contract, automata, report), told };
}

test("an entity type's attributes are its properties as Cedar types, and its status", () => {
  const [entity] = everything.entities;
  const shown =
    entity && cedarAttributes(entity).map((each) => `${each.attribute}${each.optional ? "?" : ""}: ${each.cedarType}`);
  expect(shown).toEqual([
    "Id: String",
    "Text?: String",
    "Id2: String",
    "Day?: String",
    "Flag?: Bool",
    "Small: Long",
    "Money?: decimal",
    "Tags: Set<String>",
    "in?: String",
    "Status: String",
    "Closings: Long",
    "Why: String",
    "Keys: Set<String>",
    "status: String",
  ]);
});

test("the schema declares callers, resources, groups and actions, the same text every time", () => {
  const { cedarSchema } = judge("");
  expect(judge("").cedarSchema).toBe(cedarSchema);
  expect(cedarSchema).toContain(
    "entity Customer {\n  id: String,\n  kind: String,\n  tenant: String,\n  roles: Set<String>,\n  Id?: String,\n};",
  );
  expect(cedarSchema).toContain('  "in"?: String,\n');
  expect(cedarSchema).toContain(
    'action "Door::Close" in ["Close"] appliesTo {\n  principal: [Customer, Agent, Admin, System],\n  resource: [Door],\n  context: { Why: String, tenant: String, session?: String, agentTypeVerified: Bool },\n};',
  );
  expect(cedarSchema).toContain('action "Door::Slam"');
  expect(cedarSchema).not.toContain("Banged");
});

const permit = (condition: string, scope = 'principal is Agent, action == Action::"Door::read", resource is Door') =>
  `permit (${scope}) when { ${condition} };`;

test("policies that fit the schema bind with their ids", () => {
  const text = `@id("a") ${permit('principal.roles.contains("x") && resource.status == "Open"')}
    ${permit('context.Why == "x"', 'principal, action in Action::"Close", resource')}
    ${permit('resource has Money && resource.Money.lessThan(decimal("3.5"))')}
    ${permit('resource has "in" && resource["in"] == resource.tenant')}
    ${permit("resource.id == principal.id", 'principal is Customer, action in [Action::"read"], resource is Customer')}
    forbid (principal, action, resource) unless { principal.tenant == "t" };`;
  const { policies, told } = judge(text);
  expect(told).toEqual([]);
  expect(policies.map(({ id, effect }) => `${id} ${effect}`)).toEqual([
    "a permit",
    "policy1 permit",
    "policy2 permit",
    "policy3 permit",
    "policy4 permit",
    "policy5 forbid",
  ]);
});

test.each([
  [
    "a misspelt attribute after text beyond ASCII",
    permit('"𝄞é" == resource.Txt'),
    'bind/invalid-policy @ resource.Txt: policy "policy0": attribute `Txt` on entity type `Door` not found (did you mean `Text`?)',
  ],
  [
    "a misspelt action",
    permit("true", 'principal, action == Action::"Door::Clos", resource'),
    'bind/invalid-policy @ Action::"Door::Clos": policy "policy0": unrecognized action `Action::"Door::Clos"` (did you mean "Door::Close"?)',
  ],
  ["an unknown caller", permit("true", "principal is Agnt, action, resource"), "bind/invalid-policy @ Agnt"],
  ["an attribute that may be missing", permit('resource.Text == "x"'), "bind/invalid-policy @ resource.Text"],
  [
    "a value of another type",
    permit('resource.Small > "a"'),
    'bind/invalid-policy @ "a": policy "policy0": unexpected type: expected Long but saw String (write a value of type Long here)',
  ],
  [
    "an output, which is no action",
    permit("true", 'principal, action == Action::"Door::Banged", resource'),
    "bind/invalid-policy @",
  ],
  ["a condition that never holds", permit("false"), "bind/doubtful-policy @ permit"],
  [
    "the bare action, which no request has",
    permit("true", 'principal, action == Action::"Close", resource'),
    '(write "action in Action::"Close"" for this action on every entity type)',
  ],
  ["two policies of one id", `@id("a") ${permit("true")} @id("a") ${permit("true")}`, 'bind/duplicate-policy @ "a"'],
  [
    "an id that another policy has by its number",
    `${permit("true")} @id("policy0") ${permit("true")}`,
    'bind/duplicate-policy @ "policy0"',
  ],
  ["no policy", "// nothing yet", "bind/no-policies @ Door"],
])("tells of %s", (_what, text, expected) => {
  const { told } = judge(text);
  expect(told).toHaveLength(1);
  expect(told[0]).toContain(expected);
});

/** Marks of two, three and four bytes of UTF-8, the last of two UTF-16 units, and some that are several characters. */
const beyondAscii = ["ä", "漢", "𝄞", "👩‍👩‍👧", "e\u0301", "ä𝄞👩"];

test.each(beyondAscii)(
  "finds the column of a finding after %s on its line, in its policy and in the ones before",
  (mark) => {
    const before = `@id("${mark}") ${permit(`resource.status == "${mark}"`)} // ${mark}\n`;
    const line = `// ${mark}\n@id("own ${mark}") ${permit(`"${mark}" == resource.Txt && "${mark}" == resource.Id`)}`;
    const text = `${before}${line}`;
    const { report, diagnostics } = createReporter();
    bindPolicies(parsePolicies({ path: "a.cedar", text }, report), everything, [door], report);
    const last = text.split("\n").at(-1) ?? "";
    const column = last.indexOf("resource.Txt") + 1;
    const found = diagnosticRecords(diagnostics(), new Map([["a.cedar", text]]));
    expect(found).toMatchObject([
      { code: "bind/invalid-policy", line: 3, column, endLine: 3, endColumn: column + "resource.Txt".length },
    ]);
  },
);

test("policies name the agent types that triggers run as, and no others", () => {
  const deed = { kind: "wasm", name: "m", config: [], outcome: { failureRoutes: [], mayTake: [] } } as const;
  const trigger = { name: "t", action: "Close", liveness: "none", llm: false, deed, span: door.span } as const;
  const guarded = { ...door, triggers: [{ ...trigger, principal: "Porter" }] };
  const text = 'permit (principal is Porter, action == Action::"Door::read", resource is Door);';
  expect(judge(text, [guarded]).told).toEqual([]);
  expect(judge(text).told).toEqual([expect.stringContaining("unrecognized entity type `Porter`")]);
});

test("an action named like a verb is an error", () => {
  const updating = { ...door, actions: door.actions.map((action) => ({ ...action, name: "update" })).slice(0, 1) };
  expect(judge(permit("true"), [updating]).told[0]).toContain("bind/action-named-like-verb @ Door");
});

test("every name that an entity type may have is one that Cedar takes", () => {
  const names = ["Set", "Record", "Entity", "Boolean", "principal", "resource", "context", "action", "permit", "when"];
  const automata = [...names, "type", "namespace", "enum", "tags", "Extension", "datetime", "ipaddr", "duration"].map(
    (name) => ({ ...door, name }),
  );
  const { report, told } = collect({});
  const contract = synthesiseContract(automata, "house", report);
  expect(told.filter((each) => !each.includes("differs"))).toEqual([]);
  if (contract === undefined) throw new Error("every name is usable");
  const policies = automata.map((each) =>
    permit(`resource.status == "Open"`, `principal, action, resource is ${each.name}`),
  );
  expect(judge(policies.join("\n"), automata, contract).told).toEqual([]);
});
