/** What can be wrong with a behaviour file: its bytes, its TOML, its expressions, and the automaton they describe. */

import { error, warning } from "./entry.ts";

const folderCodes = {
  "parse/no-spec": error(
    (f: { folder: string }) => `there is no spec in "${f.folder}": no file ends in .ioa.toml`,
    "write one, or let temperc init write one to begin from",
  ),
  "parse/encoding": error((f: { encoding: string }) => `the file is not UTF-8 text: ${f.encoding}`, "save it as UTF-8"),
  "parse/too-large": error(
    (f: { bytes: number; max: number }) => `the file has ${f.bytes} bytes, the limit is ${f.max}`,
    "split it: each automaton may have a file of its own",
  ),
} as const;

const tomlCodes = {
  "parse/toml-syntax": error(
    (f: { problem: string }) => `malformed TOML: ${f.problem}`,
    "texts stand in quotes, lists in [ ], and each key has a line of its own",
  ),
  "parse/toml-nesting": error(
    (f: { max: number }) => `TOML nested more than ${f.max} levels deep`,
    "no table of a spec is that deep: take brackets away",
  ),
  "parse/toml-limit": error(
    (f: { what: string; max: number }) => `the file has more than ${f.max} ${f.what}`,
    "shorten it, or split the file: each automaton may have one of its own",
  ),
  "parse/unknown-key": error((f: { key: string; table: string }) => `${f.table} has no key "${f.key}"`),
  "parse/missing-key": error(
    (f: { key: string; table: string }) => `${f.table} lacks the key "${f.key}"`,
    (f) => `add ${f.key} = …`,
  ),
  "parse/wrong-type": error(
    (f: { key: string; wanted: string; found: string }) => `"${f.key}" must be ${f.wanted}, not ${f.found}`,
    (f) => `give it ${f.wanted}`,
  ),
  "parse/number-range": error(
    (f: { number: string }) => `the number ${f.number} is beyond 2^53 − 1, where JavaScript cannot count`,
    "use a smaller number",
  ),
  "parse/legacy-key": warning(
    (f: { key: string; table: string }) => `"${f.key}" in ${f.table} is of an older form and does nothing`,
    "take it out: nothing changes",
  ),
  "parse/unread-setting": warning(
    (f: { key: string }) => `nothing reads the setting "${f.key}"`,
    "give it on the command line: temperc COMMAND --help shows the options and their limits",
  ),
  "parse/unknown-guard": error((f: { type: string }) => `there is no condition of type ${quoted(f.type)}`),
  "parse/unknown-effect": error((f: { type: string }) => `there is no effect of type ${quoted(f.type)}`),
  "parse/older-form": warning((f: { what: string }) => `${f.what} is written in an older form`),
  "parse/expression-syntax": error((f: { problem: string }) => f.problem),
  "parse/expression-limit": error(
    (f: { what: string }) => `the expression has more than ${f.what}`,
    "split it: an array of conditions is their conjunction",
  ),
} as const;

const nameCodes = {
  "bind/invalid-name": error(
    (f: { what: string; name: string; why: string }) => `${f.what} cannot be called ${quoted(f.name)}: ${f.why}`,
    "choose another name",
  ),
  "bind/reserved-name": error(
    (f: { what: string; name: string }) => `the name "${f.name}" belongs to the runtime and cannot be ${f.what}`,
    "choose another name",
  ),
  "bind/duplicate-name": error(
    (f: { what: string; name: string }) => `${f.what} ${quoted(f.name)} is declared twice`,
    "rename or remove one of the two",
  ),
  "bind/same-but-for-case": error(
    (f: { what: string; name: string; other: string }) =>
      `${f.what} "${f.name}" differs from "${f.other}" only by case`,
    "write both alike, or tell them apart by more than case",
  ),
  "bind/repeated-variable": warning(
    (f: { name: string }) => `the variable "${f.name}" is declared twice alike`,
    "remove one of the two",
  ),
  "bind/key-without-effect": warning((f: { key: string; what: string }) => `"${f.key}" does nothing in ${f.what}`),
} as const;

