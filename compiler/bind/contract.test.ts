/** How CSDL documents and automata become one contract, and what is refused on the way. */

import { describe, expect, test } from "vitest";
import { collect } from "../diagnostics/fixtures.ts";
import { csdlXml } from "../emit/csdl-xml.ts";
import { parseContract } from "../parse/csdl.ts";
import { bindContract } from "./contract.ts";
import { bind, door, doorDocument, doorParts, edmx, entityWith } from "./fixtures.ts";

const noAction = { action: "" };
const plain = (more: string, members = "") => doorDocument({ entity: entityWith(members), ...noAction, more });

describe("bindContract", () => {
  test("adds the status and the variables that the document leaves out", () => {
    const { contract, told } = bind(doorDocument());
    expect(told).toEqual([]);
    expect(contract?.entities[0]?.properties.map(({ name, role, nullable }) => [name, role, nullable])).toEqual([
      ["Id", "key", false],
      ["Status", "status", false],
      ["Closings", "variable", false],
      ["Why", "variable", false],
      ["Keys", "variable", false],
    ]);
    expect(contract?.operations).toMatchObject([{ name: "Close", boundTo: "Door", bindingParameter: "it" }]);
    expect(contract?.entitySets).toMatchObject([{ name: "Doors", entity: "Door" }]);
  });

  test("gives declared properties the automaton's roles, in the document's order", () => {
    const declared =
      '<Property Name="Why" Type="Edm.String"/><Property Name="Status" Type="House.State"/><Property Name="Colour" Type="Edm.String"/>';
    const states = '<EnumType Name="State"><Member Name="Closed"/><Member Name="Open"/></EnumType>';
    const { contract, told } = bind(doorDocument({ entity: entityWith(declared), more: states }));
    expect(told).toEqual([]);
    const roles = contract?.entities[0]?.properties.map(({ name, role, nullable }) => `${name} ${role} ${nullable}`);
    expect(roles).toEqual([
      "Id key false",
      "Why variable false",
      "Status status false",
      "Colour field true",
      "Closings variable false",
      "Keys variable false",
    ]);
  });

  const published = (text: string, automata = [door]) => {
    const { contract, told } = bind(text, automata);
    expect(told).toEqual([]);
    return contract === undefined ? "" : csdlXml(contract.document());
  };

  test("publishes an action's hint, unless the document has one of its own", () => {
    const hinted = { ...door, actions: door.actions.map((each) => ({ ...each, hint: "shut it" })) };
    const annotation = (text: string) => `<Annotation Term="Temper.Vocab.Agent.Hint" String="${text}"/>`;
    expect(published(doorDocument(), [hinted])).toContain(annotation("shut it"));
    const own = doorParts.action.replace("</Action>", `${annotation("own")}</Action>`);
    const block = `<Annotations Target="House.Close(House.Door)">${annotation("own")}</Annotations>`;
    for (const document of [doorDocument({ action: own }), doorDocument({ more: block })]) {
      expect(published(document, [hinted])).toContain(annotation("own"));
      expect(published(document, [hinted])).not.toContain(annotation("shut it"));
    }
  });

  test("publishes alternate keys, unless the document has some of its own", () => {
    const keyed = { ...door, keys: [{ name: "ByWhy", properties: ["Why"], isEntityId: false, span: door.span }] };
    const xml = published(doorDocument(), [keyed]);
    expect(xml).toContain('<edmx:Include Namespace="Org.OData.Core.V1" Alias="Core"/>');
    expect(xml).toContain('<Annotation Term="Core.AlternateKeys">');
    expect(xml).toContain('<PropertyValue Property="Name" PropertyPath="Why"/>');
    const own = entityWith('<Annotation Term="OData.Community.Keys.V1.AlternateKeys"><Collection/></Annotation>');
    expect(published(doorDocument({ entity: own }), [keyed])).not.toContain("Core.AlternateKeys");
  });

  test("says what the service sets itself and which OData it is, unless the document says so", () => {
    const computed = /<Property Name="(\w+)"[^/>]*>\s*<Annotation Term="Core.Computed" Bool="true"\/>/g;
    const names = (xml: string) => [...xml.matchAll(computed)].map(([, name]) => name);
    const xml = published(doorDocument());
    expect(names(xml)).toEqual(["Status", "Closings", "Why", "Keys"]);
    expect(xml).toContain('<Annotation Term="Core.ODataVersions" String="4.01"/>');
    expect(xml).toContain('EnumMember="Capabilities.ConformanceLevelType/Advanced"/>');
    expect(xml).toContain('<Annotation Term="Capabilities.AsynchronousRequestsSupported" Bool="true"/>');
    expect(xml).toContain('<Annotation Term="Capabilities.CrossJoinSupported" Bool="false"/>');
    expect(xml).toMatch(/"Capabilities.BatchSupport">\s*<Record>\s*<PropertyValue Property="Supported" Bool="true"/);
    expect(xml).toContain("<String>multipart/mixed</String>");
    const term = (name: string, value: string) => `<Annotation Term="Org.OData.Core.V1.${name}" ${value}/>`;
    const own = doorDocument({
      entity: entityWith(
        `<Property Name="Why" Type="Edm.String" Nullable="false">${term("Computed", 'Bool="false"')}</Property>`,
      ),
      more: `<Annotations Target="House.Container">${term("ODataVersions", 'String="4.0"')}</Annotations>`,
    });
    expect(names(published(own))).toEqual(["Status", "Closings", "Keys"]);
    expect(published(own).match(/ODataVersions" String="[^"]*"/g)).toEqual(['ODataVersions" String="4.0"']);
  });

  test("takes no alias that something else has", () => {
    const xml = published(doorDocument().replace('Namespace="House"', 'Namespace="House" Alias="Core"'));
    expect(xml).toContain('<edmx:Include Namespace="Org.OData.Core.V1"/>');
    expect(xml).toContain('<Annotation Term="Org.OData.Core.V1.Computed" Bool="true"/>');
  });

  test("puts several files together, with every name in full", () => {
    const reference = (alias: string) =>
      `<edmx:Reference Uri="https://x/Core.xml"><edmx:Include Namespace="Org.OData.Core.V1" Alias="${alias}"/></edmx:Reference>`;
    const first = edmx(`${doorParts.entity}${doorParts.container}`, reference("Core"));
    const second = edmx(
      `<Action Name="Close" IsBound="true"><Parameter Name="it" Type="H.Door"/><Parameter Name="Why" Type="Edm.String" Nullable="false"/></Action>
       <Term Name="Own" Type="Collection(Edm.String)" Nullable="false"/>
       <Annotations Target="H.Door/Id"><Annotation Term="C.Description" String="which"/></Annotations>
       <Annotations Target="H.Close(H.Door)/Why" Qualifier="q"><Annotation Term="H.Own"><Collection><String>a</String></Collection></Annotation></Annotations>`,
      reference("C"),
    ).replace('Namespace="House"', 'Namespace="House" Alias="H"');
    const { report, told } = collect({});
    const syntaxes = [first, second].flatMap((text, index) => parseContract({ path: `${index}`, text }, report) ?? []);
    const contract = bindContract(syntaxes, [door], "house", report);
    expect(told).toEqual([]);
    const xml = contract === undefined ? "" : csdlXml(contract.document());
    expect(xml.match(/<edmx:Include[^>]*>/g)).toEqual([
      '<edmx:Include Namespace="Org.OData.Capabilities.V1"/>',
      '<edmx:Include Namespace="Org.OData.Core.V1"/>',
    ]);
    expect(xml.match(/<Schema [^>]*>/g)).toEqual(['<Schema Namespace="House">']);
    const own = xml.slice(xml.indexOf("<Annotations "));
    expect(own.match(/<Annotations? [^>]*>/g)).toEqual([
      '<Annotations Target="House.Door/Id">',
      '<Annotation Term="Org.OData.Core.V1.Description" String="which"/>',
      '<Annotations Target="House.Close(House.Door)/Why" Qualifier="q">',
      '<Annotation Term="House.Own">',
    ]);
  });

  const withType = (type: string, facets = "") => plain("", `<Property Name="P" Type="${type}" ${facets}/>`);
  const room = (members: string) =>
    `<EntityType Name="Room"><Key><PropertyRef Name="No"/></Key><Property Name="No" Type="Edm.Int32" Nullable="false"/>${members}</EntityType>`;

  test.each([
    [
      "an unknown type",
      withType("Edm.Strin"),
      'bind/csdl-unknown-type @ Edm.Strin: there is no type "Edm.Strin" (did you mean "Edm.String"?)',
    ],
    ["a property that leads to an entity", withType("House.Door"), "bind/csdl-wrong-type @ House.Door"],
    ["a facet on the wrong type", withType("Edm.Int32", 'MaxLength="3"'), "bind/csdl-facet @ 3"],
    ["a bad facet", withType("Edm.String", 'MaxLength="many"'), "bind/csdl-value @ many"],
    ["a bad boolean", withType("Edm.String", 'Nullable="no"'), "bind/csdl-value @ no"],
    ["a scale beyond the precision", withType("Edm.Decimal", 'Precision="3" Scale="4"'), "bind/csdl-value @ 4"],
    ["a default of the wrong type", withType("Edm.Int32", 'DefaultValue="1.5"'), "bind/csdl-default-value @ 1.5"],
    [
      "a default that is no day",
      withType("Edm.Date", 'DefaultValue="2025-02-29"'),
      "bind/csdl-default-value @ 2025-02-29",
    ],
    [
      "a default with too many digits",
      withType("Edm.Decimal", 'Precision="4" Scale="2" DefaultValue="123.5"'),
      "bind/csdl-default-value @ 123.5",
    ],
    [
      "an enum with some values",
      plain('<EnumType Name="E"><Member Name="A" Value="1"/><Member Name="B"/></EnumType>'),
      "bind/csdl-enum @ E",
    ],
    ["a type twice", plain('<EnumType Name="Door"><Member Name="A"/></EnumType>'), "bind/csdl-duplicate-name @ Door"],
    [
      "types that differ by case",
      plain('<EnumType Name="DOOR"><Member Name="A"/></EnumType>'),
      "bind/csdl-name-case @",
    ],
    ["properties that differ by case", plain("", '<Property Name="why" Type="Edm.String"/>'), "bind/csdl-name-case @"],
    [
      "a name with a quote",
      plain("", '<Property Name="a&quot;b" Type="Edm.String"/>'),
      "bind/csdl-invalid-name @ a&quot;b",
    ],
    [
      "a name with a line break",
      plain("", '<Property Name="a&#10;b" Type="Edm.String"/>'),
      "bind/csdl-invalid-name @ a&#10;b",
    ],
    [
      "a name that starts with @",
      plain("", '<Property Name="@id" Type="Edm.String"/>'),
      "bind/csdl-invalid-name @ @id",
    ],
    [
      "a namespace with an empty part",
      doorDocument().replace('Namespace="House"', 'Namespace="Häuser..one"'),
      "bind/csdl-invalid-name @ Häuser..one",
    ],
    ["__proto__", plain("", '<Property Name="__proto__" Type="Edm.String"/>'), "bind/csdl-reserved-name @ __proto__"],
    ["a name of the policy language", plain('<EntityType Name="Action"/>'), "bind/csdl-reserved-name @ Action"],
    [
      "an attribute that the runtime sets",
      plain("", '<Property Name="tenant" Type="Edm.String"/>'),
      "bind/csdl-reserved-name @ tenant",
    ],
    [
      "a set of a type without a key",
      doorDocument({
        more: '<EntityType Name="Room"/>',
        container: doorParts.container.replace("</", '<EntitySet Name="Rooms" EntityType="House.Room"/></'),
      }),
      "bind/csdl-key @ Room",
    ],
    ["a nullable key", plain(room("").replace('Nullable="false"', "")), "bind/csdl-key @ No"],
    [
      "an unknown key",
      plain(room("").replace('PropertyRef Name="No"', 'PropertyRef Name="Nr"')),
      "bind/csdl-unknown-property @ Nr",
    ],
    [
      "navigation to nowhere",
      plain(room('<NavigationProperty Name="N" Type="House.Dor"/>')),
      'bind/csdl-unknown-type @ House.Dor: there is no type "House.Dor" (did you mean "House.Door"?)',
    ],
    [
      "navigation to a primitive",
      plain(room('<NavigationProperty Name="N" Type="Edm.String"/>')),
      "bind/csdl-wrong-type @ Edm.String",
    ],
    [
      "an unknown partner",
      plain(room('<NavigationProperty Name="N" Type="House.Door" Partner="M"/>')),
      "bind/csdl-unknown-navigation @ M",
    ],
    [
      "a partner that leads elsewhere",
      plain(
        room('<NavigationProperty Name="N" Type="House.Door" Partner="M"/>'),
        '<NavigationProperty Name="M" Type="House.Door"/>',
      ),
      "bind/csdl-partner @ M",
    ],
    [
      "a constraint on an unknown property",
      plain(
        room(
          '<NavigationProperty Name="N" Type="House.Door"><ReferentialConstraint Property="X" ReferencedProperty="Id"/></NavigationProperty>',
        ),
      ),
      "bind/csdl-unknown-property @ X",
    ],
    [
      "a constraint between types",
      plain(
        room(
          '<NavigationProperty Name="N" Type="House.Door"><ReferentialConstraint Property="No" ReferencedProperty="Id"/></NavigationProperty>',
        ),
      ),
      "bind/csdl-constraint @ No",
    ],
    ["no container", doorDocument({ container: "" }), "bind/csdl-container @ House"],
    [
      "a set of an unknown type",
      doorDocument({
        container: '<EntityContainer Name="C"><EntitySet Name="S" EntityType="House.Dor"/></EntityContainer>',
      }),
      "bind/csdl-unknown-type @ House.Dor",
    ],
    [
      "a binding along an unknown path",
      doorDocument({
        container: doorParts.container.replace(
          "/></EntityContainer>",
          '><NavigationPropertyBinding Path="P" Target="Doors"/></EntitySet></EntityContainer>',
        ),
      }),
      "bind/csdl-unknown-navigation @ P",
    ],
    [
      "an import of an unknown function",
      doorDocument({
        container: doorParts.container.replace(
          "</EntityContainer>",
          '<FunctionImport Name="F" Function="House.F"/></EntityContainer>',
        ),
      }),
      "bind/csdl-unknown-operation @ House.F",
    ],
    [
      "an annotation of nothing",
      plain('<Annotations Target="House.Window"><Annotation Term="a.b"/></Annotations>'),
      "bind/csdl-annotation-target @ House.Window",
    ],
    [
      "an annotation with two values",
      plain('<Annotation Term="a.b" Int="1" Bool="true"/>'),
      "bind/csdl-annotation-value @ a.b",
    ],
    [
      "an unknown element",
      plain("<EntityTyp/>"),
      'parse/csdl-unknown-element @ EntityTyp: CSDL has no element "EntityTyp" in Schema (did you mean "EntityType"?)',
    ],
    [
      "an unknown attribute",
      plain("", '<Property Name="P" type="Edm.String"/>'),
      'parse/csdl-unknown-attribute @ type: CSDL has no attribute "type" on Property (did you mean "Type"?)',
    ],
    ["text in an element", plain("hello"), "parse/csdl-text @"],
  ])("refuses %s", (_what, text, expected) => {
    expect(bind(text).told.join("\n")).toContain(expected);
  });

  test("refuses an operation or a container that has a type's name", () => {
    const container = doorParts.container.replace('Name="Container"', 'Name="Door"');
    expect(bind(doorDocument({ container })).told[0]).toContain("bind/csdl-duplicate-name @ Door");
  });

  test("refuses an import into an unknown set", () => {
    const container = doorParts.container.replace(
      "</EntityContainer>",
      '<ActionImport Name="L" Action="House.Lock" EntitySet="Dors"/></EntityContainer>',
    );
    const { told } = bind(doorDocument({ more: '<Action Name="Lock"/>', container }));
    expect(told).toEqual([
      'bind/csdl-unknown-set @ Dors: the container has no entity set "Dors" (did you mean "Doors"?)',
    ]);
  });

  test("warns of an entity type that no set holds", () => {
    expect(bind(plain(room("")), []).told[0]).toContain("bind/entity-without-set @ Room");
  });
});
