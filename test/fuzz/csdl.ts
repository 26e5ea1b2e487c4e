/** CSDL documents by the reader's own table of elements, and the shop's document with its parts exchanged. */
import fc from "fast-check";
import { csdlElements, edmNamespace, edmxNamespace } from "../../compiler/parse/csdl-grammar.ts";
import { shop } from "./corpus.ts";

type Rule = (typeof csdlElements)[keyof typeof csdlElements];
const rules = new Map<string, Rule>(Object.entries(csdlElements));

const names = ["Id", "Ticket", "Tickets", "Close", "Status", "Open", "Closed", "Container", "c", "t", "p", "Nobody"];
const strangers = [
  ...[
    "",
    " ",
    "1st",
    "a'b",
    "a.b",
    "*/ x /*",
    "$\u007bx}",
    "&lt;",
    "&#x1F642;",
    "&#0;",
    "&x;",
    "größe",
    "__proto__",
    "constructor",
  ],
  ...["a".repeat(129), "\u2028", "\ud800", "class", "toString", "🙂"],
];
const types = [
  ...[
    "Edm.String",
    "Edm.Int64",
    "Edm.Int32",
    "Edm.Boolean",
    "Edm.Decimal",
    "Edm.Date",
    "Edm.DateTimeOffset",
    "Edm.Guid",
  ],
  ...[
    "Edm.Double",
    "Edm.Stream",
    "Edm.Untyped",
    "Edm.Nothing",
    "Shop.Ticket",
    "Shop.State",
    "Ticket",
    "Collection(Edm.String)",
  ],
  ...["Collection(Shop.Ticket)", "Collection(Collection(Edm.String))", "Collection(", "Nobody.Ticket", "S.Ticket"],
];
/** What an attribute is meant to have. */
const meant = new Map<string, readonly string[]>([
  ["Version", ["4.0", "4.01", "4.01", "4.01", "3.0"]],
  ["Namespace", ["Shop", "Shop", "Shop", "Temper.Vocab", "Org.OData.Core.V1"]],
  ["Alias", ["S", "Shop"]],
  ["Type", types],
  ["EntityType", ["Shop.Ticket", "S.Ticket", "Shop.Nobody"]],
  ["UnderlyingType", ["Edm.Int32", "Edm.Int64", "Edm.String"]],
  ["Action", ["Shop.Close", "Cascade", "None", "SetNull", "Shop.Nobody"]],
  ["Function", ["Shop.Close", "Shop.Nobody"]],
  ["Term", ["Temper.Vocab.StateMachine.States", "Core.Description", "Temper.Vocab.ShardKey", "Shop.Nothing"]],
  ["Target", ["Shop.Ticket", "Shop.Ticket/Id", "Tickets", "Shop.Container/Tickets", "Nowhere/Nothing"]],
  ["Path", ["Ticket", "Tickets", "Nobody/Ticket"]],
  ["Value", ["0", "1", "-1", "9223372036854775808", "x"]],
  ["MaxLength", ["0", "64", "max", "-1", "99999999999999999999"]],
  ["Precision", ["0", "12", "400", "x"]],
  ["Scale", ["0", "2", "variable", "floating", "13"]],
  ["DefaultValue", ["0", "x", "", "1e999", "true", "2026-02-30"]],
  ["Int", ["0", "1.5", "99999999999999999999"]],
  ["Float", ["0", "INF", "x"]],
  ["EnumMember", ["Shop.State/Open", "Shop.State/Nothing", "Open"]],
  ["Uri", ["https://example.com/x.xml", "file:///etc/passwd", ""]],
  ...["Nullable", "IsBound", "Bool", "ContainsTarget"].map((name) => [name, ["true", "false", "TRUE"]] as const),
]);

function attribute(name: string): fc.Arbitrary<string> {
  const right = fc.constantFrom(...(meant.get(name) ?? names));
  const value = fc.oneof({ weight: 20, arbitrary: right }, fc.constantFrom(...strangers));
  return value.map((each) => ` ${name}="${each}"`);
}

function often(weight: number, text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof({ weight, arbitrary: text }, { weight: 1, arbitrary: fc.constant("") });
}

