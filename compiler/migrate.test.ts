/** Every older form of the language in today's form: no warning is left, the program is the same, and once is enough. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compile } from "./compile.ts";
import { migrate, type Sources } from "./index.ts";
import { firstDifference } from "./migrate/difference.ts";
import { applyEdits } from "./migrate/edit.ts";

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

test("the fix that a diagnostic offers to an editor is right by itself", () => {
  const offered = older.flatMap(([form, text]) => {
    const before = compile(spec({ "a.ioa.toml": text }));
    return before.diagnostics.flatMap(({ fix }) => (fix === undefined ? [] : [{ form, text, before, fix }]));
  });
  expect(offered.length).toBeGreaterThan(40);
  for (const { form, text, before, fix } of offered) {
    const after = compile(spec({ "a.ioa.toml": applyEdits(text, [{ ...fix.span, text: fix.text }]) }));
    expect(firstDifference(before.program, after.program), form).toBe(undefined);
  }
});

test("what is in today's form stays as it is", () => {
  for (const [form, text] of forms.filter((each) => !older.includes(each))) expect(migrated(text), form).toBe(text);
});

/** Ways to write the same that a change of text has to respect: each row is what stands there, and what it becomes. */
const spellings: readonly (readonly [string, string, string])[] = [
  [
    "dotted keys",
    'guard.type = "min_count" # a\nguard.var = "items" # b\nguard.min = 2',
    'guard = "items >= 2" # a\n# b',
  ],
  ["a header", '[action.guard]\ntype = "min_count"\nvar = "items"\nmin = 2\n', 'guard = "items >= 2"\n'],
  ["quoted keys", '"guard" = { "type" = "is_true", var = "gift" }', '"guard" = "gift"'],
  ["a multi-line string", 'guard = """\n  min items 2"""', 'guard = "items >= 2"'],
  ["a literal string", "guard = 'list_contains tags it'", "guard = \"'it' in tags\""],
  ["tabs and no spaces", '\tguard=\t"min items 2"\t# ok', '\tguard=\t"items >= 2"\t# ok'],
  [
    "characters beyond ASCII",
    'guard = { type = "list_contains", var = "tags", value = "ü€😀\\"\\\\" }',
    'guard = "\'ü€😀\\"\\\\\' in tags"',
  ],
  [
    "items side by side, with comments among them",
    'effect = ["set gift true","set gift false", # c\n  { type = "increment", var = "items" },]',
    'effect = ["gift = true","gift = false", # c\n  "items += 1",]',
  ],
  [
    "a comment inside of what is replaced",
    'guard = { type = "all_of", guards = [ # both\n "gift", # one\n "min items 1"] }',
    '# both\n# one\nguard = "(gift) && (items >= 1)"',
  ],
  [
    "an array in a string, with a trigger",
    'effect = \'[{ type = "increment", var = "items" }, "set gift true"]\'',
    'effect = ["items += 1", "gift = true"]',
  ],
  ["a parameter nobody declared", 'effect = "increment items by more"', 'effect = "items += params.more"'],
  [
    "headers below headers",
    '[action.guard]\ntype = "all_of"\n# first\n[[action.guard.guards]]\ntype = "is_true"\nvar = "gift"\n# second\n[[action.guard.guards]]\ntype = "is_false"\nvar = "gift"',
    '# first\n# second\nguard = "(gift) && (!gift)"',
  ],
];

const base = readFileSync(join(language, "guards/spec/base.ioa.toml"), "utf8");
const widerBase = readFileSync(join(language, "effects/spec/base.ioa.toml"), "utf8");

test.each(spellings)("%s", (_, form, today) => {
  const params = 'params = ["reason", { name = "amount", type = "counter" }]\n';
  const after = migrated(base.replace("#FORM", () => form));
  const said = after.slice(after.indexOf("params = ["), after.indexOf('\n[[action]]\nname = "Send"'));
  const declared = form.includes("more") ? params.replace("]\n", ', { name = "more", type = "counter" }]\n') : params;
  expect(said.trimEnd()).toBe((declared + today).trimEnd());
  expect(migrated(after)).toBe(after);
});

