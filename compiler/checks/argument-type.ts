/** A parameter that is given a value of another type: the action would be refused each time. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Automaton, Param } from "../ir/automaton.ts";
import { printLiteral } from "../ir/print.ts";
import type { Argument } from "../ir/reaction.ts";
import { classOf } from "../ir/type-class.ts";

/** Reports `check/argument-type` for what triggers, composite actions and timeouts give. */
export function checkArguments(
  automaton: Automaton,
  report: Report,
  { automata }: { readonly automata: readonly Automaton[] },
): void {
  for (const { entityType, action: name, params: given } of callsOf(automaton)) {
    const target = automata.find((each) => each.name === entityType);
    const declared = target?.actions.find((each) => each.name === name)?.params ?? [];
    for (const argument of given) {
      const param = declared.find((each) => each.name === argument.param);
      if (param === undefined || fits(argument, param, automaton)) continue;
      const facts = { action: name, param: param.name, type: param.type, value: shown(argument, automaton) };
      report("check/argument-type", argument.span, facts);
    }
  }
}

interface Call {
  readonly entityType: string;
  readonly action: string;
  readonly params: readonly Argument[];
}

function callsOf({ name: entityType, triggers, actions, timeouts }: Automaton): readonly Call[] {
  return [
    ...triggers.flatMap(({ deed }) => (deed.kind === "entity" ? [deed] : [])),
    ...actions.flatMap(({ composite }) => composite?.subWrites ?? []),
    ...timeouts.map(({ action, params }) => ({ entityType, action, params })),
  ];
}

function fits(argument: Argument, { type }: Param, { variables }: Automaton): boolean {
  const kind = classOf(type);
  if (argument.kind === "field") {
    const given = variables.find(({ name }) => name === argument.field)?.type;
    return given === undefined || classOf(given) === kind;
  }
  const { value } = argument;
  if (value === null) return true;
  if (typeof value === "string") return kind === "text";
  if (typeof value === "boolean") return kind === "bool";
  if (typeof value !== "number") return kind === "list";
  return kind === "number" && (type === "float" || (Number.isInteger(value) && (type === "int" || value >= 0)));
}

function shown(argument: Argument, { variables }: Automaton): string {
  if (argument.kind === "field") {
    const type = variables.find(({ name }) => name === argument.field)?.type ?? "field";
    return `the ${type} ${argument.field}`;
  }
  const { value } = argument;
  return typeof value === "object" && value !== null ? "a list" : printLiteral(value);
}