function attributesOf({ required, optional }: Rule): fc.Arbitrary<string> {
  const needed = required.map((name) => often(40, attribute(name)));
  const possible = optional.map((name) => attribute(name));
  const some = fc.oneof(...possible, fc.constant(' Naem="x"'));
  const extra = fc.oneof({ weight: 2, arbitrary: fc.constant("") }, some);
  return fc.tuple(...needed, extra, extra).map((each) => each.join(""));
}

const characters = fc.constantFrom(
  "",
  "x",
  "1",
  "true",
  "Shop.State/Open",
  "&amp;",
  "<![CDATA[x]]>",
  "<!-- x -->",
  "&x;",
);

function elementOf(name: string, depth: number): fc.Arbitrary<string> {
  const rule = rules.get(name);
  const attributes = rule === undefined ? fc.constant("") : attributesOf(rule);
  const inside = rule === undefined || rule.text || depth === 0 ? characters : childrenOf(rule, depth - 1);
  const prefix = rule?.edmx ? "edmx:" : "";
  return fc
    .tuple(attributes, inside)
    .map(([start, content]) => `<${prefix}${name}${start}>${content}</${prefix}${name}>`);
}

function childrenOf({ children }: Rule, depth: number): fc.Arbitrary<string> {
  const right =
    children.length === 0 ? fc.constant("") : fc.constantFrom(...children).chain((each) => elementOf(each, depth));
  const wrong = fc.constantFrom(...rules.keys(), "Nothing").chain((each) => elementOf(each, depth));
  const child = fc.oneof({ weight: 30, arbitrary: right }, wrong);
  return fc.array(child, { maxLength: 4 }).map((each) => each.join("\n"));
}

const schemaRule = csdlElements.Schema;

/** A ticket's own entity type, action and set, and up to six elements more. */
export const grammatical: fc.Arbitrary<string> = fc
  .array(childrenOf(schemaRule, 3), { maxLength: 2 })
  .map((more) => document(`${ticketParts}\n${more.join("\n")}`));

/** Nothing but what the table of elements says. */
export const wild: fc.Arbitrary<string> = elementOf("DataServices", 5).map(
  (services) =>
    `<edmx:Edmx xmlns:edmx="${edmxNamespace}" xmlns="${edmNamespace}" Version="4.01">${services}</edmx:Edmx>`,
);

const ticketParts = `<EntityType Name="Ticket"><Key><PropertyRef Name="Id"/></Key><Property Name="Id" Type="Edm.String" Nullable="false"/></EntityType>
<Action Name="Close" IsBound="true"><Parameter Name="it" Type="Shop.Ticket"/></Action>
<EntityContainer Name="Container"><EntitySet Name="Tickets" EntityType="Shop.Ticket"/></EntityContainer>`;

function document(content: string): string {
  return `<edmx:Edmx xmlns:edmx="${edmxNamespace}" Version="4.01"><edmx:DataServices><Schema xmlns="${edmNamespace}" Namespace="Shop" Alias="S">
${content}
</Schema></edmx:DataServices></edmx:Edmx>`;
}

const shopDocument = new TextDecoder().decode(shop.find(({ path }) => path.endsWith(".csdl.xml"))?.bytes);
const values = [...shopDocument.matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? "");
const lines = shopDocument.split("\n");
const edit = fc.record({
  what: fc.constantFrom("value", "value", "drop", "double", "move"),
  at: fc.nat(),
  value: fc.oneof(fc.constantFrom(...values), fc.constantFrom(...types), fc.constantFrom(...strangers)),
  to: fc.nat(),
});

/** The shop's document with up to three lines dropped, doubled, moved, or with another value in them. */
export const edited: fc.Arbitrary<string> = fc.array(edit, { minLength: 1, maxLength: 3 }).map((edits) => {
  const written = [...lines];
  for (const { what, at, value, to } of edits) {
    const line = at % written.length;
    const [before = ""] = written.splice(line, 1);
    const quotes = [...before.matchAll(/"[^"]*"/g)];
    const quote = quotes[to % Math.max(1, quotes.length)];
    const changed = quote === undefined ? before : before.replace(quote[0], () => `"${value}"`);
    if (what === "value") written.splice(line, 0, changed);
    if (what === "double") written.splice(line, 0, before, before);
    if (what === "move") written.splice(to % written.length, 0, before);
  }
  return written.join("\n");
});
