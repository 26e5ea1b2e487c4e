/** A contract with more than entity types, from its CSDL to what clients get of it over HTTP. */

import type { Functions } from "@temperc/runtime";
import { afterAll, beforeAll, expect, test } from "vitest";
import { emit } from "../../compiler/index.ts";
import { type Served, serveDefinition } from "../definitions/served.ts";
import { loadService, programOf, templates } from "./load.ts";

const behaviour = `
[automaton]
name = "Crate"
states = ["Open", "Closed"]
initial = "Open"
allow_indefinite_states = ["Open", "Closed"]

[[action]]
name = "Shut"
kind = "input"
from = "Open"
to = "Closed"

[[key]]
name = "ByLabel"
properties = ["Port", "Label"]
`;

const contract = `<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.01">
  <edmx:Reference Uri="https://example.org/Core.xml"><edmx:Include Namespace="Org.OData.Core.V1" Alias="Core"/></edmx:Reference>
  <edmx:DataServices>
    <Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="Cargo" Alias="C">
      <TypeDefinition Name="PortCode" UnderlyingType="Edm.String" MaxLength="3"/>
      <Term Name="Colour" Type="Edm.String"/>
      <ComplexType Name="Extent"><Property Name="Width" Type="Edm.Int32"/></ComplexType>
      <EntityType Name="Thing" Abstract="true">
        <Key><PropertyRef Name="Id"/></Key>
        <Property Name="Id" Type="Edm.String" Nullable="false"/>
        <Property Name="Port" Type="C.PortCode" DefaultValue="HAM"/>
      </EntityType>
      <EntityType Name="Crate" BaseType="C.Thing">
        <Property Name="Label" Type="Edm.String">
          <Annotation Term="Core.Description" String="on the side"><Annotation Term="Core.IsLanguageDependent"/></Annotation>
        </Property>
        <Annotation Term="C.Colour"><If><Eq><Path>Port</Path><String>HAM</String></Eq><String>red</String><Null/></If></Annotation>
      </EntityType>
      <EntityType Name="Note"><Key><PropertyRef Name="No"/></Key><Property Name="No" Type="Edm.Int32" Nullable="false"/>
        <Property Name="Takes" Type="Edm.Duration" Nullable="false" DefaultValue="P1DT0.5S"/>
        <Property Name="Starts" Type="Edm.TimeOfDay" DefaultValue="07:30"/>
        <Property Name="Seal" Type="Edm.Binary" MaxLength="4" DefaultValue="AQID"/>
      </EntityType>
      <Action Name="Shut" IsBound="true"><Parameter Name="it" Type="C.Crate"/></Action>
      <Function Name="Reach" IsBound="true"><Parameter Name="it" Type="C.Crate"/><Parameter Name="Days" Type="Edm.Int32" Nullable="false"/><ReturnType Type="Edm.String"/></Function>
      <Function Name="Count"><ReturnType Type="Edm.Int32"/></Function>
      <EntityContainer Name="Hold">
        <EntitySet Name="Crates" EntityType="C.Crate"/>
        <EntitySet Name="Notes" EntityType="C.Note" IncludeInServiceDocument="false"/>
        <FunctionImport Name="Count" Function="C.Count" IncludeInServiceDocument="true"/>
        <FunctionImport Name="CountToo" Function="C.Count"/>
      </EntityContainer>
    </Schema>
  </edmx:DataServices>
</edmx:Edmx>`;

let served: Served;
let authorization: string;

beforeAll(async () => {
  const files = {
    "crate.ioa.toml": behaviour,
    "cargo.csdl.xml": contract,
    "all.cedar": "permit (principal, action, resource);",
  };
  const functions: Functions = { "Crate.Reach": ({ Days }, _context, entity) => `${entity?.Port} in ${Days}` };
  served = await serveDefinition(await loadService(emit(programOf(files), templates)), { functions });
  authorization = `Bearer ${await served.key({ type: "Customer", id: "alice" })}`;
});

afterAll(() => served.close());

async function call(method: "GET" | "POST" | "PATCH", path: string, payload?: object) {
  const reply = await served.app.inject({
    method,
    url: `/tdata${path}`,
    headers: { authorization },
    ...(payload && { payload }),
  });
  return { status: reply.statusCode, text: reply.body };
}

