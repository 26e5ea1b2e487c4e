/** What can be wrong with a behaviour file: its bytes, its TOML, its expressions, and the automaton they describe. */

import { error, warning } from "./entry.ts";

const folderCodes = {
  "parse/no-spec": error((f: { folder: string }) => `there is no spec in "${f.folder}": no file ends in .ioa.toml`),
  "parse/encoding": error((f: { encoding: string }) => `the file is not UTF-8 text: ${f.encoding}`),
  "parse/too-large": error(
    (f: { bytes: number; max: number }) => `the file has ${f.bytes} bytes, the limit is ${f.max}`,
  ),
} as const;

const tomlCodes = {
  "parse/toml-syntax": error((f: { problem: string }) => `malformed TOML: ${f.problem}`),
  "parse/toml-nesting": error((f: { max: number }) => `TOML nested more than ${f.max} levels deep`),
  "parse/toml-limit": error((f: { what: string; max: number }) => `the file has more than ${f.max} ${f.what}`),
  "parse/unknown-key": error((f: { key: string; table: string }) => `${f.table} has no key "${f.key}"`),
  "parse/missing-key": error((f: { key: string; table: string }) => `${f.table} lacks the key "${f.key}"`),
  "parse/wrong-type": error(
    (f: { key: string; wanted: string; found: string }) => `"${f.key}" must be ${f.wanted}, not ${f.found}`,
  ),
  "parse/number-range": error(
    (f: { number: string }) => `the number ${f.number} is beyond 2^53 − 1, where JavaScript cannot count`,
  ),
  "parse/legacy-key": warning(
    (f: { key: string; table: string }) => `"${f.key}" in ${f.table} is of an older form and does nothing`,
  ),
  "parse/unknown-guard": error((f: { type: string }) => `there is no condition of type ${quoted(f.type)}`),
  "parse/unknown-effect": error((f: { type: string }) => `there is no effect of type ${quoted(f.type)}`),
  "parse/older-form": warning((f: { what: string }) => `${f.what} is written in an older form`),
  "parse/expression-syntax": error((f: { problem: string }) => f.problem),
  "parse/expression-limit": error((f: { what: string }) => `the expression has more than ${f.what}`),
} as const;

const nameCodes = {
  "bind/invalid-name": error(
    (f: { what: string; name: string; why: string }) => `${f.what} cannot be called ${quoted(f.name)}: ${f.why}`,
  ),
  "bind/reserved-name": error(
    (f: { what: string; name: string }) => `the name "${f.name}" belongs to the runtime and cannot be ${f.what}`,
  ),
  "bind/duplicate-name": error((f: { what: string; name: string }) => `${f.what} ${quoted(f.name)} is declared twice`),
  "bind/same-but-for-case": error(
    (f: { what: string; name: string; other: string }) =>
      `${f.what} "${f.name}" differs from "${f.other}" only by case`,
  ),
  "bind/repeated-variable": warning((f: { name: string }) => `the variable "${f.name}" is declared twice alike`),
  "bind/key-without-effect": warning((f: { key: string; what: string }) => `"${f.key}" does nothing in ${f.what}`),
} as const;

const automatonCodes = {
  "bind/unknown-status": error(
    (f: { automaton: string; status: string }) => `automaton "${f.automaton}" has no status ${quoted(f.status)}`,
  ),
  "bind/no-statuses": error((f: { automaton: string }) => `automaton "${f.automaton}" has no statuses`),
  "bind/no-rules": error((f: { automaton: string }) => `automaton "${f.automaton}" has no action that can move it`),
  "bind/unknown-type": error((f: { what: string; type: string }) => `there is no ${f.what} type ${quoted(f.type)}`),
  "bind/unknown-kind": error((f: { kind: string }) => `there is no action kind ${quoted(f.kind)}`),
  "bind/initial-type": error(
    (f: { variable: string; type: string; found: string }) =>
      `the variable "${f.variable}" is a ${f.type}, so it cannot start as ${f.found}`,
  ),
  "bind/terminal-moves": error(
    (f: { status: string; action: string }) => `status "${f.status}" is terminal, yet "${f.action}" leads out of it`,
  ),
  "bind/output-moves": error(
    (f: { action: string; key: string }) => `"${f.action}" is an output, a declared event, so it has no "${f.key}"`,
  ),
  "bind/param-type-differs": error(
    (f: { param: string; action: string; one: string; other: string }) =>
      `parameter "${f.param}" of "${f.action}" is a ${f.one} in one rule and a ${f.other} in another`,
  ),
  "bind/param-shadows-variable": warning(
    (f: { param: string; type: string }) =>
      `parameter "${f.param}" is named like a ${f.type} variable but does not change it`,
  ),
} as const;

