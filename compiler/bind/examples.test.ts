/** The example shop binds without a word, and no change to its files makes binding or printing throw. */

import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compile } from "../compile.ts";
import { collect } from "../diagnostics/fixtures.ts";
import { csdlJson } from "../emit/csdl-json.ts";
import { csdlXml } from "../emit/csdl-xml.ts";
import { openApi } from "../emit/openapi.ts";
import { nothingAcross } from "../ir/program.ts";
import { cedar } from "../parse/cedar-engine.ts";
import { parseContract } from "../parse/csdl.ts";
import type { SourceFile } from "../sources.ts";
import { cedarSchema } from "./cedar-schema.ts";
import { bindContract } from "./contract.ts";

const seed = 11;
const folder = new URL("../../examples/ecommerce/", import.meta.url);
const paths = [...readdirSync(folder).filter((name) => name.includes(".")), "policies/shop.cedar"];
const files: readonly SourceFile[] = paths.map((path) => ({ path, bytes: readFileSync(new URL(path, folder)) }));
const contract = readFileSync(new URL("shop.csdl.xml", folder), "utf8");
const policies = readFileSync(new URL("policies/shop.cedar", folder), "utf8");

function compiled(changed: Readonly<Record<string, string>>) {
  const encoder = new TextEncoder();
  const replaced = files.map(({ path, bytes }) => {
    const text = changed[path];
    return { path, bytes: text === undefined ? bytes : encoder.encode(text) };
  });
  return compile({ name: "ecommerce", files: replaced });
}

test("the example shop has nothing to complain about", () => {
  const { program, diagnostics } = compiled({});
  expect(diagnostics).toEqual([]);
  expect(program?.contract.entities.map((entity) => entity.name)).toEqual([
    ...["Customer", "Address", "Product", "Order", "OrderItem", "Payment", "Shipment"],
  ]);
  expect(program?.policies).toHaveLength(10);
});

test("one run tells of the mistakes in all kinds of files", () => {
  const { diagnostics } = compiled({
    "shop.csdl.xml": contract.replace('Action Name="Pack"', 'Action Name="Pak"'),
    "policies/shop.cedar": policies.replace("resource.CustomerId", "resource.CustomrId"),
  });
  expect(diagnostics.map(({ code, hint }) => `${code} ${hint ?? ""}`)).toEqual([
    'bind/action-not-in-csdl add <Action Name="Pack" IsBound="true"> with a first parameter of this type',
    "bind/invalid-policy did you mean `CustomerId`?",
    'bind/action-not-in-automaton did you mean "Pack"?',
  ]);
});

/** The places of all quoted values, so that one can be put in place of another. */
const values = [...contract.matchAll(/"([^"\n]*)"/g)].map((match) => ({ at: match.index + 1, text: match[1] ?? "" }));
const hostile = [
  "",
  " ",
  "__proto__",
  "constructor",
  "a&quot;b",
  "*/",
  `$${"{x}"}`,
  "Set",
  "Action",
  "String",
  "in",
  "true",
  "-1",
];
const value = fc.oneof(
  fc.constantFrom(...values.map((each) => each.text)),
  fc.constantFrom(...hostile),
  fc.nat().map(String),
);
const swap = fc.record({ place: fc.constantFrom(...values), value });

function withSwaps(swaps: readonly { readonly place: (typeof values)[number]; readonly value: string }[]): string {
  const ordered = swaps.toSorted((a, b) => b.place.at - a.place.at);
  return ordered.reduce(
    (text, { place, value: other }) => text.slice(0, place.at) + other + text.slice(place.at + place.text.length),
    contract,
  );
}

const automata = compiled({}).program?.automata ?? [];

/** The contract of a changed document and the number of errors that it has. */
function bound(text: string) {
  const { report, told } = collect({});
  const syntax = parseContract({ path: "shop.csdl.xml", text }, report);
  const made = syntax && bindContract([syntax], automata, "Ecommerce", report);
  return { made, errors: told.filter((each) => !/^bind\/(entity-without-set|parameter-nullable)/.test(each)).length };
}

test("values swapped for one another give diagnostics or a contract that can be published", () => {
  let published = 0;
  fc.assert(
    fc.property(fc.uniqueArray(swap, { minLength: 1, maxLength: 3, selector: (each) => each.place }), (swaps) => {
      const { made, errors } = bound(withSwaps(swaps));
      if (errors > 0) return;
      if (made === undefined) throw new Error("without an error there is a contract");
      published += 1;
      JSON.parse(csdlJson(made.document()));
      JSON.parse(
        openApi({
          name: "Ecommerce",
          files: [],
          automata,
          contract: made,
          policies: [],
          cedarSchema: "",
          ...nothingAcross,
        }),
      );
      expect(cedar().checkParseSchema(cedarSchema(made, automata)).type).toBe("success");
      expect(bound(csdlXml(made.document())).errors).toBe(0);
    }),
    { numRuns: 150, seed },
  );
  expect(published).toBeGreaterThan(5);
});

test("words of the policies swapped or cut never throw", () => {
  const words = [...policies.matchAll(/[\w":]+|\S/g)].map((match) => ({ at: match.index, text: match[0] }));
  const change = fc.record({
    place: fc.constantFrom(...words),
    by: fc.constantFrom(...words.map((each) => each.text), "", "𝄞"),
  });
  fc.assert(
    fc.property(change, ({ place, by }) => {
      const text = policies.slice(0, place.at) + by + policies.slice(place.at + place.text.length);
      const { program, diagnostics, texts } = compiled({ "policies/shop.cedar": text });
      expect(program !== undefined || diagnostics.length > 0).toBe(true);
      for (const { span } of diagnostics) expect(texts.get(span.file)?.length).toBeGreaterThanOrEqual(span.end);
    }),
    { numRuns: 25, seed },
  );
});
