/** The compiler as a whole: the examples compile clean, and hostile or broken bytes give diagnostics and nothing else. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile, outline, printDiagnostics } from "./index.ts";
import { migrate } from "./migrate.ts";

const example = (path: string): Uint8Array =>
  readFileSync(fileURLToPath(new URL(`../examples/${path}`, import.meta.url)));
const shop = ["order.ioa.toml", "payment.ioa.toml", "shipment.ioa.toml", "shop.csdl.xml", "policies/shop.cedar"].map(
  (path) => ({
    path,
    bytes: example(`ecommerce/${path}`),
  }),
);
const library = { path: "readers-writers.ioa.toml", bytes: example("readers-writers/readers-writers.ioa.toml") };

const text = (path: string, content: string) => ({ path, bytes: new TextEncoder().encode(content) });
const codes = (...files: { path: string; bytes: Uint8Array }[]) => [
  ...new Set(compile({ name: "spec", files }).diagnostics.map(({ code }) => code)),
];

describe("the examples", () => {
  test("compile without a diagnostic, whatever the order of the files", () => {
    const forwards = compile({ name: "ecommerce", files: shop });
    const backwards = compile({ name: "ecommerce", files: [...shop].reverse() });
    expect(forwards.diagnostics).toEqual([]);
    expect(forwards.program && outline(forwards.program)).toBe(backwards.program && outline(backwards.program));
  });

  test("need no contract and no policy: one TOML file is a program", () => {
    const { program, diagnostics } = compile({ name: "readers-writers", files: [library] });
    expect(diagnostics.map(({ code }) => code)).toEqual(["bind/no-policies"]);
    expect(program?.name).toBe("ReadersWriters");
    expect(program?.contract.entitySets.map(({ name }) => name)).toEqual(["Documents"]);
  });
});

describe("a spec with five mistakes", () => {
  const spec = `[automaton]
name = "Ticket"
states = ["Open", "Closed"]
initial = "Opened"
allow_indefinite_states = ["Open", "Closed"]

[[state]]
name = "replies"
type = "conter"

[[action]]
name = "Close"
kind = "input"
form = "Open"
to = "Closed"
guard = "replys > 0 &&"
effect = "replies += 'one'"
`;

  test("shows all five, each at its key or value with a hint", () => {
    const { diagnostics } = compile({ name: "spec", files: [text("ticket.ioa.toml", spec)] });
    const shown = diagnostics.map(({ code, span, hint }) => [code, spec.slice(span.start, span.end), hint]);
    expect(shown).toEqual([
      ["bind/unknown-status", '"Opened"', 'did you mean "Open"?'],
      ["bind/unknown-type", '"conter"', 'did you mean "counter"?'],
      ["parse/unknown-key", "form", 'did you mean "from"?'],
      ["parse/expression-syntax", '"', "something is missing after `replys > 0 &&`"],
      ["bind/not-a-number", "'one'", "write a number, such as 1, or the name of a counter"],
    ]);
  });
});

describe("undeclared parameters", () => {
  const basket = (head: string, effect: string) => `[automaton]
name = "Basket"
states = ["Open"]
initial = "Open"
allow_indefinite_states = ["Open"]
${head}

[[state]]
name = "items"
type = "counter"
overflow_inline_max_bytes = 64

[[action]]
name = "AddItem"
kind = "input"
${effect}
`;
  const isStrict = (spec: string) =>
    compile({ name: "spec", files: [text("basket.ioa.toml", spec)] }).program?.automata[0]?.strictParams;

  test.each([
    ["refused where nothing is of an older form", basket("", 'effect = "items += 1"'), true],
    ["taken where an effect is of an older form", basket("", 'effect = "increment items"'), false],
    ["taken where an action counts by its name alone", basket("", ""), false],
    ["refused where the file says so", basket("strict_action_params = true", ""), true],
  ])("are %s", (_, spec, expected) => {
    expect(isStrict(spec)).toBe(expected);
  });
});

test("a number in quotation marks is shown without them", () => {
  const { diagnostics } = compile({ name: "spec", files: [text("ticket.ioa.toml", ticketThatAdds("'12'"))] });
  const { hint } = diagnostics.find(({ code }) => code === "bind/not-a-number") ?? {};
  expect(hint).toBe("write a number: 12");
});

function ticketThatAdds(amount: string): string {
  return `[automaton]
name = "Ticket"
states = ["Open"]
initial = "Open"
allow_indefinite_states = ["Open"]
[[state]]
name = "replies"
type = "counter"
[[action]]
name = "Reply"
kind = "input"
effect = "replies += ${amount}"
`;
}

describe("a rule stays whole", () => {
  const basket = (rule: string, invariant = "") => `[automaton]
name = "Basket"
states = ["Open", "Full"]
initial = "Open"
allow_indefinite_states = ["Open", "Full"]
[[state]]
name = "items"
type = "counter"
[[action]]
kind = "input"
${rule}
[[invariant]]
name = "Some"
assert = "${invariant}"
`;
  const rulesOf = (spec: string) => {
    const { program } = compile({ name: "spec", files: [text("basket.ioa.toml", spec)] });
    return program?.automata[0]?.rules.map(({ from, effects }) => [from, effects.map(({ variable }) => variable)]);
  };

  test("with a status that stands twice in from", () => {
    const rule = 'name = "Fill"\nfrom = ["Open", "Open"]\nto = "Full"\neffect = "items += 1"';
    expect(rulesOf(basket(rule, "items <= 1"))).toEqual([[["Open"], ["items"]]]);
  });

  test("with what it counts by its name, where a property of the past remembers its status", () => {
    const rule = 'name = "AddItem"\nfrom = "Open"\nto = "Full"';
    expect(rulesOf(basket(rule, "ordering(Full, Open)"))).toEqual([[["Open"], ["visited_Full", "items"]]]);
  });
});

describe("files of earlier versions beside a spec", () => {
  const job = (name: string) => `
[automaton]
name = "${name}"
states = ["Open"]
initial = "Open"
allow_indefinite_states = ["Open"]
[[action]]
name = "Ask"
kind = "input"
params = [{ name = "note", required = false }]
`;
  const files = [
    text("job.ioa.toml", `${job("Job")}[[integration]]\nname = "post"\ntrigger = "Ask"\n`),
    text("shelf.ioa.toml", job("Shelf")),
    text(
      "shop.reactions.toml",
      `[[reaction]]
name = "tell"
[reaction.when]
entity_type = "Job"
action = "Ask"
to_state = "Open"
[reaction.then]
entity_type = "Shelf"
action = "Ask"
params = { note = "asked" }
[reaction.resolve_target]
type = "SameId"
`,
    ),
    text(
      "integration.toml",
      '[[webhook]]\nname = "post"\nurl = "https://example.org"\nmethod = "PUT"\ntimeout_ms = 900\nmax_retries = 2\n',
    ),
    text("app.toml", 'name = "shop"\ndescription = "a shop"\nversion = "1"\n'),
  ];

  test("become triggers of the actions that they name", () => {
    const { program, diagnostics, texts } = compile({ name: "spec", files });
    if (program === undefined) expect.fail(printDiagnostics(diagnostics, texts, { color: false }));
    expect(program.about).toEqual({ title: "shop", description: "a shop", version: "1" });
    expect(outline(program).match(/ {2}trigger .*/g)).toEqual([
      "  trigger Ask/post: PUT 'https://example.org', timeout ms 900, retries 2",
      "  trigger Ask/tell: Shelf[the same id].Ask(note = 'asked'), only to Open",
    ]);
    expect(diagnostics.filter(({ code }) => code === "parse/older-form")).toHaveLength(3);
    expect(diagnostics.every(({ severity }) => severity === "warning")).toBe(true);
  });

  test.each([
    ['action = "Ask"\nto', 'action = "Aks"\nto', "bind/unknown-action", "Ask"],
    ['entity_type = "Job"', 'entity_type = "Jop"', "bind/unknown-automaton", "Job"],
  ])("are told what is wrong with them where it stands: %j as %j", (right, wrong, code, meant) => {
    const changed = files.map((file) =>
      file.path === "shop.reactions.toml"
        ? text(file.path, new TextDecoder().decode(file.bytes).replace(right, wrong))
        : file,
    );
    const { diagnostics } = compile({ name: "spec", files: changed });
    const [error] = diagnostics.filter(({ severity }) => severity === "error");
    expect(error).toMatchObject({ code, span: { file: "shop.reactions.toml" } });
    expect(error?.hint).toContain(meant);
  });

  test("are not needed any more after migration, which keeps what they say", () => {
    const made = migrate({ name: "spec", files });
    if (made.kind !== "migrated") expect.fail(made.kind);
    const gone = made.files.flatMap(({ path, after }) => (after === undefined ? [path] : []));
    expect([made.remaining, gone]).toEqual([[], ["integration.toml", "shop.reactions.toml"]]);
    expect(made.files.find(({ path }) => path === "job.ioa.toml")?.after).toMatch(
      /max_retries = 2\n\n\[\[action.triggers]]\nname = "tell"\n(.*\n)*to_state = "Open"\n/,
    );
  });
});

