/** Documents of OASIS as spec folders: they are checked in full, and one who wants to run them is told what keeps them from it. */

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { csdlJson } from "./emit/csdl-json.ts";
import { csdlXml } from "./emit/csdl-xml.ts";
import { compile, diagnosticRecords } from "./index.ts";
import { outline } from "./ir/outline.ts";

const folder = fileURLToPath(new URL("../../shared/conformance/csdl-examples/", import.meta.url));
const isThere = existsSync(folder);

/** An automaton that does nothing a caller could ask for. */
const automaton = (name: string) => `
[automaton]
name = "${name}"
states = ["New", "Old"]
initial = "New"
terminal = ["Old"]

[[action]]
name = "Age"
from = "New"
to = "Old"
`;

function compiled(name: string, entity: string, purpose: "check" | "run") {
  const files = [
    { path: "a.ioa.toml", bytes: new TextEncoder().encode(automaton(entity)) },
    { path: "a.csdl.xml", bytes: readFileSync(`${folder}${name}`) },
  ];
  const { program, diagnostics, texts } = compile({ name: "spec", files }, purpose);
  const errors = diagnosticRecords(diagnostics, texts).filter(({ severity }) => severity === "error");
  return { program, told: errors.map(({ code, line, column, message }) => `${line}:${column} ${code}: ${message}`) };
}

describe.runIf(isThere)("the Products and Categories of CSDL 4.01", () => {
  const name = "csdl-16.1.xml";

  test("are checked without an error, and all that they say is published", () => {
    const { program, told } = compiled(name, "Product", "check");
    expect(told).toEqual([]);
    const published = csdlXml(program?.contract.document() ?? expect.fail("it compiles"));
    const annotations = (text: string) => text.match(/<Annotation [^>]*?(?=\s*\/?>)/g);
    const added = /"Core\.(?:Computed|ODataVersions)"|"Capabilities\./;
    expect(annotations(published)?.filter((each) => !added.test(each))).toEqual(
      annotations(readFileSync(`${folder}${name}`, "utf8")),
    );
    expect(published).toContain('<Singleton Name="MainSupplier" Type="ODataDemo.Supplier">');
    expect(published).toContain('<Property Name="Status" Type="Edm.String" Nullable="false">');
  });

  test("are published in JSON as OASIS does it, but for what the automaton adds", () => {
    const { program } = compiled(name, "Product", "check");
    const { $Reference: references, ...published } = JSON.parse(
      csdlJson(program?.contract.document() ?? expect.fail()),
    );
    const { $Reference: theirs, ...twin } = JSON.parse(readFileSync(`${folder}csdl-16.1.json`, "utf8"));
    twin.ODataDemo.Product.Status = { "@Core.Computed": true };
    const container = Object.entries(published.ODataDemo.DemoService);
    const capable = container.filter(([member]) => member.startsWith("@Capabilities."));
    expect(capable.map(([member]) => member)).toContain("@Capabilities.BatchSupport");
    Object.assign(twin.ODataDemo.DemoService, Object.fromEntries(capable), { "@Core.ODataVersions": "4.01" });
    expect(published).toEqual(twin);
    const capabilities = { $Include: [{ $Alias: "Capabilities", $Namespace: "Org.OData.Capabilities.V1" }] };
    expect(Object.values(references)).toEqual([capabilities, ...Object.values(theirs)]);
  });

  test("are refused to one who wants to run them, by the name of each construct and where it stands", () => {
    const { told, program } = compiled(name, "Product", "run");
    const cannot = "cannot be run by this version: it can be checked and verified only";
    expect(program).toBeUndefined();
    expect(told).toEqual([
      `24:58 check/not-available-yet: the Scale "variable" ${cannot}`,
      `39:35 check/not-available-yet: OnDelete Action="Cascade" of a navigation property without a partner that refers back by the key ${cannot}`,
      `49:40 check/not-available-yet: a property of the complex type ODataDemo.Address, which has navigation properties, ${cannot}`,
    ]);
  });
});

test("expressions see what a base type and a type definition give a field", () => {
  const contract = `<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.01"><edmx:DataServices>
    <Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="Yard" Alias="Y">
      <TypeDefinition Name="Metre" UnderlyingType="Edm.Int32"/>
      <EntityType Name="Thing" Abstract="true"><Key><PropertyRef Name="Id"/></Key>
        <Property Name="Id" Type="Edm.String" Nullable="false"/><Property Name="Height" Type="Y.Metre" Nullable="false"/></EntityType>
      <EntityType Name="Tree" BaseType="Y.Thing"/>
      <EntityContainer Name="C"><EntitySet Name="Trees" EntityType="Y.Tree"/></EntityContainer>
    </Schema></edmx:DataServices></edmx:Edmx>`;
  const invariant = '\n[[field_invariant]]\nname = "low"\nassert = "Height < 30"\n';
  const files = [
    { path: "a.ioa.toml", bytes: new TextEncoder().encode(automaton("Tree") + invariant) },
    { path: "a.csdl.xml", bytes: new TextEncoder().encode(contract) },
  ];
  const { program, diagnostics } = compile({ name: "yard", files }, "run");
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  const lines = outline(program ?? expect.fail("it compiles")).split("\n");
  expect(lines).toEqual(expect.arrayContaining(["  published TypeDefinition Metre", "    field Height: Edm.Int32"]));
});

describe.runIf(isThere)("documents that lean on others", () => {
  test("annotations of another document's types are no mistake; that nothing is served is", () => {
    expect(compiled("csdl-16.2.xml", "Supplier", "check").told).toEqual([
      "10:72 bind/csdl-container: the CSDL has no EntityContainer, so nothing in it can be reached",
      '3:8 bind/automaton-without-entity: automaton "Supplier" has no EntityType of its name',
    ]);
  });

  test("names of namespaces that nothing declares are told apart from names that are not in theirs", () => {
    const told = compiled("miscellaneous2.xml", "Fred", "check").told.join("\n");
    expect(told).toContain('bind/csdl-unknown-operation: there is no unbound function "Model.CreatedEntities"');
    expect(told).not.toMatch(/Two\.Fred|One\.Foo/);
  });
});

test.skipIf(isThere)("documents of others are in ../shared/conformance, which is not here", () => {
  expect(isThere).toBe(false);
});