test("actions that are written in one line each", () => {
  const text = `automaton = { name = "A", states = ["S"], initial = "S", version = 1, allow_indefinite_states = ["S"] }
state = [{ name = "n", type = "counter" }]
action = [{ name = "Up", effect = "increment n by k" }, { name = "AddItem" }, { name = "Go", params = ["a"], effect = { type = "set_counter_from_param", var = "n", param = "k" } }]
integration = [{ name = "post", trigger = "Up", url = "https://example.org" }]
`;
  expect(
    migrated(text),
  ).toBe(`automaton = { name = "A", states = ["S"], initial = "S", allow_indefinite_states = ["S"], strict_action_params = false }
state = [{ name = "n", type = "counter" }]
action = [{ name = "Up", effect = "n += params.k", triggers = [{ name = "post", kind = "webhook", url = "https://example.org" }], params = [{ name = "k", type = "counter" }] }, { name = "AddItem", effect = "n += 1" }, { name = "Go", params = ["a", { name = "k", type = "counter" }], effect = "n = params.k" }]
`);
});

test("an automaton without a header, and parameters under headers of their own", () => {
  const text = `automaton.name = "A"
automaton.states = ["S"]
automaton.initial = "S" # here
automaton.allow_indefinite_states = ["S"]
[[state]]
name = "n"
type = "counter"
[[action]]
name = "Up"
effect = "increment n by k"
[[action.params]]
name = "a"`;
  expect(migrated(text)).toBe(`automaton.name = "A"
automaton.states = ["S"]
automaton.initial = "S" # here
automaton.allow_indefinite_states = ["S"]
automaton.strict_action_params = false # as before; without this line, undeclared parameters are refused
[[state]]
name = "n"
type = "counter"
[[action]]
name = "Up"
effect = "n += params.k"
[[action.params]]
name = "a"

[[action.params]]
name = "k"
type = "counter"`);
});

test("a program that differs anywhere but in its places is told with what differs", () => {
  const place = { span: { file: "a", start: 1, end: 2 } };
  expect(firstDifference({ a: [{ b: 1, ...place }] }, { a: [{ b: 1, span: undefined }] })).toBe(undefined);
  expect(firstDifference({ a: [{ b: 1 }] }, { a: [{ b: 2 }] })).toBe("program.a[0].b was 1 and is 2");
  expect(firstDifference({ a: [1] }, { a: [1, 2] })).toBe("program.a[1] was absent and is 2");
  expect(firstDifference({ a: [] }, { a: {} })).not.toBe(undefined);
  expect(firstDifference({ a: () => [1] }, { a: () => [2] })).toBe("program.a()[0] was 1 and is 2");
});

test("a field invariant whose parts are spread over headers and dotted keys", () => {
  const rule = `[[field_invariant]]
name = "P" # named
when.type = "state_in" # premise
when.values = ["Draft"]
# what is required
[field_invariant.require]
type = "field_equals"
field = "note"
value = "x"`;
  const text = base.replace("#FORM", "");
  expect(migrated(`${text}\n${rule}`)).toBe(`${text}
[[field_invariant]]
name = "P" # named
# premise
# what is required
assert = "(status in ['Draft']) => (note == 'x')"
`);
});

test("older forms side by side in one file, in whatever order", () => {
  const lines = older.flatMap(([form]) => (/^(guard|effect) = /.test(form) ? [form] : []));
  const of = (key: string) => fc.constantFrom(...lines.filter((line) => line.startsWith(key)));
  const action = fc.tuple(of("guard"), of("effect"), fc.boolean(), fc.constantFrom("", "\n", " # c"));
  fc.assert(
    fc.property(fc.array(action, { minLength: 2, maxLength: 4 }), fc.boolean(), (actions, isCrlf) => {
      const rules = actions.map(([guard, effect, isSwapped, end], index) => {
        // A guard takes the parameter as text, an effect as a number: one action cannot do both.
        const counted = effect.replace("undeclared", "uncounted");
        const [one, other] = isSwapped ? [counted, guard] : [guard, counted];
        return `[[action]]\nname = "Do${index}"\nfrom = "Draft"\n${one}${end}\n${other}${end}`;
      });
      const text = `${widerBase.replace("#FORM", "")}\n${rules.join("\n")}`;
      const before = isCrlf ? text.replaceAll("\n", "\r\n") : text;
      const after = migrated(before);
      expect(migrated(after)).toBe(after);
    }),
    { numRuns: 25, seed: 20261123 },
  );
});
