/** CSDL in full: documents of others come out of the printer as they went in, and wrong ones are refused where they are wrong. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { nodeOf } from "../bind/csdl-node.ts";
import { createReporter } from "../diagnostics/reporter.ts";
import { compile, diagnosticRecords, printDiagnostics } from "../index.ts";
import { type CsdlElement, parseContract } from "../parse/csdl.ts";
import { csdlXml } from "./csdl-xml.ts";

const folder = fileURLToPath(new URL("../../../shared/conformance/", import.meta.url));
const isThere = existsSync(folder);
const documents = isThere
  ? [
      ...readdirSync(`${folder}csdl-examples`)
        .filter((name) => name.endsWith(".xml"))
        .map((name) => `csdl-examples/${name}`),
      ...readdirSync(folder).filter((name) => name.startsWith("trippin")),
    ]
  : [];
const counterexamples = [
  ["annotationtarget1.xml", "bind/csdl-annotation-target 5:28"],
  ["test1.xml", "bind/csdl-key 9:10"],
  ["test2.xml", "bind/csdl-wrong-type 11:51"],
] as const;

const behaviour = {
  path: "lamp.ioa.toml",
  bytes: readFileSync(new URL("../../golden/diagnostics/bind/target-action/spec/lamp.ioa.toml", import.meta.url)),
};

interface Plain {
  readonly kind: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly Plain[];
}

/** The element without its places. */
function plain({ kind, attributes, text, children }: CsdlElement): Plain {
  return {
    kind,
    attributes: Object.fromEntries([...attributes].map(([name, value]) => [name, value.text])),
    text: text.text,
    children: children.map(plain),
  };
}

function read(path: string, text: string): Plain {
  const { report, diagnostics } = createReporter();
  const syntax = parseContract({ path, text }, report);
  const found = diagnostics();
  if (syntax === undefined || found.length > 0)
    throw new Error(printDiagnostics(found, new Map([[path, text]]), { color: false }));
  return plain(syntax.root);
}

describe.runIf(isThere)("documents of OASIS and of the TripPin service", () => {
  test.each(documents)("%s is the same after it was read, printed and read again", (path) => {
    const text = readFileSync(`${folder}${path}`, "utf8");
    const first = read(path, text);
    const { report } = createReporter();
    const syntax = parseContract({ path, text }, report);
    const printed = syntax === undefined ? "" : csdlXml(nodeOf(syntax.root));
    expect(read(path, printed)).toEqual(first);
    expect(JSON.stringify(first).length).toBeGreaterThan(1_000);
  });

  test("has as many counterexamples as are named here", () => {
    const names = readdirSync(`${folder}csdl-examples/counterexamples`);
    expect(names.filter((name) => name.endsWith(".xml"))).toEqual(counterexamples.map(([name]) => name));
  });

  test.each(counterexamples)("counterexample %s is refused where it is wrong", (name, expected) => {
    const bytes = readFileSync(`${folder}csdl-examples/counterexamples/${name}`);
    const path = name.replace(".xml", ".csdl.xml");
    const { diagnostics, texts } = compile({ name: "spec", files: [behaviour, { path, bytes }] });
    const errors = diagnosticRecords(diagnostics, texts).filter(
      ({ severity, file }) => severity === "error" && file === path,
    );
    expect(errors.map(({ code, line, column }) => `${code} ${line}:${column}`)).toContain(expected);
  });
});

test.skipIf(isThere)("documents of others are in ../shared/conformance, which is not here", () => {
  expect(isThere).toBe(false);
});
