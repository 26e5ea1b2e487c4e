/** The published forms of a contract: what they say is what was bound, and nothing of it is lost. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { bindContract } from "../bind/contract.ts";
import { door, doorParts, edmx } from "../bind/fixtures.ts";
import { collect } from "../diagnostics/fixtures.ts";
import { nothingAcross } from "../ir/program.ts";
import type { DataContract } from "../ir/schema.ts";
import { parseContract } from "../parse/csdl.ts";
import { csdlJson } from "./csdl-json.ts";
import { csdlXml } from "./csdl-xml.ts";
import { openApi } from "./openapi.ts";

function bind(text: string, automata = [door]): DataContract {
  const { report, told } = collect({ "a.csdl.xml": text });
  const syntax = parseContract({ path: "a.csdl.xml", text }, report);
  const contract = syntax && bindContract([syntax], automata, "house", report);
  expect(told).toEqual([]);
  if (contract === undefined) throw new Error("the document binds");
  return contract;
}

const note = (text: string) => `<Annotation Term="Core.Description" String="${text}"/>`;

const rich = bind(
  edmx(
    `${note("a &lt;house&gt; of&#10;&quot;doors&quot;")}
    <EnumType Name="Wood" UnderlyingType="Edm.Int64"><Member Name="Oak" Value="7">${note("hard")}</Member><Member Name="Fir" Value="-2"/>${note("what it is of")}</EnumType>
    ${doorParts.entity.replace(
      "</EntityType>",
      `<Property Name="Wood" Type="House.Wood" Nullable="false" DefaultValue="Fir">${note("of")}</Property>
      <Property Name="Price" Type="Edm.Decimal" Precision="9" Scale="7" DefaultValue="0.0000001"/>
      <Property Name="Seen" Type="Edm.DateTimeOffset" Precision="3"/>
      <Property Name="Tags" Type="Collection(Edm.String)" MaxLength="20"/>
      <Property Name="RoomNo" Type="Edm.Int32"/>
      <NavigationProperty Name="Room" Type="House.Room" Partner="Doors"><ReferentialConstraint Property="RoomNo" ReferencedProperty="No"/><OnDelete Action="SetNull"/>${note("where")}</NavigationProperty>
      ${note("opens")}<Annotation Term="Core.Revision" Qualifier="first" Int="3"/><Annotation Term="Core.Weight" Float="1.5"/>
      <Annotation Term="Core.Tag"/><Annotation Term="Core.Kind" EnumMember="Core.K/A Core.K/B"/>
      <Annotation Term="Core.Names"><Collection><String>a &amp; b</String><String/></Collection></Annotation></EntityType>`,
    )}
    <EntityType Name="Room"><Key><PropertyRef Name="No"/></Key><Property Name="No" Type="Edm.Int32" Nullable="false"/>
      <NavigationProperty Name="Doors" Type="Collection(House.Door)" Partner="Room" ContainsTarget="true"/></EntityType>
    ${doorParts.action.replace('<Parameter Name="Why" Type="Edm.String" Nullable="false"/>', `<Parameter Name="Why" Type="Edm.String" Nullable="false" MaxLength="9">${note("why")}</Parameter><ReturnType Type="House.Door" Nullable="false"/>${note("shuts")}`)}
    <Function Name="Count"><Parameter Name="Wood" Type="Edm.String"/><ReturnType Type="Edm.Decimal" Precision="5" Scale="1"/>${note("counts")}</Function>
    <Function Name="Near" IsBound="true"><Parameter Name="room" Type="House.Room" Nullable="false"/><ReturnType Type="Collection(House.Door)" Nullable="false"/></Function>
    <Action Name="Lock"/>
    <EntityContainer Name="Container"><EntitySet Name="Doors" EntityType="House.Door"><NavigationPropertyBinding Path="Room" Target="Rooms"/>${note("all")}</EntitySet>
      <EntitySet Name="Rooms" EntityType="House.Room"/><FunctionImport Name="CountDoors" Function="House.Count">${note("imported")}</FunctionImport><ActionImport Name="LockAll" Action="House.Lock"/>${note("in here")}</EntityContainer>`,
    `<edmx:Reference Uri="https://example.org/Core.xml"><edmx:Include Namespace="Org.OData.Core.V1" Alias="Core"/></edmx:Reference>`,
  ),
);

function withoutSpans(contract: DataContract): unknown {
  return JSON.parse(JSON.stringify(contract, (name, value) => (name === "span" ? undefined : value)));
}

test("what the XML says binds to the same contract again", () => {
  const shop = bind(
    readFileSync(new URL("../../examples/ecommerce/shop.csdl.xml", import.meta.url), "utf8").replace(
      /<Action [\s\S]*?<\/Action>/g,
      "",
    ),
    [],
  );
  for (const [contract, automata] of [
    [rich, [door]],
    [shop, []],
  ] as const) {
    const again = bind(csdlXml(contract.document()), [...automata]);
    expect(withoutSpans(again)).toEqual(withoutSpans(contract));
  }
});

const references = {
  "https://oasis-tcs.github.io/odata-vocabularies/vocabularies/Org.OData.Capabilities.V1.xml": {
    $Include: [{ $Namespace: "Org.OData.Capabilities.V1", $Alias: "Capabilities" }],
  },
  "https://example.org/Core.xml": { $Include: [{ $Namespace: "Org.OData.Core.V1", $Alias: "Core" }] },
};

/** What every container says of what a client may ask of it. */
const capabilities = {
  "@Capabilities.ConformanceLevel": "Advanced",
  "@Capabilities.AsynchronousRequestsSupported": true,
  "@Capabilities.KeyAsSegmentSupported": true,
  "@Capabilities.CrossJoinSupported": false,
  "@Capabilities.BatchSupport": {
    ContinueOnErrorSupported: true,
    EtagReferencesSupported: true,
    ReferencesAcrossChangeSetsSupported: true,
    ReferencesInRequestBodiesSupported: true,
    Supported: true,
    SupportedFormats: ["multipart/mixed", "application/json"],
  },
};

