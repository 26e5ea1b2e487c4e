/** Whole documents of OASIS in JSON: what is printed says the same as the JSON form that OASIS publishes beside the XML. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { nodeOf } from "../bind/csdl-node.ts";
import { collect } from "../diagnostics/fixtures.ts";
import { parseContract } from "../parse/csdl.ts";
import { csdlJson } from "./csdl-json.ts";

const folder = fileURLToPath(new URL("../../../shared/conformance/csdl-examples/", import.meta.url));
const isThere = existsSync(folder);
const documents = isThere
  ? readdirSync(folder).flatMap((name) => (name.endsWith(".xml") ? [name.replace(".xml", "")] : []))
  : [];

/** Where the published JSON says something else than the XML beside it, and ours keeps to the XML. */
interface Exception {
  readonly why: string;
  readonly at: readonly string[];
  readonly theirs: unknown;
  readonly ours: unknown;
}

const exceptions: Readonly<Record<string, readonly Exception[]>> = {
  miscellaneous: [
    {
      why: "a carriage return that XML writes as a reference is a character of the text",
      at: ["Model1", "@A.String#ToBeEscaped"],
      theirs: 'A/"good"\nstory\\for\tkids\nat\nnight',
      ours: 'A/"good"\r\nstory\\for\tkids\rat\nnight',
    },
    {
      why: "the type of the property is a definition over Edm.String, so its default is text",
      at: ["Model1", "NonNullablePrimitiveTypes", "TextValue", "$DefaultValue"],
      theirs: 42,
      ours: "42",
    },
    {
      why: "names are written with the alias of their schema throughout the document",
      at: ["org.example", "$Annotations", "self.DynamicExpression", "@A.ComparisonAndLogicalOperators", "9", "$Has"],
      theirs: [{ $Path: "Fabric" }, { $Cast: "Red", $Type: "org.example.Pattern" }],
      ours: [{ $Path: "Fabric" }, { $Cast: "Red", $Type: "self.Pattern" }],
    },
  ],
};

/** The published JSON with the exceptions put in, each after a look that it is still needed. */
function published(name: string): object {
  const document = JSON.parse(readFileSync(`${folder}${name}.json`, "utf8"));
  for (const { at, theirs, ours, why } of exceptions[name] ?? []) {
    const holder = at.slice(0, -1).reduce((node, key) => node[key], document);
    const last = at.at(-1) ?? "";
    expect(holder[last], why).toEqual(theirs);
    holder[last] = ours;
  }
  return { ...document, ...(document.$Reference && { $Reference: xmlReferences(document.$Reference) }) };
}

/** The vocabularies are published in both forms; the JSON documents lead to the one and the XML documents to the other. */
function xmlReferences(references: object): object {
  const entries = Object.entries(references);
  return Object.fromEntries(entries.map(([uri, value]) => [uri.replace(/(Org\.OData\..*)\.json$/, "$1.xml"), value]));
}

function jsonOf(text: string): string {
  const { report, told } = collect({ "a.csdl.xml": text });
  const syntax = parseContract({ path: "a.csdl.xml", text }, report);
  expect(told).toEqual([]);
  return syntax === undefined ? "" : csdlJson(nodeOf(syntax.root));
}

describe.runIf(isThere)("documents of OASIS", () => {
  test.each(documents)("%s in JSON is the JSON that is published beside it", (name) => {
    const printed = JSON.parse(jsonOf(readFileSync(`${folder}${name}.xml`, "utf8")));
    expect(printed).toEqual(published(name));
  });
});

test("numbers keep all their digits, and what stands in quotes is no name", () => {
  const text = `<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.01"><edmx:DataServices>
    <Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="a.b" Alias="s">
      <Annotation Term="a.b.Exact" Decimal="+0012345678901234567890.10"/>
      <Annotation Term="a.b.Where" Path="a.b.C/Things('a.b.D')"/>
      <Annotation Term="a.b.Text" String="a.b.D"/>
    </Schema></edmx:DataServices></edmx:Edmx>`;
  expect(jsonOf(text)).toBe(`{
  "$Version": "4.01",
  "a.b": {
    "$Alias": "s",
    "@s.Exact": 12345678901234567890.10,
    "@s.Where": {
      "$Path": "s.C/Things('a.b.D')"
    },
    "@s.Text": "a.b.D"
  }
}
`);
});

test.skipIf(isThere)("documents of others are in ../shared/conformance, which is not here", () => {
  expect(isThere).toBe(false);
});
