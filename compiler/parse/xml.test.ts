/** What the XML reader takes and refuses, and that it survives anything. */

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { XMLBuilder } from "fast-xml-parser";
import { describe, expect, test } from "vitest";
import { collect } from "../diagnostics/fixtures.ts";
import { parseContract } from "./csdl.ts";
import { parseXml, xmlLimits } from "./xml.ts";

function read(text: string, limits = xmlLimits) {
  const { report, told } = collect({ "a.xml": text });
  return { root: parseXml({ path: "a.xml", text }, report, limits), told };
}

describe("parseXml", () => {
  test("knows where every name and value stands, after non-ASCII text and CRLF too", () => {
    const text = '\uFEFF<?xml version="1.0"?>\r\n<!-- é𝄞 --><a é="1&amp;2">\r\n <b\r\n  c = \'𝄞\'/></a>';
    const { root, told } = read(text);
    const slice = (span: { start: number; end: number } | undefined) => text.slice(span?.start, span?.end);
    expect(told).toEqual([]);
    expect(root?.attributes.map((each) => [slice(each.nameSpan), slice(each.valueSpan), each.value])).toEqual([
      ["é", "1&amp;2", "1&2"],
    ]);
    expect(root?.children.map((child) => [slice(child.nameSpan), slice(child.attributes[0]?.valueSpan)])).toEqual([
      ["b", "𝄞"],
    ]);
  });

  test("resolves the five entities and numeric references, normalises white space, joins CDATA", () => {
    const { root } = read('<a b="x\n\ty&#10;&lt;&gt;&amp;&quot;&apos;&#x1F600;">1 &lt;<![CDATA[ <&amp;> ]]>2</a>');
    expect(root?.attributes[0]?.value).toBe("x  y\n<>&\"'😀");
    expect(root?.text).toBe("1 < <&amp;> 2");
  });

  test("resolves namespaces from the nearest declaration", () => {
    const { root } = read('<p:a xmlns:p="u:1" xmlns="u:2"><b/><p:b xmlns:p="u:3" p:c=""/></p:a>');
    expect([root?.namespace, ...(root?.children ?? []).map((child) => child.namespace)]).toEqual(["u:1", "u:2", "u:3"]);
    expect(root?.children[1]?.attributes[0]?.namespace).toBe("u:3");
  });

  test.each([
    ['<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "parse/xml-dtd @ <!DOCTYPE"],
    ["<a>&nbsp;</a>", "parse/xml-entity @ &nbsp;"],
    ['<a b="fish & chips"/>', "parse/xml-entity @ &"],
    ["<a>&#0;</a>", "parse/xml-entity @ &#0;"],
    ["<a>&#xD800;</a>", "parse/xml-entity @ &#xD800;"],
    ['<a><?php echo "x" ?></a>', "parse/xml-instruction @ <?php"],
    ['<?xml version="1.0" encoding="UTF-16"?><a/>', "parse/xml-encoding @ UTF-16"],
    ['<?xml version="1.1"?><a/>', "parse/xml-syntax @ 1.1"],
    ['<a/><?xml version="1.0"?>', "parse/xml-syntax @ <?xml"],
    ['<a b="1" b="2"/>', "parse/xml-duplicate-attribute @ b"],
    ["<x:a/>", "parse/xml-undeclared-prefix @ x:a"],
    ["", "parse/xml-syntax @ : malformed XML: no element at all"],
    ["hello", "parse/xml-syntax @ hello"],
    ["<a>", 'parse/xml-syntax @ a: malformed XML: the element "a" that is never closed'],
    ["<a></b>", 'parse/xml-syntax @ </b>: malformed XML: "</b>" where "</a>" is expected'],
    ["<a/><b/>", "parse/xml-syntax @ b: malformed XML: a second root element"],
    ["<a/>x", "parse/xml-syntax @ x: malformed XML: text outside the root element"],
    ["<a b/>", "parse/xml-syntax @ b"],
    ["<a b=c/>", "parse/xml-syntax @ b"],
    ['<a b="<"/>', "parse/xml-syntax @ <"],
    ['<a b="1"c="2"/>', "parse/xml-syntax @ c"],
    ["<a><!-- -- --></a>", "parse/xml-syntax @ --"],
    ["<a>]]></a>", "parse/xml-syntax @ ]]>"],
    ["<a>\u0000</a>", "parse/xml-syntax @ \u0000"],
    ["<1/>", "parse/xml-syntax @ <"],
  ])("refuses %j", (text, expected) => {
    const { told } = read(text);
    expect(told.join("\n")).toContain(expected);
  });

  test.each([
    ["nested elements", "<a>".repeat(5) + "</a>".repeat(5), { depthMax: 4 }],
    ["elements", `<a>${"<b/>".repeat(4)}</a>`, { elementsMax: 4 }],
    ["attributes on one element", '<a b="" c="" d=""/>', { attributesMax: 2 }],
    ["characters in one attribute", '<a b="123"/>', { attributeLengthMax: 2 }],
  ])("stops at the limit on %s", (what, text, limit) => {
    const { root, told } = read(text, { ...xmlLimits, ...limit });
    expect(root).toBeUndefined();
    expect(told.join("\n")).toContain(`more than ${Object.values(limit)[0]} ${what}`);
  });

  test("is linear in the size of hostile text", () => {
    const size = 1_000_000;
    const texts = [
      "<a ".repeat(size / 3),
      `<a ${"b".repeat(size)}`,
      "<a>".repeat(size / 3),
      `<a>${"]]".repeat(size / 2)}`,
    ];
    const wide = `<a ${Array.from({ length: size / 10 }, (_, index) => `b${index}=""`).join(" ")}/>`;
    const start = performance.now();
    for (const text of [...texts, wide]) expect(read(text).root).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

const markup = fc.constantFrom(
  "<",
  ">",
  "/",
  "=",
  '"',
  "'",
  "&",
  ";",
  "<!--",
  "-->",
  "<![CDATA[",
  "]]>",
  "<?",
  "?>",
  "#",
);
const names = fc.constantFrom("a", "xmlns", "x:y", "__proto__", "constructor", "xml", "Schema", "edmx:Edmx", " ", "\n");
const soup = fc
  .array(fc.oneof(markup, names, fc.string({ maxLength: 3 })), { maxLength: 40 })
  .map((all) => all.join(""));

describe("no text makes the parser throw", () => {
  test("random markup gives a tree or a diagnostic, and every span lies in the text", () => {
    fc.assert(
      fc.property(soup, (text) => {
        let told = 0;
        const root = parseXml({ path: "a.xml", text }, (_code, span) => {
          told += 1;
          expect(span.start).toBeGreaterThanOrEqual(0);
          expect(span.end).toBeGreaterThanOrEqual(span.start);
          expect(span.end).toBeLessThanOrEqual(text.length);
        });
        expect(root !== undefined || told > 0).toBe(true);
      }),
      { numRuns: 3_000, seed: 7 },
    );
  });

  test("a real document with a random cut and insertion never throws", () => {
    const whole = readFileSync(new URL("../../examples/ecommerce/shop.csdl.xml", import.meta.url), "utf8");
    const place = fc.nat(whole.length);
    fc.assert(
      fc.property(place, fc.nat(80), soup, (at, cut, insertion) => {
        const text = whole.slice(0, at) + insertion + whole.slice(at + cut);
        parseContract({ path: "a.xml", text }, () => {});
      }),
      { numRuns: 150, seed: 7 },
    );
  });

  test("what a builder writes is read back", () => {
    const value = fc.string({ unit: "grapheme", maxLength: 20 }).filter((text) => !/[^\P{C}\t\n]/u.test(text));
    fc.assert(
      fc.property(value, (text) => {
        const built = new XMLBuilder({ ignoreAttributes: false }).build({ a: { "@_b": text } });
        const { root, told } = read(String(built));
        expect(told).toEqual([]);
        expect(root?.attributes[0]?.value).toBe(text.replace(/[\t\n]/g, " "));
      }),
      { numRuns: 500, seed: 7 },
    );
  });
});