test("the JSON form has every construct in its place", () => {
  const { House: house, ...envelope } = JSON.parse(csdlJson(rich.document()));
  expect(envelope).toEqual({
    $Version: "4.01",
    $EntityContainer: "House.Container",
    $Reference: references,
  });
  expect(house["@Core.Description"]).toBe('a <house> of\n"doors"');
  expect(house.Wood).toEqual({
    $Kind: "EnumType",
    $UnderlyingType: "Edm.Int64",
    Oak: 7,
    "Oak@Core.Description": "hard",
    Fir: -2,
    "@Core.Description": "what it is of",
  });
  expect(house.Door).toMatchObject({
    $Kind: "EntityType",
    $Key: ["Id"],
    Id: {},
    Wood: { $Type: "House.Wood", $DefaultValue: "Fir", "@Core.Description": "of" },
    Price: { $Type: "Edm.Decimal", $Nullable: true, $Precision: 9, $Scale: 7, $DefaultValue: 1e-7 },
    Seen: { $Type: "Edm.DateTimeOffset", $Nullable: true, $Precision: 3 },
    Tags: { $Collection: true, $MaxLength: 20 },
    Room: {
      $Kind: "NavigationProperty",
      $Type: "House.Room",
      $Nullable: true,
      $Partner: "Doors",
      $ReferentialConstraint: { RoomNo: "No" },
      $OnDelete: "SetNull",
    },
    Status: { "@Core.Computed": true },
    Closings: { $Type: "Edm.Int64", "@Core.Computed": true },
    "@Core.Revision#first": 3,
    "@Core.Weight": 1.5,
    "@Core.Tag": true,
    "@Core.Kind": "A,B",
    "@Core.Names": ["a & b", ""],
  });
  expect(house.Close).toEqual([
    {
      $Kind: "Action",
      $IsBound: true,
      $Parameter: [
        { $Name: "it", $Type: "House.Door", $Nullable: true },
        { $Name: "Why", $MaxLength: 9, "@Core.Description": "why" },
      ],
      $ReturnType: { $Type: "House.Door" },
      "@Core.Description": "shuts",
    },
  ]);
  expect(house.Container).toEqual({
    $Kind: "EntityContainer",
    Doors: {
      $Collection: true,
      $Type: "House.Door",
      $NavigationPropertyBinding: { Room: "Rooms" },
      "@Core.Description": "all",
    },
    Rooms: { $Collection: true, $Type: "House.Room" },
    CountDoors: { $Function: "House.Count", "@Core.Description": "imported" },
    LockAll: { $Action: "House.Lock" },
    "@Core.Description": "in here",
    "@Core.ODataVersions": "4.01",
    ...capabilities,
  });
});

