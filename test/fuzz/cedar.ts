/** Cedar policies by Cedar's grammar, with names that are there and names that are not, and as soup of tokens. */
import fc from "fast-check";

const entityTypes = ["Ticket", "Customer", "Agent", "Admin", "System", "Nobody"];
const principals = [
  "principal",
  "principal is Agent",
  'principal == Customer::"a"',
  'principal in Agent::"x"',
  "principal is Nobody",
];
const actions = [
  ...[
    "action",
    'action == Action::"Ticket::Close"',
    'action in Action::"read"',
    'action == Action::"read"',
    "action in []",
  ],
  ...[
    'action in [Action::"Ticket::create", Action::"Ticket::read"]',
    'action == Action::"Ticket::Clsoe"',
    'action == Agent::"x"',
  ],
];
const resources = [
  "resource",
  "resource is Ticket",
  'resource == Ticket::"t-1"',
  "resource is Nobody",
  'resource is Ticket in Ticket::"x"',
];
const texts = ['"a"', '""', '"é🙂"', '"\\n"', '"\\u{1F642}"', '"\\0"', '"*/"', '"$\u007bx}"', '"\\x"', '"\n"'];
const leaves = [
  ...[
    "principal.id",
    "principal.roles",
    "principal.kind",
    "resource.id",
    "resource.status",
    "resource.c",
    "resource.t",
  ],
  ...["context.p", "context.q", "context.nothing", "resource.statsu", "principal", "resource", "action", "context"],
  ...[
    "true",
    "false",
    "0",
    "9223372036854775807",
    "9223372036854775808",
    "-1",
    "[]",
    '{ "a": 1 }',
    "?principal",
    "?resource",
  ],
  ...['ip("1.2.3.4")', 'ip("x")', 'decimal("1.23")', 'decimal("x")', 'datetime("2026-01-01")', "unknown", ...texts],
  ...entityTypes.map((each) => `${each}::"x"`),
];
const operators = ["==", "!=", "<", "<=", ">", ">=", "&&", "||", "+", "-", "*", "in", "like", "has"];
const methods = ["contains", "containsAll", "containsAny", "isEmpty", "lessThan", "isInRange", "getTag", "hasTag", "x"];

const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 5, depthSize: "small" },
    fc.constantFrom(...leaves),
    fc.tuple(tie("expression"), fc.constantFrom(...operators), tie("expression")).map((parts) => parts.join(" ")),
    tie("expression").map((each) => `(${each})`),
    tie("expression").map((each) => `!(${each})`),
    fc
      .tuple(tie("expression"), fc.constantFrom(...methods), tie("expression"))
      .map(([on, name, given]) => `(${on}).${name}(${given})`),
    fc.tuple(tie("expression"), tie("expression"), tie("expression")).map(([a, b, c]) => `if ${a} then ${b} else ${c}`),
    fc.tuple(tie("expression"), fc.constantFrom("id", "x", "status")).map(([on, name]) => `(${on}).${name}`),
    fc.tuple(tie("expression"), fc.constantFrom(...entityTypes)).map(([each, type]) => `${each} is ${type}`),
    fc.array(tie("expression"), { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
  ),
}));

const id = fc.constantFrom("a", "b", "policy0", "__proto__", "constructor", "", "\\n", "é", "a".repeat(2_000));
const condition = fc.tuple(fc.constantFrom("when", "unless"), expression).map(([word, each]) => `${word} { ${each} }`);
const policy = fc
  .record({
    annotation: fc.oneof(
      { weight: 3, arbitrary: fc.constant("") },
      id.map((each) => `@id("${each}")\n`),
    ),
    effect: fc.constantFrom("permit", "permit", "forbid"),
    principal: fc.constantFrom(...principals),
    action: fc.constantFrom(...actions),
    resource: fc.constantFrom(...resources),
    conditions: fc.array(condition, { maxLength: 2 }),
  })
  .map((p) => `${p.annotation}${p.effect} (${p.principal}, ${p.action}, ${p.resource}) ${p.conditions.join(" ")};\n`);

/** Up to four policies that Cedar's grammar allows, most of them. */
export const policies: fc.Arbitrary<string> = fc
  .array(policy, { minLength: 1, maxLength: 4 })
  .map((each) => each.join(""));

const words = [
  ...[
    "permit",
    "forbid",
    "when",
    "unless",
    "@id",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ",",
    ";",
    ".",
    "::",
    "@",
    "//",
    "\n",
    "'",
    '"',
  ],
  ...[
    ...principals,
    ...actions,
    ...resources,
    ...leaves,
    ...operators,
    "if",
    "then",
    "else",
    "is",
    "\t",
    "\0",
    "\ud800",
    "é",
    "🙂",
  ],
];

/** No policy but by chance. */
export const soup: fc.Arbitrary<string> = fc
  .tuple(fc.array(fc.constantFrom(...words), { maxLength: 25 }), fc.constantFrom("", " "))
  .map(([each, between]) => each.join(between));
