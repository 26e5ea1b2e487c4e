/** What a service does that the joint states do not follow: where there is any of it, nothing is called held. */
import type { Automaton, Operand, SubWrite } from "../../compiler/ir/index.ts";
import { atomsOf, leavesOf, operandsOf } from "../l1-model-check/expressions.ts";
import type { Group } from "./groups.ts";
import type { Reading } from "./readings.ts";
import { unansweredIn } from "./required.ts";

/** One sentence a gap, in the order of the group; empty where every reaction is followed. */
export function gapsIn(group: Group, readings: readonly Reading[]): readonly string[] {
  const all = [
    ...group.automata.flatMap(gapsOf),
    ...group.automata.flatMap(unansweredIn),
    ...refusedParams(group),
    ...readings.flatMap(gapsOfReading),
  ];
  return [...new Set(all)];
}

/** A delivery whose parameters break a constraint is refused before the step, which alone is asked here. */
function refusedParams({ automata }: Group): readonly string[] {
  const asked = automata.flatMap(({ triggers, actions }) => [
    ...triggers.flatMap(({ deed }) => (deed.kind === "entity" ? [deed] : [])),
    ...actions.flatMap(({ composite }) => composite?.subWrites ?? []),
  ]);
  return automata.flatMap(({ name: type, actions }) =>
    actions.flatMap(({ name, constraints }) =>
      constraints.some(({ param }) => asked.some((each) => isGiven(each, { type, name, param })))
        ? [`the constraints on the parameters of ${type}.${name} are not followed`]
        : [],
    ),
  );
}

function isGiven(
  { entityType, action, params }: Pick<SubWrite, "entityType" | "action" | "params">,
  { type, name, param }: { readonly type: string; readonly name: string; readonly param: string },
): boolean {
  return entityType === type && action === name && params.some((each) => each.param === param);
}

function gapsOf({ name, workflows, strictParams, triggers, actions, variables }: Automaton): readonly string[] {
  const unmodelled = triggers.some(
    ({ deed }) => deed.kind === "wasm" || deed.kind === "adapter" || deed.kind === "hook",
  );
  const numbers = new Set(variables.filter(({ type }) => isNumber(type)).map((each) => each.name));
  const passed = [
    ...triggers.flatMap(({ deed }) => (deed.kind === "entity" ? deed.params : [])),
    ...actions.flatMap(({ composite }) => composite?.subWrites.flatMap(({ params }) => params) ?? []),
  ];
  const amounts = passed.flatMap((each) => (each.kind === "field" && numbers.has(each.field) ? [each.field] : []));
  const filled = actions.flatMap((action) =>
    action.filled.flatMap((each) => (each.kind === "field" ? [each.field] : [])),
  );
  return [
    ...(workflows.length > 0 ? [`the workflows of ${name} are not followed`] : []),
    ...(unmodelled ? [`the modules and hooks of ${name} are not followed`] : []),
    ...(strictParams ? [] : [`fields that undeclared parameters of ${name} set are not followed`]),
    ...[...new Set(amounts)].map((each) => `${name}.${each} is passed on, and not every number was tried`),
    ...[...new Set(filled)].map((each) => `${name}.${each} is read by a guard, and not every value of it was tried`),
  ];
}

function isNumber(type: Operand["type"]): boolean {
  return type === "counter" || type === "int" || type === "float";
}

/** What two entities hold is compared: their values are told apart only from literals. */
function gapsOfReading({ entityType, condition }: Reading): readonly string[] {
  return atomsOf(condition).flatMap((atom) => {
    const leaves = operandsOf(atom).flatMap(leavesOf);
    const [related] = leaves.filter((leaf) => leaf.kind === "related" && leaf.property !== "status");
    const isCompared = leaves.some((leaf) => leaf !== related && leaf.kind !== "literal");
    if (related?.kind !== "related" || !isCompared) return [];
    return [
      `${entityType} is compared with ${related.entityType}.${related.property}, and not every pair of values was tried`,
    ];
  });
}
