/** Every construct of CSDL 4.01 is checked; what no service acts on yet is noted with its place, for those who want to run it. */

import { describe, expect, test } from "vitest";
import { csdlXml } from "../emit/csdl-xml.ts";
import { bind, doorDocument, doorParts, edmx, entityWith } from "./fixtures.ts";

const plain = (more: string, members = "") => doorDocument({ entity: entityWith(members), more });
const withType = (type: string, facets = "") => plain("", `<Property Name="P" Type="${type}" ${facets}/>`);
const inContainer = (more: string) => doorParts.container.replace("</EntityContainer>", `${more}</EntityContainer>`);
const room = (members: string, attributes = "") =>
  `<EntityType Name="Room" ${attributes}><Key><PropertyRef Name="No"/></Key><Property Name="No" Type="Edm.Int32" Nullable="false"/>${members}</EntityType>`;
const rooms = inContainer('<EntitySet Name="Rooms" EntityType="House.Room"/>');
const beside = (schema: string) =>
  doorDocument().replace(
    "</edmx:DataServices>",
    `${schema.replace("<Schema", '<Schema xmlns="http://docs.oasis-open.org/odata/ns/edm"')}</edmx:DataServices>`,
  );
const size = '<ComplexType Name="Size"><Property Name="Height" Type="Edm.Int32"/></ComplexType>';

describe("what a service needs nothing for is checked and published", () => {
  test.each([
    ["a complex type", plain(size)],
    ["derived complex types", plain(`${size}<ComplexType Name="Box" BaseType="House.Size" OpenType="true"/>`)],
    [
      "a type definition",
      plain(
        '<TypeDefinition Name="Metre" UnderlyingType="Edm.Int32"/>',
        '<Property Name="Height" Type="House.Metre"/>',
      ),
    ],
    [
      "terms",
      plain(
        '<Term Name="A" Type="House.Size"/><Term Name="B" Type="Edm.Boolean" BaseTerm="House.A" AppliesTo="Property EntitySet"/>' +
          size,
      ),
    ],
    [
      "an enum of flags that no property has",
      plain('<EnumType Name="E" IsFlags="true"><Member Name="A" Value="1"/></EnumType>'),
    ],
    [
      "an abstract base type",
      plain(
        '<EntityType Name="Thing" Abstract="true"><Property Name="Made" Type="Edm.Date"/></EntityType>',
        "",
      ).replace('EntityType Name="Door"', 'EntityType Name="Door" BaseType="House.Thing"'),
    ],
    [
      "a key of two properties",
      doorDocument({
        more: room('<Property Name="X" Type="Edm.String" Nullable="false"/>').replace(
          "</Key>",
          '<PropertyRef Name="X"/></Key>',
        ),
        container: rooms,
      }),
    ],
    ...["Date", "DateTimeOffset", "TimeOfDay", "Decimal", "Boolean", "Guid"].map((type) => [
      `a key of the type ${type}`,
      doorDocument({ more: room("").replace("Edm.Int32", `Edm.${type}`), container: rooms }),
    ]),
    [
      "a key of an enum",
      doorDocument({
        more: `${room("").replace("Edm.Int32", "House.E")}<EnumType Name="E"><Member Name="A"/></EnumType>`,
        container: rooms,
      }),
    ],
    [
      "singletons, of a type with a text for its key and of one without any",
      doorDocument({
        more: '<EntityType Name="Bell"/>',
        container: inContainer('<Singleton Name="Front" Type="House.Door"/><Singleton Name="Bell" Type="House.Bell"/>'),
      }),
    ],
    [
      "a media type, and a stream",
      doorDocument({
        entity: entityWith('<Property Name="Photo" Type="Edm.Stream" MaxLength="9" Nullable="false"/>').replace(
          "<EntityType",
          '<EntityType HasStream="true"',
        ),
      }),
    ],
    [
      "entities that others contain",
      doorDocument({
        more:
          room('<NavigationProperty Name="Chairs" Type="Collection(House.Chair)" ContainsTarget="true"/>') +
          '<EntityType Name="Chair"><Key><PropertyRef Name="No"/></Key><Property Name="No" Type="Edm.Int32" Nullable="false"/></EntityType>',
        container: rooms,
      }),
    ],
    ["an entity type without a key that no set holds", plain('<EntityType Name="Loose"/>')],
    [
      "another namespace",
      beside('<Schema Namespace="Yard" Alias="Y"><EntityType Name="Tree"/><ComplexType Name="Leaf"/></Schema>'),
    ],
    [
      "expressions",
      plain(
        "",
        '<Annotation Term="a.b"><If><Eq><Path>Why</Path><Null/></Eq><String>x</String><Record Type="House.Size"><PropertyValue Property="Height" Int="3"/></Record></If></Annotation>',
      ).replace("<Action", `${size}<Action`),
    ],
    [
      "annotations of annotations",
      plain("", '<Annotation Term="a.b" Date="2026-01-31"><Annotation Term="a.b" Duration="P1D"/></Annotation>'),
    ],
    [
      "targets along paths",
      plain(
        '<Annotations Target="House.Container/Doors/Id"><Annotation Term="a.b" Qualifier="q" Guid="21EC2020-3AEA-1069-A2DD-08002B30309D"/></Annotations>',
      ),
    ],
    [
      "targets elsewhere",
      edmx(
        doorParts.entity +
          doorParts.action +
          doorParts.container +
          '<Annotations Target="O.T/P"><Annotation Term="O.t"/></Annotations>',
        '<edmx:Reference Uri="x"><edmx:Include Namespace="Other" Alias="O"/><edmx:IncludeAnnotations TermNamespace="O"/></edmx:Reference>',
      ),
    ],
  ])("%s", (_what, text) => {
    const { contract, told } = bind(text);
    expect(told).toEqual([]);
    expect(contract?.notServed).toEqual([]);
    const printed = csdlXml(contract?.document() ?? expect.fail("it binds"));
    expect(csdlXml(bind(printed).contract?.document() ?? expect.fail("it binds again"))).toBe(printed);
  });

  test("a type definition is its underlying type, with its facets", () => {
    const definition = '<TypeDefinition Name="Short" UnderlyingType="Edm.String" MaxLength="3"/>';
    const { contract } = bind(plain(definition, '<Property Name="Code" Type="House.Short" DefaultValue="abc"/>'));
    expect(contract?.entities[0]?.properties[1]).toMatchObject({
      type: { kind: "primitive", name: "Edm.String" },
      maxLength: 3,
      defaultValue: "abc",
    });
    expect(csdlXml(contract?.document() ?? expect.fail("it binds"))).toContain(
      '<Property Name="Code" Type="House.Short"',
    );
  });

  test("a derived type has the properties and the key of an abstract base", () => {
    const base = doorParts.entity.replace('Name="Door"', 'Name="Thing" Abstract="true"');
    const derived =
      '<EntityType Name="Door" BaseType="House.Thing"><Property Name="Colour" Type="Edm.String"/></EntityType>';
    const { contract, told } = bind(doorDocument({ entity: base + derived }));
    expect(told).toEqual([]);
    expect(
      contract?.entities.map(({ name, key, properties }) => [name, key, properties.map((each) => each.name)]),
    ).toEqual([["Door", "Id", ["Id", "Colour", "Status", "Closings", "Why", "Keys"]]]);
  });
});

