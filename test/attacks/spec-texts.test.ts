/** Specs that mean to get out of themselves: entities and documents of elsewhere, code in their texts, names that are paths, patterns that never end. */
import { join } from "node:path";
import { ts } from "ts-morph";
import { describe, expect, test } from "vitest";
import { compile, emit, finish } from "../../compiler/index.ts";
import { root, templates } from "../emission/load.ts";
import { payloads } from "../emission/poison.ts";
import { sourceFile, ticket } from "../fuzz/corpus.ts";
import { readTexts } from "../golden/compare.ts";

type Files = Readonly<Record<string, string>>;

function compiled(files: Files) {
  return compile({ name: "spec", files: Object.entries(files).map(([path, text]) => sourceFile(path, text)) });
}

function codesOf(files: Files): readonly string[] {
  return compiled(files).diagnostics.map(({ code }) => code);
}

const plain = ticket('"c >= 0"', '"c += 1"', '"c >= 0"');

describe("a contract with a document type is refused, and nothing of elsewhere is in the answer:", () => {
  test.each<readonly [string, string]>([
    ["a file", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
    ["a file in an attribute", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a b="&x;"/>'],
    ["a host", '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>'],
    ["a parameter entity", '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/a.dtd">%x;]><a/>'],
    ["a public one", '<!DOCTYPE a PUBLIC "-//x//y" "http://127.0.0.1:9/a.dtd"><a/>'],
    ["in other letters", '<!doctype a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
    ["behind a declaration", '<?xml version="1.0" standalone="no"?>\n<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
    ["behind a comment", '<!-- x --><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
    ["that grows", '<!DOCTYPE a [<!ENTITY x "yyyyyyyy"><!ENTITY z "&x;&x;&x;&x;">]><a>&z;&z;</a>'],
  ])("%s", (_name, text) => {
    const { program, diagnostics } = compiled({ "a.ioa.toml": plain, "a.csdl.xml": text });
    expect(program).toBeUndefined();
    expect(diagnostics.map(({ code }) => code)).toContain("parse/xml-dtd");
    expect(JSON.stringify(diagnostics)).not.toMatch(/root:|ECONNREFUSED/);
  });

  test.each<readonly [string, string]>([
    ["an entity that nobody declares", '<edmx:Edmx xmlns:edmx="x">&x;</edmx:Edmx>'],
    ["an inclusion", '<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/passwd"/></a>'],
    ["a style sheet", '<?xml-stylesheet href="file:///etc/passwd"?><a/>'],
  ])("%s, which is refused as what it is", (_name, text) => {
    const { program, diagnostics } = compiled({ "a.ioa.toml": plain, "a.csdl.xml": text });
    expect(program).toBeUndefined();
    expect(JSON.stringify(diagnostics)).not.toContain("root:");
  });

  test("a reference to another document is a name, and is not followed", () => {
    const { "shop.csdl.xml": contract = "", ...others } = filesOf("ecommerce");
    const reference = '<edmx:Reference Uri="file:///etc/passwd"><edmx:Include Namespace="Etc"/></edmx:Reference>';
    const text = contract.replace("<edmx:DataServices>", `${reference}<edmx:DataServices>`);
    const { program, diagnostics } = compiled({ ...others, "shop.csdl.xml": text });
    expect(program).toBeDefined();
    expect(JSON.stringify(diagnostics)).not.toContain("root:");
  });
});

describe("a name that is a path", () => {
  const paths = ["../Ticket", "/etc/passwd", "a/../../b", "..", "C:\\x", "file:///x", "https://x/y", "a\u0000b"];

  test.each(paths)("of an automaton: %j is refused", (path) => {
    const text = plain.replace('name = "Ticket"', `name = ${JSON.stringify(path)}`);
    expect(text).not.toBe(plain);
    expect(compiled({ "a.ioa.toml": text }).program).toBeUndefined();
  });

  test.each(paths)("of a module: %j is refused", (path) => {
    const module = `[[integration]]\nname = "x"\ntype = "wasm"\nmodule = ${JSON.stringify(path)}\n`;
    expect(compiled({ "a.ioa.toml": `${plain}\n${module}` }).program).toBeUndefined();
  });
});

describe("a pattern that could keep the service busy is refused:", () => {
  test.each([
    "(a+)+",
    "(a*)*",
    "(a|a)*",
    "(a|aa)+",
    "(.*)*x",
    "([a-z]+)*[0-9]",
    "(?:a+)+",
    "(a+){10}",
    "(?=a+)+",
    "(?<x>a+)+",
    "(a+)\\1+",
    "a*a*a*a*a*x",
    ".*.*.*.*.*x",
    "a{0,900}a{0,900}a{0,900}x",
    "\\s*\\s*\\s*\\s*x",
    "(x+x+)+y",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    `${"a?".repeat(60)}${"a".repeat(60)}`,
  ])("%s", (pattern) => {
    const text = withPattern(pattern);
    expect(codesOf({ "a.ioa.toml": text })).toContain("bind/pattern");
  });

  test.each(["[A-Z]{2}[0-9]{3,12}", "[a-z]+@[a-z]+", "\\d{4}-\\d{2}"])("and %s is not", (pattern) => {
    expect(codesOf({ "a.ioa.toml": withPattern(pattern) })).not.toContain("bind/pattern");
  });

  function withPattern(pattern: string): string {
    const rule = `[[action]]\nname = "Tag"\nkind = "input"\nparams = [{ name = "Code", type = "string" }]\n`;
    const constraint = `[[action.constraints]]\nparam = "Code"\npattern = ${JSON.stringify(pattern)}\n`;
    return `${plain}\n${rule}${constraint}`;
  }
});

const isLong = process.env.TEMPERC_LONG !== undefined;

describe("every text of a spec, one after the other, with code in it", () => {
  test.each([
    ["ecommerce", 200],
    ["logistics", 200],
    ["agency", 100],
  ])("of %s: is refused, or comes out as a text", (name, placesMin) => {
    const files = filesOf(name);
    const places = Object.entries(files).flatMap(([path, text]) => placesIn(path, text));
    expect(places.length).toBeGreaterThan(placesMin);
    const step = isLong ? 1 : 41;
    let emitted = 0;
    for (let index = 0; index < places.length; index += step) {
      const place = places[index];
      const payload = payloads[(index / step) % payloads.length];
      if (place === undefined || payload === undefined) continue;
      const { path, start, end, write } = place;
      const text = files[path] ?? "";
      const changed = { ...files, [path]: `${text.slice(0, start)}${write(payload)}${text.slice(end)}` };
      const { program } = compiled(changed);
      if (program === undefined) continue;
      emitted += 1;
      for (const file of finish(emit(program, templates)).files) {
        expect(namesIn(file.path, file.text), `${path}:${start} in ${file.path}`).not.toContain("escaped");
      }
    }
    expect(emitted).toBeGreaterThan(0);
  });
});

test("a name with a character that nobody sees is a name, to Cedar too", () => {
  const named = `${plain}\n[[state]]\nname = "soft\u00adhyphen"\ntype = "counter"\n`;
  const policy = 'permit(principal, action, resource) when { resource.status == "Open" };';
  const { program } = compiled({ "ticket.ioa.toml": named, "all.cedar": policy });
  expect(program).toBeDefined();
});

interface Place {
  readonly path: string;
  /** Of what stands between the quotes. */
  readonly start: number;
  readonly end: number;
  /** The text as that file would have to spell it. */
  readonly write: (text: string) => string;
}

/** Half a pair cannot be in a file. */
const storable = (text: string): string => Buffer.from(text).toString("utf8");
const spelled = (text: string): string => JSON.stringify(storable(text)).slice(1, -1);
const marked = (text: string): string =>
  storable(text).replace(/[<>&"'\n\r]/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** Every text between quotes, and in a contract every one between elements. */
function placesIn(path: string, text: string): readonly Place[] {
  const isXml = path.endsWith(".xml");
  const pattern = isXml ? /(?<==")[^"]*(?=")|(?<=>)[^<>]*\S[^<>]*(?=<\/)/g : /(?<=")(?:[^"\\\n]|\\.)*(?=")/g;
  return [...text.matchAll(pattern)].flatMap(({ 0: found, index }) => {
    const isBetween = !isXml && text.slice(text.lastIndexOf("\n", index), index).split('"').length % 2 === 1;
    return isBetween ? [] : [{ path, start: index, end: index + found.length, write: isXml ? marked : spelled }];
  });
}

function filesOf(name: string): Files {
  const folder = join(root, name === "ecommerce" ? "examples/ecommerce" : `golden/${name}/spec`);
  const files = [...readTexts(folder)].filter(([path]) => /\.(toml|csdl\.xml|cedar)$/.test(path));
  return Object.fromEntries(files);
}

/** Every name of the emitted code that is no text and no comment. */
function namesIn(path: string, text: string): ReadonlySet<string> {
  const names = new Set<string>();
  const look = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) names.add(node.text);
    ts.forEachChild(node, look);
  };
  look(ts.createSourceFile(path, text, ts.ScriptTarget.Latest));
  return names;
}
