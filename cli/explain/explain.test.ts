/** Every diagnostic explains itself, from what the package ships. */
import { expect, test } from "vitest";
import { type Code, catalogue } from "../../compiler/index.ts";
import type { Terminal } from "../terminal.ts";
import { explainCode, listCodes } from "./explain.ts";

interface Printed {
  readonly exitCode: number;
  readonly text: string;
}

function printed(show: (terminal: Terminal) => number): Printed {
  let text = "";
  const write = (more: string): void => {
    text += more;
  };
  const exitCode = show({
    out: write,
    err: write,
    json: (record) => write(JSON.stringify(record)),
    outColour: false,
    errColour: false,
    errIsTerminal: false,
  });
  return { exitCode, text };
}

const explained = (code: string, json = false): Printed => printed((terminal) => explainCode(code, json, terminal));

// A catalogue's own keys are its codes.
const codes = Object.keys(catalogue) as Code[];

test.each(codes)("%s says what it means and shows its golden case", (code) => {
  const { exitCode, text } = explained(code);
  expect(exitCode).toBe(0);
  const { severity } = catalogue[code];
  expect(text).toMatch(new RegExp(`^${severity}\\[${code}\\]\n\n.{20,}\n\n`));
  expect(text.split("What temperc says:")[1]).toContain(`${severity}[${code}]: `);
});

test("the excerpt holds the line that the diagnostic points at", () => {
  for (const code of codes) {
    const { example } = JSON.parse(explained(code, true).text);
    const [, file, line] = /^(.+?):(\d+):\d+: /.exec(example.printed) ?? [];
    if (file === undefined) continue;
    expect(example.excerpt.file).toBe(file);
    expect(example.excerpt.lines.map((each: { line: number }) => each.line)).toContain(Number(line));
  }
});

test.each([
  ["bind/unknown-stauts", "bind/unknown-status"],
  ["unknown-key", "parse/unknown-key"],
  ["parse/unknown-status", "bind/unknown-status"],
])("%s exits 2 and asks whether %s was meant", (asked, meant) => {
  expect(explained(asked)).toEqual({ exitCode: 2, text: expect.stringContaining(`did you mean "${meant}"?`) });
});

test("without a code, every code stands under its stage", () => {
  const { exitCode, text } = printed((terminal) => listCodes(false, terminal));
  expect(exitCode).toBe(0);
  const sections = text.split("\n\n").map((section) => section.split("\n"));
  const listed = sections.flatMap(([head = "", ...rows]) =>
    rows.filter((row) => row.startsWith(`  ${head.split(":")[0]}/`)).map((row) => row.trim().split(/ +/)[0]),
  );
  expect(listed.sort()).toEqual([...codes].sort());
});