const automatonCodes = {
  "bind/unknown-status": error(
    (f: { automaton: string; status: string }) => `automaton "${f.automaton}" has no status ${quoted(f.status)}`,
    "add it to states, or name a status that is there",
  ),
  "bind/no-statuses": error(
    (f: { automaton: string }) => `automaton "${f.automaton}" has no statuses`,
    'states = ["Open", "Closed"]',
  ),
  "bind/no-rules": error(
    (f: { automaton: string }) => `automaton "${f.automaton}" has no action that can move it`,
    "add an [[action]] with a from and a to",
  ),
  "bind/unknown-type": error((f: { what: string; type: string }) => `there is no ${f.what} type ${quoted(f.type)}`),
  "bind/unknown-kind": error((f: { kind: string }) => `there is no action kind ${quoted(f.kind)}`),
  "bind/initial-type": error(
    (f: { variable: string; type: string; found: string }) =>
      `the variable "${f.variable}" is a ${f.type}, so it cannot start as ${f.found}`,
    (f) => initials[f.type] ?? "take initial out: there is a value for each type",
  ),
  "bind/terminal-moves": error(
    (f: { status: string; action: string }) => `status "${f.status}" is terminal, yet "${f.action}" leads out of it`,
    (f) => `take "${f.status}" out of terminal, or out of the from of "${f.action}"`,
  ),
  "bind/output-moves": error(
    (f: { action: string; key: string }) => `"${f.action}" is an output, a declared event, so it has no "${f.key}"`,
    (f) => `remove "${f.key}", or give the action another kind`,
  ),
  "bind/param-type-differs": error(
    (f: { param: string; action: string; one: string; other: string }) =>
      `parameter "${f.param}" of "${f.action}" is a ${f.one} in one rule and a ${f.other} in another`,
    "declare it alike in every rule of the action",
  ),
  "bind/param-shadows-variable": warning(
    (f: { param: string; type: string }) =>
      `parameter "${f.param}" is named like a ${f.type} variable but does not change it`,
  ),
} as const;

