/** The expression language: precedence, places of mistakes, limits, and that no input makes the parser throw. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createReporter } from "../diagnostics/reporter.ts";
import { parseCondition, parseEffect } from "./expression.ts";
import { ExpressionParser } from "./expression-grammar.ts";
import type { ConditionSyntax, EffectSyntax, OperandSyntax } from "./expression-syntax.ts";
import { parseToml, type TomlString } from "./toml.ts";

/** The string as it stands in a TOML file, after `x = `. */
function tomlString(source: string): TomlString {
  const { report, diagnostics } = createReporter();
  const table = parseToml({ path: "x.toml", text: `x = ${source}` }, report);
  const value = table?.entries[0]?.value;
  if (value?.kind !== "string") throw new Error(`not a TOML string: ${source} ${JSON.stringify(diagnostics())}`);
  return value;
}

function condition(text: string): string {
  const { report, diagnostics } = createReporter();
  const parsed = parseCondition(tomlString(JSON.stringify(text)), report);
  return parsed === undefined
    ? diagnostics()
        .map(({ message }) => message)
        .join("; ")
    : show(parsed.syntax);
}

/** Fully parenthesised, so that the tree can be seen. */
function show(syntax: ConditionSyntax): string {
  switch (syntax.kind) {
    case "truth":
      return operand(syntax.operand);
    case "comparison":
      return `(${operand(syntax.left)} ${syntax.operator} ${operand(syntax.right)})`;
    case "membership": {
      const set = "kind" in syntax.set ? operand(syntax.set) : `[${syntax.set.map(operand).join(" ")}]`;
      return `(${operand(syntax.element)} ${syntax.negated ? "not in" : "in"} ${set})`;
    }
    case "empty":
      return `empty(${syntax.name.name})`;
    case "not":
      return `!${show(syntax.operand)}`;
    case "and":
    case "or":
      return `(${syntax.operands.map(show).join(` ${syntax.kind} `)})`;
    case "implies":
      return `(${show(syntax.premise)} => ${show(syntax.conclusion)})`;
  }
}

function operand(syntax: OperandSyntax): string {
  switch (syntax.kind) {
    case "name":
      return syntax.name;
    case "param":
      return `$${syntax.name}`;
    case "length":
      return `len ${syntax.name.name}`;
    case "related":
      return `related ${syntax.type.name} by ${syntax.reference.name}`;
    case "literal":
      return JSON.stringify(syntax.value);
    case "arithmetic":
      return `(${operand(syntax.left)} ${syntax.operator} ${operand(syntax.right)})`;
  }
}

test("the grammar is one that chevrotain finds nothing wrong with", () => {
  expect(() => new ExpressionParser({ isValidated: true })).not.toThrow();
});

describe("a condition", () => {
  test.each([
    ["a", "a"],
    ["!a && b || c => d", "(((!a and b) or c) => d)"],
    ["a => b => c", "(a => (b => c))"],
    ["!(a || b)", "!(a or b)"],
    ["!!a", "!!a"],
    ["x >= -3", "(x >= -3)"],
    ["x + 2 * y - 1 < z", "(((x + (2 * y)) - 1) < z)"],
    ["status in ['Open', 'It''s']", `(status in ["Open" "It's"])`],
    ["x not in tags", "(x not in tags)"],
    ["params.Name != ''", `($Name != "")`],
    ["empty(list) || len(list) > 2", "(empty(list) or (len list > 2))"],
    ["Order[orderId].status == 'Paid'", `(related Order by orderId == "Paid")`],
    ["inside == 1 && trueish", "((inside == 1) and trueish)"],
    ["größe > 1.5", "(größe > 1.5)"],
    ["x == null", "(x == null)"],
    ["status in []", "(status in [])"],
  ])("%s", (text, tree) => {
    expect(condition(text)).toBe(tree);
  });

  test.each([
    ["", "a condition ends too early"],
    ["x >", "a condition ends too early"],
    ["x > > 2", "unexpected `>` in a condition"],
    ["(x > 2", "a condition ends too early"],
    ["x = 2", "unexpected `=` in a condition"],
    ['x == "a"', 'unexpected "\\""'],
    ["x == 'a", `unexpected "'"`],
    ["x & y", 'unexpected "&"'],
  ])("says what is wrong with %s", (text, message) => {
    expect(condition(text)).toContain(message);
  });

  test("is refused when it nests deeper than the language allows", () => {
    expect(condition(`${"(".repeat(65)}x${")".repeat(65)}`)).toBe("the expression has more than 64 levels of nesting");
    expect(condition(`${"!".repeat(10_001)}x`)).toBe("the expression has more than 10000 characters");
  });
});

describe("a mistake", () => {
  const place = (source: string): string => {
    const { report, diagnostics } = createReporter();
    parseCondition(tomlString(source), report);
    const [first] = diagnostics();
    return `x = ${source}`.slice(first?.span.start, first?.span.end);
  };

  test.each([
    ["in a plain string", '"x > > 2"', ">"],
    ["after an escape", '"\\u0078 > \\"2"', '\\"'],
    ["after an escape of two units", `"'\\U0001F600' == x x"`, "x"],
    ["in a literal string", "'x > > 2'", ">"],
    ["in a multi-line string", '"""\nx >\n  ] 2"""', "]"],
    ["in a multi-line string with a folded line", '"""x \\\n   > ] 2"""', "]"],
    ["after text that is not ASCII", "\"größe == '😀' ] 2\"", "]"],
    ["at the end", '"x >"', '"'],
  ])("%s is shown at its character", (_, source, shown) => {
    expect(place(source)).toBe(shown);
  });
});

describe("an effect", () => {
  const effect = (text: string): EffectSyntax | undefined =>
    parseEffect(tomlString(JSON.stringify(text)), createReporter().report)?.syntax;

  test.each([
    ["x = 1", "assign"],
    ["x += params.By", "assign"],
    ["append(list, 'a')", "call"],
    ["remove_at(list, 0)", "call"],
    ["schedule('Expire', 60)", "request"],
    ["spawn('Order', 'Start', orderId)", "request"],
  ])("%s is %s", (text, kind) => {
    expect(effect(text)?.kind).toBe(kind);
  });

  test.each(["x == 1", "x =", "append(list)", "append list", "increment x", "1 = x"])("%s is none", (text) => {
    expect(effect(text)).toBeUndefined();
  });
});

describe("whatever is written", () => {
  const pieces = [
    "x",
    "status",
    "params",
    ".",
    "(",
    ")",
    "[",
    "]",
    "!",
    "&&",
    "||",
    "=>",
    "==",
    "<",
    "'a'",
    "1",
    "in",
    "not",
    "len",
    "empty",
    ",",
    "-",
    " ",
  ];
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((all) => all.join(" ")),
  );

  test("the parser answers with a tree or with diagnostics inside the string, and never throws", () => {
    fc.assert(
      fc.property(texts, fc.boolean(), (text, isEffect) => {
        const { report, diagnostics } = createReporter();
        const source = JSON.stringify(text.replace(/\p{Cs}/gu, "?")).replaceAll("\u007f", "\\u007f");
        const string = tomlString(source);
        const parsed = isEffect ? parseEffect(string, report) : parseCondition(string, report);
        const inside = diagnostics().every(
          ({ span }) => span.start >= string.span.start && span.end <= string.span.end && span.start < span.end,
        );
        return inside && (parsed === undefined) === diagnostics().length > 0;
      }),
      { numRuns: 2_000, seed: 20261123 },
    );
  });
});
