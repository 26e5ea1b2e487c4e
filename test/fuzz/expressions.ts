/** Conditions and effects: by the grammar, by the grammar with the wrong names, as soup of tokens, and as any text. */
import fc from "fast-check";

const names = ["c", "n", "f", "b", "t", "l", "s", "status", "params.p", "params.q", "params.o"];
const strangers = [
  "x",
  "params.x",
  "Ticket[c].status",
  "Nobody[id].status",
  "größe",
  "__proto__",
  "constructor",
  "params.params",
];
const literals = ["0", "1", "-1", "007", "1.5", "9007199254740993", "1".repeat(400), "true", "false", "null"];
const texts = ["''", "'a'", "'it''s'", "'🙂'", "'\u2028'", "'*/'", "'$\u007bx}'", "'Open'"];
const comparisons = ["==", "!=", "<", "<=", ">", ">="];

const name = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...names) }, fc.constantFrom(...strangers));
const literal = fc.constantFrom(...literals, ...texts);
const list = fc.array(literal, { maxLength: 3 }).map((items) => `[${items.join(", ")}]`);
const leaf = fc.oneof({ weight: 4, arbitrary: name }, literal);

const { operand } = fc.letrec<{ operand: string }>((tie) => ({
  operand: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    leaf,
    name.map((each) => `len(${each})`),
    fc.tuple(tie("operand"), fc.constantFrom("+", "-", "*"), tie("operand")).map((parts) => parts.join(" ")),
  ),
}));

const atom = fc.oneof(
  name,
  fc.tuple(operand, fc.constantFrom(...comparisons), operand).map((parts) => parts.join(" ")),
  fc.tuple(leaf, fc.constantFrom("in", "not in"), fc.oneof(list, name)).map((parts) => parts.join(" ")),
  name.map((each) => `empty(${each})`),
);

const { grammatical } = fc.letrec<{ grammatical: string }>((tie) => ({
  grammatical: fc.oneof(
    { maxDepth: 5, depthSize: "small" },
    atom,
    tie("grammatical").map((each) => `(${each})`),
    tie("grammatical").map((each) => `!(${each})`),
    fc.tuple(tie("grammatical"), fc.constantFrom("&&", "||", "=>"), tie("grammatical")).map((parts) => parts.join(" ")),
  ),
}));

const argument = fc.oneof(leaf, operand);
const requests = [
  ...["schedule('Close', 5)", "schedule_at('Close', t)", "schedule('x')", "spawn('Ticket', 'Close', t)", "emit Closed"],
  ...["increment c by n", "decrement c", "set b true", "trigger Close", "{ type = 'increment', var = 'c' }", "[]"],
];
const call = fc.constantFrom("append", "remove", "remove_at", "clear", "len", "spawn", "schedule", "schedule_at");
const grammaticalEffect = fc.oneof(
  fc.tuple(name, fc.constantFrom("=", "+=", "-="), argument).map((parts) => parts.join(" ")),
  fc.record({ call, name, argument }).map((each) => `${each.call}(${each.name}, ${each.argument})`),
  fc.constantFrom(...requests),
);

/** The older forms of guards and assertions among them. */
const words = [
  ...[...names, ...strangers, ...literals, ...texts, ...comparisons],
  ...[
    "(",
    ")",
    "[",
    "]",
    ",",
    ".",
    "&&",
    "||",
    "=>",
    "!",
    "=",
    "+=",
    "-=",
    "+",
    "-",
    "*",
    "/",
    "&",
    "|",
    "'",
    '"',
    "#",
  ],
  ...[
    "in",
    "not",
    "and",
    "or",
    "empty",
    "len",
    "params",
    "min",
    "max",
    "is_true",
    "list_contains",
    "never",
    "ordering",
  ],
  ...["no_further_transitions", "state_in", "\n", "\t", "\u00a0", "\ud800", "\0", "\\", "$", "é", "🙂"],
];
const soup = fc
  .tuple(fc.array(fc.constantFrom(...words), { maxLength: 12 }), fc.constantFrom("", " "))
  .map(([each, between]) => each.join(between));

const anything = fc.oneof(soup, soup, fc.string({ unit: "binary", maxLength: 30 }), fc.string({ maxLength: 30 }));

export const condition: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: grammatical },
  { weight: 2, arbitrary: anything },
);
export const effect: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: grammaticalEffect },
  { weight: 2, arbitrary: anything },
);

/** A text as TOML writes it, in one of its four ways; what a way cannot write comes out as broken TOML. */
export const quoted = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(text, fc.nat({ max: 9 })).map(([each, way]) => {
    if (way === 0) return `'${each}'`;
    if (way === 1) return `'''\n${each}'''`;
    if (way === 2) return `"""\\\n  ${JSON.stringify(each).slice(1, -1)}"""`;
    if (way === 3) return JSON.stringify(each).replaceAll(" ", "\\u0020").replaceAll("🙂", "\\U0001F642");
    return JSON.stringify(each);
  });