const expressionCodes = {
  "bind/unknown-name": error(
    (f: { name: string; automaton: string }) => `automaton "${f.automaton}" has no variable "${f.name}"`,
    (f) => `declare it: [[state]] name = "${f.name}"`,
  ),
  "bind/unknown-param": error(
    (f: { param: string; action: string }) => `action "${f.action}" has no parameter "${f.param}"`,
  ),
  "bind/param-here": error(
    (f: { param: string }) => `"params.${f.param}" has no meaning here: parameters are seen by guards and effects only`,
    "have an effect store it in a variable, and ask for that",
  ),
  "bind/not-a-bool": error(
    (f: { text: string; type: string }) => `"${f.text}" is a ${f.type}, not a condition`,
    "compare it with a value, by == or !=",
  ),
  "bind/incomparable": error(
    (f: { left: string; right: string; operator: string }) =>
      `a ${f.left} cannot be compared with a ${f.right} by ${f.operator}`,
    comparing,
  ),
  "bind/not-a-number": error(
    (f: { text: string; type: string }) => `"${f.text}" is a ${f.type}, not a number`,
    "use a counter, an int, a float or len(list)",
  ),
  "bind/not-a-list": error(
    (f: { text: string; type: string; wanted: string }) => `"${f.text}" is a ${f.type}, not a ${f.wanted}`,
    (f) => `name a variable of type ${f.wanted}`,
  ),
  "bind/product-of-variables": error(
    (_: object) => "a product needs a literal on one side",
    "multiply by a number, such as 2 * items",
  ),
  "bind/unknown-automaton": error(
    (f: { name: string }) => `there is no automaton ${quoted(f.name)} in this folder`,
    "add a file with [automaton] and this name, or name one that is there",
  ),
  "bind/unknown-reference": warning(
    (f: { type: string }) => `there is no entity type ${quoted(f.type)} to refer to`,
    "leave entity_type out where it is no type of this folder",
  ),
  "bind/unknown-field": error(
    (f: { entity: string; field: string }) => `${f.entity} has no field ${quoted(f.field)}`,
    (f) => `declare it: [[state]] name = ${quoted(f.field)}`,
  ),
  "bind/unknown-placeholder": warning(
    (f: { field: string }) => `there is no field ${quoted(f.field)}, so nothing will be filled in here`,
  ),
  "bind/webhook-address": warning(
    (f: { url: string }) => `${quoted(f.url)} is no address that a webhook can be sent to`,
    "give it a URL that begins with https:// or http://",
  ),
  "bind/unknown-category": warning(
    (f: { category: string }) => `no failure of a webhook is called ${quoted(f.category)}, so this is never taken`,
  ),
  "bind/unknown-trigger": error(
    (f: { action: string; trigger: string }) =>
      `"${f.action}" asks for the trigger ${quoted(f.trigger)}, of which it has no [[action.triggers]] entry`,
    (f) => `add [[action.triggers]] with name = ${quoted(f.trigger)} below "${f.action}"`,
  ),
  "bind/unknown-word": error((f: { word: string }) => `${quoted(f.word)} is none of the words that may stand here`),
  "bind/out-of-range": error(
    (f: { key: string; range: string }) => `"${f.key}" must be ${f.range}`,
    (f) => `give it ${f.range.replace("or more", "or a larger number")}`,
  ),
  "bind/pattern": error(
    (f: { problem: string }) => `this pattern cannot be used: ${f.problem}`,
    "a pattern is characters, classes such as [A-Z], and counts such as {1,6}; min_length and max_length bound the length",
  ),
  "bind/sub-write-here": error((_: object) => "only a composite action has sub-writes", 'add kind = "composite"'),
  "bind/target-action": error(
    (f: { entity: string; action: string }) =>
      `automaton "${f.entity}" has no action ${quoted(f.action)} that can be asked for`,
    (f) => `add [[action]] with name = ${quoted(f.action)} to "${f.entity}", of kind input or internal`,
  ),
  "bind/target-param": error(
    (f: { action: string; param: string }) => `"${f.action}" does not take the parameter ${quoted(f.param)}`,
    (f) => `declare it: params = [${quoted(f.param)}] in "${f.action}"`,
  ),
  "bind/copied-field": error(
    (f: { entity: string; field: string }) =>
      `the new ${f.entity} has no place for a copy of "${f.field}": neither a field nor a parameter of its first action`,
    (f) => `declare it in ${f.entity}: [[state]] name = "${f.field}"`,
  ),
  "bind/related-here": error(
    (f: { type: string }) =>
      `the status of a related ${f.type} can be asked in guards only: here it would not be kept true`,
  ),
  "bind/related-property": error(
    (f: { property: string }) => `"${f.property}" of a related entity cannot be asked in a guard: only its status is`,
  ),
  "bind/two-related": error(
    (_: object) => "both sides are values of related entities",
    "compare one with a value: have an effect store the other in a variable",
  ),
  "bind/unknown-action": error(
    (f: { automaton: string; action: string }) => `automaton "${f.automaton}" has no action ${quoted(f.action)}`,
    (f) => `add [[action]] with name = ${quoted(f.action)}`,
  ),
  "bind/request-arguments": error(
    (f: { usage: string }) => `the arguments do not fit: ${f.usage}`,
    (f) => `write ${f.usage}`,
  ),
  "bind/implicit-counter-effect": warning(
    (f: { action: string; change: string }) =>
      `"${f.action}" has no effect, and by its name it ${f.change} every counter`,
  ),
  "bind/vacuous-invariant": warning(
    (f: { invariant: string }) => `the invariant "${f.invariant}" says nothing: it is true of everything`,
    "say what must hold, or take it out",
  ),
  "bind/unknown-effect": error(
    (f: { name: string }) => `there is no effect called "${f.name}"`,
    (f) => `write an assignment such as items += 1, or declare what "${f.name}" was to change`,
  ),
  "bind/effect-type": error(
    (f: { variable: string; type: string; value: string }) =>
      `the ${f.type} variable "${f.variable}" cannot take a ${f.value}`,
    (f) => takes[f.type] ?? `give it a ${f.type}`,
  ),
  "bind/status-assigned": error((_: object) => `the status is changed by "to", not by an effect`),
} as const;

