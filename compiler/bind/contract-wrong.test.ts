/** What is wrong in a CSDL document, served or not, is reported where it stands. */

import { describe, expect, test } from "vitest";
import { bind, doorDocument, doorParts, edmx, entityWith } from "./fixtures.ts";

const plain = (more: string, members = "") => doorDocument({ entity: entityWith(members), more });
const withType = (type: string, facets = "") => plain("", `<Property Name="P" Type="${type}" ${facets}/>`);
const inContainer = (more: string) => doorParts.container.replace("</EntityContainer>", `${more}</EntityContainer>`);
const room = (members: string, attributes = "") =>
  `<EntityType Name="Room" ${attributes}><Key><PropertyRef Name="No"/></Key><Property Name="No" Type="Edm.Int32" Nullable="false"/>${members}</EntityType>`;
const size = '<ComplexType Name="Size"><Property Name="Height" Type="Edm.Int32"/></ComplexType>';

describe("what is wrong is reported where it stands", () => {
  test.each([
    [
      "a base type of another kind",
      plain(`${size}<EntityType Name="T" BaseType="House.Size"/>`),
      "bind/csdl-base-type @ House.Size",
    ],
    [
      "base types in a circle",
      plain('<ComplexType Name="A" BaseType="House.B"/><ComplexType Name="B" BaseType="House.A"/>'),
      "bind/csdl-base-type @ House.B",
    ],
    [
      "an unknown base type",
      plain(`<ComplexType Name="A" BaseType="House.Siz"/>${size}`),
      'bind/csdl-unknown-type @ House.Siz: there is no type "House.Siz" (did you mean "House.Size"?)',
    ],
    [
      "a property of the base type again",
      plain(
        `${size}<ComplexType Name="B" BaseType="House.Size"><Property Name="Height" Type="Edm.Int32"/></ComplexType>`,
      ),
      "bind/csdl-duplicate-name @ Height",
    ],
    ["a key again", plain(room("", 'BaseType="House.Door"')), "bind/csdl-key @ Key"],
    ["a key without a property", plain('<EntityType Name="R"><Key/></EntityType>'), "bind/csdl-key @ Key"],
    ["a key of floats", plain(room("").replace("Edm.Int32", "Edm.Double")), "bind/csdl-key @ No"],
    [
      "a key in a complex type without an alias",
      plain(
        room('<Property Name="At" Type="House.Size" Nullable="false"/>').replace('"No"/>', '"At/Height"/>') +
          size.replace('Int32"', 'Int32" Nullable="false"'),
      ),
      "bind/csdl-key @ At/Height",
    ],
    [
      "an unknown type in a complex type",
      plain('<ComplexType Name="A"><Property Name="P" Type="House.Siz"/></ComplexType>'),
      "bind/csdl-unknown-type @ House.Siz",
    ],
    [
      "an unknown namespace",
      withType("Hous.Door"),
      'bind/csdl-unknown-type @ Hous.Door: there is no type "Hous.Door" (no schema and no reference has the namespace or alias "Hous")',
    ],
    [
      "a complex type with an entity in it",
      plain('<ComplexType Name="A"><Property Name="P" Type="House.Door"/></ComplexType>'),
      "bind/csdl-wrong-type @ House.Door",
    ],
    [
      "a complex type that leads to no entity",
      plain(`${size}<ComplexType Name="A"><NavigationProperty Name="P" Type="House.Size"/></ComplexType>`),
      "bind/csdl-wrong-type @ House.Size",
    ],
    [
      "a type definition over a complex type",
      plain(`${size}<TypeDefinition Name="T" UnderlyingType="House.Size"/>`),
      "bind/csdl-wrong-type @ House.Size",
    ],
    [
      "flags without values",
      plain('<EnumType Name="E" IsFlags="true"><Member Name="A"/></EnumType>'),
      "bind/csdl-enum @ E",
    ],
    ["a term of an unknown type", plain('<Term Name="T" Type="House.Siz"/>'), "bind/csdl-unknown-type @ House.Siz"],
    [
      "a term based on a type",
      plain('<Term Name="T" Type="Edm.String" BaseTerm="House.Door"/>'),
      "bind/csdl-base-type @ House.Door",
    ],
    [
      "terms in a circle",
      plain(
        '<Term Name="A" Type="Edm.String" BaseTerm="House.B"/><Term Name="B" Type="Edm.String" BaseTerm="House.A"/>',
      ),
      "bind/csdl-base-type @ House.B",
    ],
    [
      "a term that applies to nothing",
      plain('<Term Name="T" Type="Edm.String" AppliesTo="Propertie"/>'),
      'bind/csdl-value @ Propertie: "Propertie" is not an element of CSDL that annotations stand on (did you mean "Property"?)',
    ],
    ["a term that is not there", plain("", '<Annotation Term="House.T"/>'), "bind/csdl-unknown-term @ House.T"],
    ["a type twice", plain(`${size}${size}`), "bind/csdl-duplicate-name @ Size"],
    [
      "a term named like a type",
      plain(`${size}<Term Name="Size" Type="Edm.String"/>`),
      "bind/csdl-duplicate-name @ Size",
    ],
    [
      "an alias of two namespaces",
      edmx(
        "",
        '<edmx:Reference Uri="x"><edmx:Include Namespace="A" Alias="X"/><edmx:Include Namespace="B" Alias="X"/></edmx:Reference>',
      ),
      "bind/csdl-alias @ X",
    ],
    [
      "a namespace of CSDL itself",
      doorDocument().replace('Namespace="House"', 'Namespace="Edm"'),
      "bind/csdl-reserved-name @ Edm",
    ],
    [
      "a namespace with an empty part",
      doorDocument().replace('Namespace="House"', 'Namespace="Häuser..one"'),
      "bind/csdl-invalid-name @ Häuser..one",
    ],
    [
      "a singleton of no entity type",
      doorDocument({ more: size, container: inContainer('<Singleton Name="S" Type="House.Size"/>') }),
      "bind/csdl-wrong-type @ House.Size",
    ],
    [
      "a singleton named like a set",
      doorDocument({ container: inContainer('<Singleton Name="Doors" Type="House.Door"/>') }),
      "bind/csdl-duplicate-name @ Doors",
    ],
    [
      "an unknown container to extend",
      doorDocument({
        container: doorParts.container.replace('Name="Container"', 'Name="Container" Extends="House.Base"'),
      }),
      "bind/csdl-container @ House.Base",
    ],
    [
      "a binding along a path that ends",
      doorDocument({
        more: size,
        entity: entityWith('<Property Name="At" Type="House.Size"/>'),
        container: doorParts.container.replace(
          '"House.Door"/>',
          '"House.Door"><NavigationPropertyBinding Path="At/N" Target="Doors"/></EntitySet>',
        ),
      }),
      "bind/csdl-unknown-navigation @ At/N",
    ],
    [
      "a path that does not begin with the parameter",
      plain(
        '<Function Name="F" IsBound="true" EntitySetPath="them"><Parameter Name="it" Type="House.Door"/><ReturnType Type="Edm.String"/></Function>',
      ),
      "bind/csdl-operation @ them",
    ],
    [
      "the same overload twice",
      plain(
        '<Function Name="F"><ReturnType Type="Edm.String"/></Function><Function Name="F"><ReturnType Type="Edm.Int32"/></Function>',
      ),
      "bind/csdl-duplicate-name @ F",
    ],
    [
      "a constant of another form",
      plain("", '<Annotation Term="a.b" Date="2026-13-01"/>'),
      "bind/csdl-value @ 2026-13-01",
    ],
    [
      "an enum member that is not there",
      plain('<EnumType Name="E"><Member Name="Red"/></EnumType>', '<Annotation Term="a.b" EnumMember="House.E/Rad"/>'),
      'bind/csdl-value @ House.E/Rad: "House.E/Rad" is not a member of "House.E" (did you mean "Red"?)',
    ],
    [
      "an operator with one operand",
      plain("", '<Annotation Term="a.b"><Eq><Path>Why</Path></Eq></Annotation>'),
      "bind/csdl-annotation-value @ Eq",
    ],
    [
      "a record with a property twice",
      plain(
        "",
        '<Annotation Term="a.b"><Record><PropertyValue Property="P"/><PropertyValue Property="P"/></Record></Annotation>',
      ),
      "bind/csdl-annotation-value @ P",
    ],
    [
      "a record of an unknown type",
      plain("", '<Annotation Term="a.b"><Record Type="House.R"/></Annotation>'),
      "bind/csdl-unknown-type @ House.R",
    ],
    [
      "a property value with two values",
      plain(
        "",
        '<Annotation Term="a.b"><Record><PropertyValue Property="P" Int="1" Bool="true"/></Record></Annotation>',
      ),
      "bind/csdl-annotation-value @ PropertyValue",
    ],
    [
      "an annotation twice on an expression",
      plain(
        "",
        '<Annotation Term="a.b"><Record><Annotation Term="c.d"/><Annotation Term="c.d"/></Record></Annotation>',
      ),
      "bind/csdl-annotation-value @ c.d",
    ],
    [
      "a target beyond a property",
      plain('<Annotations Target="House.Door/Id/X"><Annotation Term="a.b"/></Annotations>'),
      "bind/csdl-annotation-target @ House.Door/Id/X",
    ],
  ])("%s", (_what, text, expected) => {
    expect(bind(text).told.join("\n")).toContain(expected);
  });
});