test("the OpenAPI document has a path for every set, key, navigation, bound action and import, and for the service", () => {
  const program = {
    name: "House",
    files: [],
    automata: [door],
    contract: rich,
    policies: [],
    cedarSchema: "",
    ...nothingAcross,
  };
  const document = JSON.parse(openApi(program));
  expect(
    Object.entries(document.paths).map(([path, item]) => `${path}: ${Object.keys(Object(item)).join(" ")}`),
  ).toEqual([
    "/Doors: get post patch",
    "/Doors('{Id}'): parameters get patch put delete",
    "/Doors('{Id}')/Room: parameters get patch put delete",
    "/Doors('{Id}')/Room/$ref: parameters get put delete",
    "/Doors('{Id}')/House.Close: parameters post",
    "/Rooms: get post patch",
    "/Rooms({No}): parameters get patch put delete",
    "/Rooms({No})/Doors: parameters get post",
    "/Rooms({No})/Doors/$ref: parameters get post delete",
    "/Rooms({No})/House.Near(): parameters get",
    "/CountDoors(Wood={Wood}): get",
    "/LockAll: post",
    "/: get",
    "/$metadata: get",
    "/$batch: post",
    "/$events: get",
    "/$async/{id}: parameters get delete",
  ]);
  const { schemas } = document.components;
  expect(schemas["Door.create"].required).toEqual(["Id"]);
  expect(Object.keys(schemas["Door.update"].properties)).toEqual(["Wood", "Price", "Seen", "Tags", "RoomNo"]);
  expect(schemas.Door.properties.Status).toEqual({ type: "string", readOnly: true });
  const references = JSON.stringify(document).match(/#\/components\/[^"]+/g) ?? [];
  for (const reference of new Set(references)) {
    const [, , kind = "", name = ""] = reference.split("/");
    expect(Object.keys(document.components[kind]), reference).toContain(name);
  }
  const ids = Object.values(document.paths).flatMap((item) =>
    Object.values(Object(item)).flatMap((each) => Object(each).operationId ?? []),
  );
  expect(new Set(ids).size).toBe(ids.length);
});

test("the OpenAPI document reads by alternate keys, and asks for no id that a property gives", () => {
  const span = door.span;
  const keys = [
    { name: "ByWood", properties: ["Wood", "RoomNo"], isEntityId: false, span },
    { name: "ByRoom", properties: ["RoomNo"], isEntityId: true, span },
  ];
  const program = { name: "House", files: [], contract: rich, policies: [], cedarSchema: "", ...nothingAcross };
  const { paths, components } = JSON.parse(openApi({ ...program, automata: [{ ...door, keys }] }));
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining(["/Doors(Wood='{Wood}',RoomNo={RoomNo})", "/Doors(RoomNo={RoomNo})"]),
  );
  expect(components.schemas["Door.create"].required).toEqual([]);
});
