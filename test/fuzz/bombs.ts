/** Inputs that are small to write and large to read: whoever sends one must get a diagnostic, and soon. */
import { edmNamespace, edmxNamespace } from "../../compiler/parse/csdl-grammar.ts";
import { ticket } from "./corpus.ts";

/** Just below the limit of a file. */
const most = 4 * 1024 * 1024 - 1_000;

/** The text as often as it fits into a file. */
const filled = (text: string): string => text.repeat(Math.floor(most / text.length));
const counted = (line: (index: number) => string): string => {
  const lines: string[] = [];
  for (let length = 0; length < most; length += (lines.at(-1) ?? "").length) lines.push(line(lines.length));
  return lines.slice(0, -1).join("");
};
const each = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join("");

const head = '[automaton]\nname = "T"\nstates = ["A"]\ninitial = "A"\nallow_indefinite_states = ["A"]\n';
const rule = '[[action]]\nname = "X"\nkind = "input"\n';
const guarded = (guard: string): string => ticket(`"${guard}"`, '"c += 1"', '"c >= 0"');
const xml = (content: string): string =>
  `<edmx:Edmx xmlns:edmx="${edmxNamespace}" Version="4.01"><edmx:DataServices><Schema xmlns="${edmNamespace}" Namespace="S">${content}</Schema></edmx:DataServices></edmx:Edmx>`;
