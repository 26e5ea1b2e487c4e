/** Every older form of the language in today's form: no warning is left, the program is the same, and once is enough. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compile } from "./compile.ts";
import { migrate, type Sources } from "./index.ts";

const language = new URL("../golden/language", import.meta.url).pathname;

function spec(files: Readonly<Record<string, string>>): Sources {
  const encoder = new TextEncoder();
  return {
    name: "language",
    files: Object.entries(files).map(([path, text]) => ({ path, bytes: encoder.encode(text) })),
  };
}

/** Each form of the golden cases in its base; those that are mistakes are of no use here. */
const forms = readdirSync(language).flatMap((family) => {
  const base = readFileSync(join(language, family, "spec/base.ioa.toml"), "utf8");
  const lines = readFileSync(join(language, family, "spec/forms.txt"), "utf8").split("\n");
  return lines
    .filter((line) => line !== "" && !line.startsWith("##"))
    .map((line): readonly [string, string] => [line, base.replace("#FORM", () => line.replaceAll("\\n", "\n"))])
    .filter(([, text]) => compile(spec({ "a.ioa.toml": text })).program !== undefined);
});

const older = forms.filter(([, text]) =>
  compile(spec({ "a.ioa.toml": text })).diagnostics.some(({ code }) => code === "parse/older-form"),
);

/** The one file after migration. */
function migrated(text: string): string {
  const made = migrate(spec({ "a.ioa.toml": text }));
  expect(made.kind === "not the same" ? made : {}).toEqual({});
  expect(made).toMatchObject({ kind: "migrated", remaining: [] });
  if (made.kind !== "migrated") return "";
  return made.files.length === 0 ? text : made.files.map(({ after }) => after).join();
}

const dress: readonly [string, (text: string) => string][] = [
  ["as it is", (text) => text],
  ["with CRLF", (text) => text.replaceAll("\n", "\r\n")],
  ["without strict_action_params and with comments", (text) => commented(text)],
];

function commented(text: string): string {
  const lenient = text.replace(/^strict_action_params.*\n/m, "");
  return lenient.replace(/^([\t ]*\w.*[^[,{"])$/gm, "\t$1 # ü€😀 says why");
}

test("there are older forms of guards, effects, properties and triggers to migrate", () => {
  expect([forms.length > 150, older.length > 50]).toEqual([true, true]);
});

test.each(dress)("%s, every older form becomes today's, and a second time changes nothing", (_, dressed) => {
  for (const [form, text] of older) {
    const before = dressed(text);
    const after = migrated(before);
    expect(after, form).not.toBe(before);
    expect(migrated(after), form).toBe(after);
    expect(remarks(after), form).toEqual(remarks(before));
    expect(/\r\n/.test(after) && /[^\r]\n/.test(after), form).toBe(false);
  }
});

/** How often the remark of `commented` stands there. */
function remarks(text: string): number {
  return text.split("# ü€😀 says why").length;
}

test("what is in today's form stays as it is", () => {
  for (const [form, text] of forms.filter((each) => !older.includes(each))) expect(migrated(text), form).toBe(text);
});