async function json(path: string): Promise<Record<string, unknown>> {
  return JSON.parse((await call("GET", path)).text);
}

test("an entity has what its abstract base type has, with the facets of a type definition", async () => {
  const made = await call("POST", "/Crates", { Id: "1", Label: "a" });
  expect([made.status, JSON.parse(made.text)]).toMatchObject([
    201,
    { Id: "1", Port: "HAM", Label: "a", Status: "Open" },
  ]);
  expect((await call("POST", "/Crates", { Id: "2", Port: "HAMBURG", Label: "b" })).status).toBe(400);
  expect((await call("PATCH", "/Crates('1')", { Port: "BRE" })).status).toBe(200);
});

test("an alternate key over inherited properties addresses it", async () => {
  expect(await json("/Crates(Port='BRE',Label='a')")).toMatchObject({ Id: "1" });
  expect((await call("POST", "/Crates(Label='a',Port='BRE')/D.Shut", {})).status).toBe(404);
  expect((await call("POST", "/Crates(Label='a',Port='BRE')/C.Shut", {})).status).toBe(200);
  expect((await call("POST", "/Crates('1')/Cargo.Shut", {})).status).toBe(409);
});

test("a bound function gets its entity and its parameters", async () => {
  expect(await json("/Crates('1')/Cargo.Reach(Days=3)")).toMatchObject({ value: "BRE in 3" });
  expect(await json("/Crates(Port='BRE',Label='a')/Reach(Days=4)")).toMatchObject({ value: "BRE in 4" });
  expect((await call("GET", "/Crates('none')/Reach(Days=3)")).status).toBe(404);
  expect((await call("GET", "/Crates('1')/Reach")).status).toBe(400);
  expect((await call("POST", "/Crates('1')/Reach(Days=3)")).status).toBe(405);
});

test("the service document lists what the CSDL lists", async () => {
  const { value } = await json("/");
  expect(value).toEqual([
    { name: "Crates", kind: "EntitySet", url: "Crates" },
    { name: "Count", kind: "FunctionImport", url: "Count" },
  ]);
  expect(await json("/Notes")).toMatchObject({ value: [] });
});

test("durations, times of day and octets have their defaults, and are of their types in openapi.json", async () => {
  const made = await call("POST", "/Notes", { No: 1 });
  expect(JSON.parse(made.text)).toMatchObject({ No: 1, Takes: "P1DT0.5S", Starts: "07:30:00", Seal: "AQID" });
  const openapi = await served.app.inject({ url: "/openapi.json", headers: { authorization } });
  expect(openapi.json().components.schemas.Note.properties).toMatchObject({
    Takes: { type: "string", format: "duration", default: "P1DT0.5S" },
    Starts: { type: ["string", "null"], format: "time", default: "07:30:00" },
    Seal: { type: ["string", "null"], format: "base64url" },
  });
});

test("$metadata keeps all that the author wrote, in both forms, with what the automaton adds", async () => {
  const { Cargo: cargo } = await json("/$metadata?$format=json");
  expect(cargo).toMatchObject({
    $Alias: "C",
    PortCode: { $Kind: "TypeDefinition", $UnderlyingType: "Edm.String", $MaxLength: 3 },
    Colour: { $Kind: "Term", $Nullable: true },
    Extent: { $Kind: "ComplexType", Width: { $Type: "Edm.Int32", $Nullable: true } },
    Thing: { $Abstract: true, $Key: ["Id"], Port: { $Type: "C.PortCode", $Nullable: true, $DefaultValue: "HAM" } },
    Crate: {
      $BaseType: "C.Thing",
      Label: { "@Core.Description": "on the side", "@Core.Description@Core.IsLanguageDependent": true },
      Status: {},
      "@C.Colour": { $If: [{ $Eq: [{ $Path: "Port" }, "HAM"] }, "red", null] },
      "@Core.AlternateKeys": [
        {
          "@type": "https://example.org/Core.xml#Core.AlternateKey",
          Key: [
            { Name: "Port", Alias: "Port" },
            { Name: "Label", Alias: "Label" },
          ],
        },
      ],
    },
  });
  const { text } = await call("GET", "/$metadata");
  const wrote = contract.match(/<Annotation [^>]*?(?=\/?>)/g) ?? [];
  for (const annotation of wrote) expect(text).toContain(annotation);
  expect(wrote.length).toBe(3);
});