const laughs = Array.from({ length: 10 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join("");
const permit = (condition: string): string => `permit (principal, action, resource) when { ${condition} };\n`;

/** Behaviour files. */
export const behaviours: Readonly<Record<string, string>> = {
  "a line of ten megabytes": `name = "${"a".repeat(10_000_000)}"`,
  "a string of four megabytes": `${head}x = "${filled("a")}"`,
  "a comment of four megabytes": `${head}#${filled("x")}`,
  "a key of four megabytes": `${filled("a")} = 1`,
  "blanks of four megabytes": `${filled(" ")}x`,
  "empty lines": filled("\n"),
  "carriage returns": filled("\r"),
  escapes: `x = "${filled("\\u0041")}"`,
  "half an escape": `x = "${filled("\\")}`,
  "open brackets": `x = ${filled("[")}`,
  "open braces": `x = ${filled("{a=")}`,
  "brackets in a row": `x = [${filled("[],")}]`,
  "numbers in a row": `x = [${filled("1,")}]`,
  "one number": `x = ${filled("1")}`,
  "dots in a key": `${filled("a.")}a = 1`,
  "dots in the key of a table": `[${filled("a.")}a]`,
  "dots in the key of an array of tables": `[[${filled("a.")}a]]`,
  "open strings": filled('"""'),
  "open literals": filled("'''"),
  "quotation marks": filled('"'),
  tables: counted((n) => `[a${n}]\n`),
  "the same table": filled("[a]\n"),
  "unknown keys": head + counted((n) => `k${n}=1\n`),
  "the same key": filled("a=1\n"),
  variables: head + counted((n) => `[[state]]\nname="v${n}"\ntype="bool"\n`),
  "the same variable": head + filled('[[state]]\nname="v"\ntype="bool"\n'),
  "nameless variables": head + filled("[[state]]\n"),
  "rules of one action": head + filled(rule),
  actions: head + counted((n) => `[[action]]\nname="a${n}"\n`),
  statuses: `[automaton]\nname="T"\ninitial="S0"\nstates=[${counted((n) => `"S${n}",`)}]`,
  "the same status": `[automaton]\nname="T"\ninitial="S0"\nstates=[${filled('"S0",')}]`,
  "unknown statuses": `${head}${rule}from=[${counted((n) => `"S${n}",`)}]`,
  parameters: `${head}${rule}params=[${counted((n) => `"p${n}",`)}]`,
  guards: `${head}${rule}guard=[${filled('"a==1",')}]`,
  "broken guards": `${head}${rule}guard=[${filled('"&",')}]`,
  effects: `${head}${rule}effect=[${filled('"a=1",')}]`,
  "a long guard": guarded(filled("c > 0 && ")),
  parentheses: guarded(`${"(".repeat(5_000)}b${")".repeat(5_000)}`.slice(0, 9_999)),
  negations: guarded(`${"!".repeat(9_000)}b`),
  conjunctions: guarded(`b${" && b".repeat(1_900)}`),
  implications: guarded(`b${" => b".repeat(1_900)}`),
  sums: guarded(`c${" + 1".repeat(2_400)} > 0`),
  products: guarded(`c${" * 9".repeat(2_400)} > 0`),
  "a set": guarded(`t in [${"'a', ".repeat(1_900)}'a']`),
  "quotes in a guard": guarded("'".repeat(9_999)),
  "no characters of the language": guarded("@".repeat(9_999)),
};

/** CSDL documents. */
export const documents: Readonly<Record<string, string>> = {
  "a billion laughs": `<!DOCTYPE l [<!ENTITY l0 "lol">${laughs}]><l>&l10;</l>`,
  "quadratic laughs": `<!DOCTYPE l [<!ENTITY l "${"l".repeat(100_000)}">]><l>${"&l;".repeat(100_000)}</l>`,
  "an external entity": '<!DOCTYPE l [<!ENTITY l SYSTEM "file:///etc/passwd">]><l>&l;</l>',
  "an external DTD": '<!DOCTYPE l SYSTEM "http://localhost:1/x.dtd"><l/>',
  "unknown entities": xml(filled("&a;")),
  "predefined entities": xml(filled("&lt;")),
  "an attribute of entities": xml(`<EntityType Name="${filled("&lt;")}"/>`),
  "open elements": filled("<a>"),
  "open angles": filled("<"),
  "open comments": filled("<!--"),
  "open character data": xml(filled("<![CDATA[")),
  "open instructions": filled("<?x "),
  "an open attribute": `<a b="${filled("x")}`,
  "an open tag": `<a ${filled("b ")}`,
  attributes: `<a ${counted((n) => `b${n}="" `)}/>`,
  "the same attribute": `<a ${filled('b="" ')}/>`,
  namespaces: `<a ${counted((n) => `xmlns:b${n}="x" `)}/>`,
  "a name": `<${filled("a")}/>`,
  text: xml(filled("x")),
  blanks: xml(filled(" ")),
  comments: xml(filled("<!---->")),
  elements: xml(filled("<a/>")),
  "entity types": xml(Array.from({ length: 9_000 }, (_, n) => `<EntityType Name="E${n}"/>`).join("")),
  "the same entity type": xml('<EntityType Name="E"/>'.repeat(9_000)),
  properties: xml(
    `<EntityType Name="E">${Array.from({ length: 9_000 }, (_, n) => `<Property Name="P${n}" Type="Edm.Strnig"/>`).join("")}</EntityType>`,
  ),
  members: xml(`<EnumType Name="E">${'<Member Name="M"/>'.repeat(9_000)}</EnumType>`),
  annotations: xml(`<Annotations Target="S.Nobody">${'<Annotation Term="S.T"/>'.repeat(9_000)}</Annotations>`),
  "base types of base types": xml(each(3_000, (n) => `<ComplexType Name="T${n}" BaseType="S.T${n - 1}"/>`)),
  "base terms of base terms": xml(each(1_500, (n) => `<Term Name="T${n}" Type="Edm.String" BaseTerm="S.T${n - 1}"/>`)),
  partners: xml(
    `<EntityType Name="E">${each(9_000, (n) => `<NavigationProperty Name="N${n}" Type="S.E" Partner="N${9_000 - n}"/>`)}</EntityType>`,
  ),
  overloads: xml(
    each(800, (n) => `<Action Name="A" IsBound="true"><Parameter Name="p" Type="S.T${n}"/></Action>`) +
      each(800, (n) => `<Annotations Target="S.A(S.T${n})"><Annotation Term="S.T"/></Annotations>`),
  ),
};

/** Policies. */
export const policies: Readonly<Record<string, string>> = {
  "a comment of policies": `//${filled("x")}`,
  slashes: filled("/"),
  semicolons: filled(";"),
  "quotation marks of policies": filled('"'),
  "open parentheses": permit("(".repeat(60_000)),
  "open sets": filled("["),
  "negations of policies": permit(`${"!".repeat(60_000)}true`),
  "minus signs": permit(`${"-".repeat(60_000)}1 == 1`),
  "conjunctions of policies": permit(`true${" && true".repeat(8_000)}`),
  "attributes of attributes": permit(`resource${".a".repeat(30_000)}`),
  "sums of policies": permit(`1${" + 1".repeat(15_000)} == 1`),
  conditions: `permit (principal, action, resource) ${"if true then true else ".repeat(2_500)};`,
  "nested conditions": permit(`${"if true then true else ".repeat(2_500)}true`),
  records: permit(`${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)} == 1`),
  "a set of numbers": permit(`[${"1,".repeat(30_000)}1].contains(1)`),
  "a long string": permit(`"${"x".repeat(60_000)}" == ""`),
  "many policies": "permit (principal, action, resource);\n".repeat(4_000),
  "many wrong policies": permit("resource.nothing").repeat(1_000),
  "many broken policies": filled("x;"),
  "many names": "@a ".repeat(20_000),
};