describe("bad bytes", () => {
  test.each([
    ["UTF-16", new Uint8Array([0xff, 0xfe, 0x61, 0]), "parse/encoding"],
    ["Latin-1", new Uint8Array([0x61, 0xfc, 0x62]), "parse/encoding"],
    ["a NUL", new TextEncoder().encode("a = 1\0"), "parse/encoding"],
    ["5 MB", new Uint8Array(5_000_000).fill(0x23), "parse/too-large"],
    ["deep nesting", new TextEncoder().encode(`a = ${"[".repeat(100_000)}`), "parse/toml-nesting"],
    ["a duplicate key", new TextEncoder().encode("a = 1\na = 2\n"), "parse/toml-syntax"],
    ["a duplicate table", new TextEncoder().encode("[automaton]\n[automaton]\n"), "parse/toml-syntax"],
    ["a prototype as key", new TextEncoder().encode("[__proto__]\nx = 1\n"), "parse/unknown-key"],
  ])("%s is said to be what it is", (_, bytes, code) => {
    expect(codes({ path: "x.ioa.toml", bytes })).toContain(code);
  });

  test("a byte order mark, CRLF and tabs are taken as they come", () => {
    const windows = `\ufeff${new TextDecoder().decode(library.bytes).replaceAll("\n", "\r\n").replaceAll(" = ", "\t=\t")}`;
    expect(codes(text("x.ioa.toml", windows))).toEqual(["bind/no-policies"]);
  });
});