const checkCodes = {
  "check/not-available-yet": error(
    (f: { construct: string }) => `${f.construct} cannot be run by this version: it can be checked and verified only`,
    "take it out to build or serve; temperc check and temperc verify take it as it is",
  ),
  "check/param-not-given": warning(
    (f: { action: string; param: string }) =>
      `"${f.action}" requires the parameter "${f.param}", which is not given here, so it will be refused`,
    (f) => `give it by params or params_from, or declare it as required = false in "${f.action}"`,
  ),
  "check/argument-type": warning(
    (f: { action: string; param: string; type: string; value: string }) =>
      `"${f.action}" is given ${f.value} for "${f.param}", which is of type ${f.type}, so it will be refused`,
    (f) => `give it a value of type ${f.type}, or declare "${f.param}" of another type in "${f.action}"`,
  ),
  "check/counter-underflow": warning(
    (f: { counter: string; amount: string }) => `"${f.counter}" may be less than ${f.amount} here, and then stops at 0`,
  ),
  "check/never-written": warning(
    (f: { variable: string }) => `nothing ever changes the variable "${f.variable}"`,
    "write it in an effect, or take it out and put its initial value where it is read",
  ),
  "check/no-on-failure": warning(
    (f: { trigger: string }) => `the trigger ${quoted(f.trigger)} does not say what follows when it fails`,
    "add on_failure with the action that follows then, or failure_routes",
  ),
  "check/nobody-may": warning(
    (f: { who: string; action: string }) => `no policy permits ${f.who} to take "${f.action}"`,
    (f) => `add a policy: permit(principal, action in Action::"${f.action}", resource);`,
  ),
  "check/policy-status": warning(
    (f: { id: string; entity: string; status: string }) =>
      `the policy ${quoted(f.id)} asks for the status ${quoted(f.status)}, which ${f.entity} never has`,
  ),
  "check/rule-cannot-fire": warning(
    (f: { action: string; guard: string }) =>
      `this rule of "${f.action}" can never fire: ${f.guard} is always false here`,
    "change the guard, or remove the rule",
  ),
  "check/trigger-cannot-fire": warning(
    (f: { trigger: string; action: string; status: string }) =>
      `the trigger ${quoted(f.trigger)} never fires: "${f.action}" does not lead to status ${quoted(f.status)}`,
    "name a status in to_state that the action leads to, or leave it out",
  ),
  "check/trigger-cycle": warning(
    (f: { path: string }) => `these actions ask for each other in a circle: ${f.path}`,
    "end it: give one of the triggers a guard or a to_state that is not met for ever",
  ),
  "check/shadowed-rule": warning(
    (f: { action: string; statuses: string }) =>
      `this rule of "${f.action}" never decides: an earlier one already does in ${f.statuses}`,
    "put the guards of both into one rule, or give them different statuses in from",
  ),
  "check/unreachable-status": warning(
    (f: { status: string }) => `no chain of rules leads to status "${f.status}"`,
    (f) => `add an action with to = "${f.status}", or take the status out`,
  ),
  "check/unused-variable": warning(
    (f: { variable: string }) => `the variable "${f.variable}" is never read`,
    "read it in a guard, an invariant or a trigger, or remove it",
  ),
  "check/waits-for-ever": warning((f: { status: string }) => `an entity may wait in status "${f.status}" for ever`),
} as const;

/** What a variable of the type may begin with. */
const initials: Readonly<Record<string, string>> = {
  counter: "a counter starts as 0 or a whole number above it",
  int: "an int starts as a whole number",
  float: "a float starts as a number",
  bool: "a bool starts as true or false",
  string: "a string starts as a text in quotes",
  ref: "a ref starts as the id of an entity in quotes, or as none",
  list: 'a list starts as an array of texts, such as ["a", "b"]',
  set: 'a set starts as an array of texts, such as ["a", "b"]',
};

/** What an effect gives to a variable of the type. */
const takes: Readonly<Record<string, string>> = {
  counter: "it takes a whole number, a counter or a parameter that is one",
  int: "it takes a whole number, or a variable or parameter that is one",
  float: "it takes a number, or a variable or parameter that is one",
  bool: "it takes true, false, or a bool",
  string: "it takes a text in single quotes, or a variable or parameter that is one",
  ref: "it takes the id of an entity in single quotes, a ref, or null",
  list: "it changes by append and remove_at",
  set: "it changes by append and remove",
};

/** Two sides of one type are what it takes, but for order, which only numbers have. */
function comparing({ left, right, operator }: { left: string; right: string; operator: string }): string {
  if (operator === "==" || operator === "!=")
    return `compare the ${left} with a ${left}, or the ${right} with a ${right}`;
  return `only numbers have an order: ${operator} takes one on each side`;
}

function quoted(name: string): string {
  return JSON.stringify(name);
}

export const automatonCatalogue = {
  ...folderCodes,
  ...tomlCodes,
  ...nameCodes,
  ...automatonCodes,
  ...expressionCodes,
  ...checkCodes,
} as const;
