/** Behaviour files by the parser's own table of keys: mostly right values, some of the wrong type, some that are hostile. */
import fc from "fast-check";
import * as forms from "../../compiler/parse/automaton-forms.ts";
import { agentTriggerForm, integrationForm } from "../../compiler/parse/older-triggers.ts";
import * as reactionForms from "../../compiler/parse/reaction-forms.ts";
import { condition, effect, quoted } from "./expressions.ts";

const statuses = ["Open", "Closed", "Done"];
const variables = ["c", "n", "f", "b", "t", "l", "s"];
const strangers = [
  ...[
    "Opne",
    "",
    " ",
    "1st",
    "class",
    "__proto__",
    "constructor",
    "a'b",
    'a"b',
    "*/ x /*",
    "$\u007bx}",
    "a\nb",
    "\u2028",
  ],
  ...[
    "größe",
    "Id",
    "status",
    "ctx_x_status",
    "a".repeat(129),
    "\ud800",
    "🙂",
    "../x",
    "CON",
    "Ticket",
    "read",
    "toString",
  ],
];
const types = [
  "counter",
  "bool",
  "list",
  "set",
  "string",
  "status",
  "int",
  "integer",
  "float",
  "number",
  "ref",
  "conter",
];

const string = (from: readonly string[]): fc.Arbitrary<string> =>
  fc
    .oneof({ weight: 12, arbitrary: fc.constantFrom(...from) }, fc.constantFrom(...strangers))
    .map((each) => JSON.stringify(each));
const several = (item: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(item, { maxLength: 4 }).map((items) => `[${items.join(", ")}]`);

const scalars = [
  ...[
    "0",
    "-1",
    "1.5",
    "inf",
    "nan",
    "-0.0",
    "true",
    "false",
    "1979-05-27",
    "07:32:00",
    "1979-05-27T07:32:00Z",
    "[]",
    "{}",
  ],
  ...["9223372036854775807", "9007199254740993", "0xff", "1_000", "1e400", "{ a.b = 1 }", "[[], [[]]]", "''", '""""""'],
];
const { anyValue } = fc.letrec<{ anyValue: string }>((tie) => ({
  anyValue: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.constantFrom(...scalars),
    string(statuses),
    several(tie("anyValue")),
    fc.array(fc.tuple(string(variables), tie("anyValue")), { maxLength: 3 }).map(inlineTable),
  ),
}));

function inlineTable(pairs: readonly (readonly [string, string])[]): string {
  return `{ ${pairs.map((pair) => pair.join(" = ")).join(", ")} }`;
}

const param = fc.oneof(
  string(["p", "q", "c", "t"]),
  fc
    .record({ name: string(["p", "q", "c", "t"]), type: string(types) })
    .map((each) => inlineTable(Object.entries(each))),
);
/** What a key is meant to have. */
const meant = new Map<string, fc.Arbitrary<string>>([
  ["states", fc.constant(JSON.stringify(statuses))],
  ["initial", string(["Open"])],
  ["terminal", fc.oneof(several(string(["Done"])), several(string(statuses)))],
  ["allow_indefinite_states", several(string(statuses))],
  ["type", string(types)],
  ["entity_type", string(["Ticket", "Nobody"])],
  ["kind", string(["input", "internal", "output", "composite", "INPUT", "imput"])],
  ["from", fc.oneof(string(statuses), several(string(statuses)))],
  ["to", string(statuses)],
  ["reaches", several(string(statuses))],
  ["eventually", several(string(statuses))],
  ["guard", quoted(condition)],
  ["effect", fc.oneof(quoted(effect), several(quoted(effect)))],
  ["assert", quoted(condition)],
  ["params", several(param)],
  ["hint", string(["Closes it."])],
  ["message", string(["No."])],
  ["required", fc.constantFrom("true", "false")],
  ["has_actions", fc.constantFrom("true", "false")],
  ["strict_action_params", fc.constantFrom("true", "false")],
]);
const names = new Map([
  ["automaton", ["Ticket"]],
  ["state", variables],
]);

function valueFor(table: string, key: string): fc.Arbitrary<string> {
  const right = key === "name" ? string(names.get(table) ?? ["Close", "Reopen", "Kept"]) : meant.get(key);
  if (right === undefined) return anyValue;
  return fc.oneof({ weight: 30, arbitrary: right }, anyValue);
}

/** Keys without which a table says little. */
const usual = new Set(["name", "states", "initial", "type", "assert", "reaches", "from", "to"]);

function tableOf(table: string, keys: readonly string[]): fc.Arbitrary<string> {
  const lines = keys.map((key) => {
    const line = valueFor(table, key).map((value) => `${key} = ${value}\n`);
    const freq = table === "state" && key === "initial" ? 1 : usual.has(key) ? 30 : 1;
    return fc.oneof({ weight: freq, arbitrary: line }, { weight: 1, arbitrary: fc.constant("") });
  });
  const stray = fc.tuple(string(["gaurd", "x", "a.b", "triggers"]), anyValue).map((pair) => `${pair.join(" = ")}\n`);
  const strays = fc.oneof({ weight: 20, arbitrary: fc.constant("") }, stray);
  return fc.tuple(...lines, strays).map((written) => written.join(""));
}

const tables = new Map(
  [...Object.values(forms), ...Object.values(reactionForms), integrationForm, agentTriggerForm].flatMap(
    (form): [string, readonly string[]][] =>
      "keys" in form && "name" in form && form.name.startsWith("[")
        ? [[form.name.replace(/[[\]]/g, ""), Object.keys(form.keys)]]
        : [],
  ),
);

const body = fc.array(
  fc
    .oneof(
      { weight: 8, arbitrary: fc.constantFrom(...tables.keys(), "action") },
      fc.constantFrom(...Object.keys(forms.fileForm.keys), "x"),
    )
    .chain((table) => {
      const head =
        table === "automaton"
          ? fc.constant("[automaton]")
          : fc.constantFrom(...Array(20).fill(`[[${table}]]`), `[${table}]`);
      return fc.tuple(head, tableOf(table, tables.get(table) ?? ["name"])).map((parts) => parts.join("\n"));
    })
    .filter((text) => !text.startsWith("[automaton]")),
  { maxLength: 6 },
);

/** One file: its head, variables that conditions speak of, and up to six tables more. */
export const behaviour: fc.Arbitrary<string> = fc
  .record({ head: tableOf("automaton", tables.get("automaton") ?? []), known: fc.subarray(variables), body })
  .map(({ head, known, body: rest }) =>
    ["[automaton]", head, ...known.map(variableTable), firstAction, ...rest].join("\n"),
  );

const firstAction = '[[action]]\nname = "Start"\nkind = "input"\nfrom = "Open"\nto = "Closed"\n';
const variableTypes = new Map([
  ["c", "counter"],
  ["n", "int"],
  ["f", "float"],
  ["b", "bool"],
  ["t", "string"],
  ["l", "list"],
]);

function variableTable(name: string): string {
  return `[[state]]\nname = "${name}"\ntype = "${variableTypes.get(name) ?? "set"}"\n`;
}