const expressionCodes = {
  "bind/unknown-name": error(
    (f: { name: string; automaton: string }) => `automaton "${f.automaton}" has no variable "${f.name}"`,
  ),
  "bind/unknown-param": error(
    (f: { param: string; action: string }) => `action "${f.action}" has no parameter "${f.param}"`,
  ),
  "bind/param-here": error(
    (f: { param: string }) => `"params.${f.param}" has no meaning here: parameters are seen by guards and effects only`,
  ),
  "bind/not-a-bool": error((f: { text: string; type: string }) => `"${f.text}" is a ${f.type}, not a condition`),
  "bind/incomparable": error(
    (f: { left: string; right: string; operator: string }) =>
      `a ${f.left} cannot be compared with a ${f.right} by ${f.operator}`,
  ),
  "bind/not-a-number": error((f: { text: string; type: string }) => `"${f.text}" is a ${f.type}, not a number`),
  "bind/not-a-list": error(
    (f: { text: string; type: string; wanted: string }) => `"${f.text}" is a ${f.type}, not a ${f.wanted}`,
  ),
  "bind/product-of-variables": error((_: object) => "a product needs a literal on one side"),
  "bind/unknown-automaton": error((f: { name: string }) => `there is no automaton ${quoted(f.name)} in this folder`),
  "bind/unknown-reference": warning((f: { type: string }) => `there is no entity type ${quoted(f.type)} to refer to`),
  "bind/unknown-field": error((f: { entity: string; field: string }) => `${f.entity} has no field ${quoted(f.field)}`),
  "bind/unknown-trigger": error(
    (f: { action: string; trigger: string }) =>
      `"${f.action}" asks for the trigger ${quoted(f.trigger)}, of which it has no [[action.triggers]] entry`,
  ),
  "bind/unknown-word": error((f: { word: string }) => `${quoted(f.word)} is none of the words that may stand here`),
  "bind/out-of-range": error((f: { key: string; range: string }) => `"${f.key}" must be ${f.range}`),
  "bind/pattern": error((f: { problem: string }) => `this pattern cannot be used: ${f.problem}`),
  "bind/sub-write-here": error((_: object) => "only a composite action has sub-writes"),
  "bind/target-action": error(
    (f: { entity: string; action: string }) =>
      `automaton "${f.entity}" has no action ${quoted(f.action)} that can be asked for`,
  ),
  "bind/target-param": error(
    (f: { action: string; param: string }) => `"${f.action}" does not take the parameter ${quoted(f.param)}`,
  ),
  "bind/copied-field": error(
    (f: { entity: string; field: string }) =>
      `the new ${f.entity} has no place for a copy of "${f.field}": neither a field nor a parameter of its first action`,
  ),
  "bind/related-here": error(
    (f: { type: string }) =>
      `the status of a related ${f.type} can be asked in guards only: here it would not be kept true`,
  ),
  "bind/related-property": error(
    (f: { property: string }) => `"${f.property}" of a related entity cannot be asked in a guard: only its status is`,
  ),
  "bind/two-related": error((_: object) => "both sides are values of related entities"),
  "bind/unknown-action": error(
    (f: { automaton: string; action: string }) => `automaton "${f.automaton}" has no action ${quoted(f.action)}`,
  ),
  "bind/request-arguments": error((f: { usage: string }) => `the arguments do not fit: ${f.usage}`),
  "bind/implicit-counter-effect": warning(
    (f: { action: string; change: string }) =>
      `"${f.action}" has no effect, and by its name it ${f.change} every counter`,
  ),
  "bind/vacuous-invariant": warning(
    (f: { invariant: string }) => `the invariant "${f.invariant}" says nothing: it is true of everything`,
  ),
  "bind/unknown-effect": error((f: { name: string }) => `there is no effect called "${f.name}"`),
  "bind/effect-type": error(
    (f: { variable: string; type: string; value: string }) =>
      `the ${f.type} variable "${f.variable}" cannot take a ${f.value}`,
  ),
  "bind/status-assigned": error((_: object) => `the status is changed by "to", not by an effect`),
} as const;

const checkCodes = {
  "check/not-available-yet": error(
    (f: { construct: string }) => `${f.construct} cannot be run by this version: it can be checked and verified only`,
  ),
  "check/param-not-given": warning(
    (f: { action: string; param: string }) =>
      `"${f.action}" requires the parameter "${f.param}", which is not given here, so it will be refused`,
  ),
  "check/counter-underflow": warning(
    (f: { counter: string; amount: string }) => `"${f.counter}" may be less than ${f.amount} here, and then stops at 0`,
  ),
  "check/never-written": warning((f: { variable: string }) => `nothing ever changes the variable "${f.variable}"`),
  "check/no-on-failure": warning(
    (f: { trigger: string }) => `the trigger ${quoted(f.trigger)} does not say what follows when it fails`,
  ),
  "check/nobody-may": warning(
    (f: { who: string; action: string }) => `no policy permits ${f.who} to take "${f.action}"`,
  ),
  "check/rule-cannot-fire": warning(
    (f: { action: string; guard: string }) =>
      `this rule of "${f.action}" can never fire: ${f.guard} is always false here`,
  ),
  "check/trigger-cycle": warning((f: { path: string }) => `these actions ask for each other in a circle: ${f.path}`),
  "check/shadowed-rule": warning(
    (f: { action: string; statuses: string }) =>
      `this rule of "${f.action}" never decides: an earlier one already does in ${f.statuses}`,
  ),
  "check/unreachable-status": warning((f: { status: string }) => `no chain of rules leads to status "${f.status}"`),
  "check/unused-variable": warning((f: { variable: string }) => `the variable "${f.variable}" is never read`),
  "check/waits-for-ever": warning((f: { status: string }) => `an entity may wait in status "${f.status}" for ever`),
} as const;

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