describe("what a service does not do yet is checked, and noted where it stands", () => {
  test.each([
    ["a type without values", withType("Edm.Untyped"), "Edm.Untyped: a property of the type Edm.Untyped"],
    [
      "a collection of numbers",
      withType("Collection(Edm.Int32)"),
      "Collection(Edm.Int32): a property of a collection of the type Edm.Int32",
    ],
    [
      "a collection of complex values",
      plain(size, '<Property Name="P" Type="Collection(House.Size)"/>'),
      "Collection(House.Size): a property of a collection of the complex type House.Size",
    ],
    [
      "an open complex type",
      plain(size.replace("<ComplexType", '<ComplexType OpenType="true"'), '<Property Name="P" Type="House.Size"/>'),
      "House.Size: a property of the complex type House.Size, which is open,",
    ],
    [
      "a complex type that others derive from",
      plain(`${size}<ComplexType Name="Big" BaseType="House.Size"/>`, '<Property Name="P" Type="House.Size"/>'),
      "House.Size: a property of the complex type House.Size, which others derive from,",
    ],
    [
      "a default within a complex type",
      plain(size.replace("Int32", 'Int32" DefaultValue="1'), '<Property Name="P" Type="House.Size"/>'),
      "Height: a DefaultValue within a complex type",
    ],
    [
      "a collection of flags",
      plain(
        '<EnumType Name="E" IsFlags="true"><Member Name="A" Value="1"/></EnumType>',
        '<Property Name="P" Type="Collection(House.E)"/>',
      ),
      "Collection(House.E): a property of a collection of the type House.E",
    ],
    ["too much precision", withType("Edm.Decimal", 'Precision="16"'), "16: a Precision of 16, more than 15 digits,"],
    [
      "a variable scale",
      withType("Edm.Decimal", 'Scale="variable" DefaultValue="1.5"'),
      'variable: the Scale "variable"',
    ],
    ["a default without end", withType("Edm.Double", 'DefaultValue="INF"'), "INF: the default value INF"],
    ["ASCII only", withType("Edm.String", 'Unicode="false"'), 'false: Unicode="false"'],
    [
      "a name beyond ASCII",
      plain("", '<Property Name="Größe" Type="Edm.String"/>'),
      'Größe: the name "Größe" with letters beyond A to Z',
    ],
    [
      "a namespace beyond ASCII",
      doorDocument().replaceAll(/House(?=[".])/g, "Häuser"),
      'Häuser: the namespace "Häuser" with letters beyond A to Z',
    ],
    [
      "an open type",
      doorDocument({ entity: doorParts.entity.replace("<EntityType", '<EntityType OpenType="true"') }),
      'OpenType: OpenType="true" on EntityType',
    ],
    [
      "a collection of streams",
      withType("Collection(Edm.Stream)"),
      "Collection(Edm.Stream): a property of a collection of the type Edm.Stream",
    ],
    [
      "a stream in a complex type",
      plain(
        '<ComplexType Name="Size"><Property Name="Plan" Type="Edm.Stream"/></ComplexType>',
        '<Property Name="S" Type="House.Size"/>',
      ),
      "Plan: a stream within a complex type",
    ],
    [
      "a set of an abstract type",
      doorDocument({ more: room("", 'Abstract="true"'), container: rooms }),
      'Abstract: Abstract="true" on an EntityType with entities',
    ],
    [
      "a set of a type with derived types",
      doorDocument({ more: `${room("")}<EntityType Name="Hall" BaseType="House.Room"/>`, container: rooms }),
      'BaseType: BaseType="House.Room", whose entities are addressed as such,',
    ],
    [
      "a key of durations",
      doorDocument({ more: room("").replace("Edm.Int32", "Edm.Duration"), container: rooms }),
      "No: a key of this type",
    ],
    [
      "a key of flags",
      doorDocument({
        more: `${room("").replace("Edm.Int32", "House.E")}<EnumType Name="E" IsFlags="true"><Member Name="A" Value="1"/></EnumType>`,
        container: rooms,
      }),
      "No: a key of this type",
    ],
    [
      "a key in a complex type",
      doorDocument({
        more:
          room('<Property Name="At" Type="House.Size" Nullable="false"/>').replace(
            '<PropertyRef Name="No"/>',
            '<PropertyRef Name="At/Height" Alias="H"/>',
          ) + size.replace('Int32"', 'Int32" Nullable="false"'),
        container: rooms,
      }),
      'At/Height: the key "At/Height", which lies in a complex type,',
    ],
    [
      "a singleton with a number for its key",
      doorDocument({ more: room(""), container: inContainer('<Singleton Name="Hall" Type="House.Room"/>') }),
      'Hall: the Singleton "Hall", whose name cannot be the key of its type,',
    ],
    [
      "a container that extends another",
      doorDocument({
        container: doorParts.container.replace('Name="Container"', 'Name="Container" Extends="O.Base"'),
      }).replace(
        "<edmx:DataServices>",
        '<edmx:Reference Uri="x"><edmx:Include Namespace="Other" Alias="O"/></edmx:Reference><edmx:DataServices>',
      ),
      'Extends: Extends="O.Base"',
    ],
    [
      "a set of another namespace",
      doorDocument({ container: inContainer('<EntitySet Name="Rooms" EntityType="Yard.Room"/>') }).replace(
        "</edmx:DataServices>",
        `<Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="Yard">${room("")}</Schema></edmx:DataServices>`,
      ),
      'Room: an entity type of the namespace "Yard"',
    ],
    [
      "an action of another namespace",
      beside(
        '<Schema Namespace="Deeds"><Action Name="Close" IsBound="true"><Parameter Name="it" Type="House.Door"/></Action></Schema>',
      ),
      'Close: "Close", an operation of the namespace "Deeds",',
    ],
    [
      "an overload of a bound function",
      plain(
        ["", '<Parameter Name="P" Type="Edm.Int32"/>']
          .map(
            (more) =>
              `<Function Name="F" IsBound="true"><Parameter Name="it" Type="House.Door"/>${more}<ReturnType Type="Edm.String"/></Function>`,
          )
          .join(""),
      ),
      'F: another overload of the function "F" on "Door"',
    ],
    [
      "an action of a collection",
      plain('<Action Name="A" IsBound="true"><Parameter Name="them" Type="Collection(House.Door)"/></Action>'),
      "Collection(House.Door): an operation bound to Collection(House.Door)",
    ],
    [
      "a composable function",
      plain('<Function Name="F" IsComposable="true"><ReturnType Type="Edm.String"/></Function>'),
      'IsComposable: IsComposable="true"',
    ],
    [
      "a parameter of a complex type",
      plain(`${size}<Action Name="A"><Parameter Name="P" Type="House.Size"/></Action>`),
      "House.Size: a parameter of the type House.Size",
    ],
    [
      "a bound action with another result",
      doorDocument({ action: doorParts.action.replace("</Action>", '<ReturnType Type="Edm.String"/></Action>') }),
      "Edm.String: a bound action that returns anything but its own entity",
    ],
  ])("%s", (_what, text, expected) => {
    const { contract, told } = bind(text);
    expect(told).toEqual([]);
    const noted = contract?.notServed.map(({ construct, span }) => `${text.slice(span.start, span.end)}: ${construct}`);
    expect(noted).toContain(expected);
  });
});