describe("hostile names", () => {
  const named = (name: string): string =>
    new TextDecoder().decode(library.bytes).replaceAll('"StopReading"', JSON.stringify(name));

  test.each([
    "a'b",
    'a"b',
    "*/ alert(1) /*",
    `$\{process.exit()}`,
    "a\nb",
    "a b",
    "1a",
    "",
    "a".repeat(129),
    "__proto__",
    "constructor",
  ])("%j is no name of an action", (name) => {
    const found = codes(text("x.ioa.toml", named(name)));
    expect(found.filter((code) => code === "bind/invalid-name" || code === "bind/reserved-name")).toHaveLength(1);
  });

  test.each(["class", "default", "größe", "_"])("%s is one", (name) => {
    expect(codes(text("x.ioa.toml", named(name)))).toEqual(["bind/no-policies"]);
  });
});

describe("whatever the bytes", () => {
  const files = [...shop, library];
  const mutated = fc
    .record({
      file: fc.constantFrom(...files),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.nat({ max: 40 }),
      put: fc.oneof(
        fc.uint8Array({ maxLength: 8 }),
        fc
          .constantFrom('"', "'", "[", "]]", "<", "\0", "é", "\n", '"""', "{")
          .map((each) => new TextEncoder().encode(each)),
      ),
    })
    .map(({ file, at, length, put }) => {
      const start = Math.floor(at * file.bytes.length);
      return {
        path: file.path,
        bytes: Buffer.concat([file.bytes.subarray(0, start), put, file.bytes.subarray(start + length)]),
      };
    });

  test("compiling ends in a program or in diagnostics that can be printed, and never throws", () => {
    fc.assert(
      fc.property(mutated, (file) => {
        const { program, diagnostics, texts } = compile({ name: "spec", files: [file] });
        const printed = printDiagnostics(diagnostics, texts, { color: false });
        return (
          (program !== undefined) !== diagnostics.some(({ severity }) => severity === "error") &&
          !printed.includes("\0")
        );
      }),
      { numRuns: process.env.TEMPERC_LONG === undefined ? 400 : 20_000, seed: 20261123 },
    );
  });
});
