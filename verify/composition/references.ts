/** Which variables, fields and parameters hold ids of which types: found from where ids are used, against the flow of values. */
import type { Automaton, Operand, Target } from "../../compiler/ir/index.ts";
import { atomsOf, leavesOf, operandsOf } from "../l1-model-check/expressions.ts";
import type { Group } from "./groups.ts";
import type { Reading } from "./readings.ts";

/** A property of a type, or a parameter of one of its actions. */
type Holder = string;

export function propertyHolder(type: string, name: string): Holder {
  return JSON.stringify([type, name]);
}

export function paramHolder(type: string, action: string, param: string): Holder {
  return JSON.stringify([type, action, param]);
}

interface Flow {
  readonly from: Holder;
  readonly to: Holder;
}

/** By holder, the types whose entities it can name; absent where nothing follows what it holds. */
export type References = ReadonlyMap<Holder, ReadonlySet<string>>;

export function referencesIn({ automata }: Group, readings: readonly Reading[]): References {
  const references = new Map<Holder, Set<string>>();
  const add = (holder: Holder, types: Iterable<string>): boolean => {
    const known = references.get(holder) ?? new Set<string>();
    const before = known.size;
    for (const type of types) known.add(type);
    references.set(holder, known);
    return known.size > before;
  };
  for (const { holder, type } of [...automata.flatMap(usesIn), ...readings.flatMap(followedIn)]) add(holder, [type]);
  const flows = automata.flatMap(flowsIn);
  let grows = true;
  while (grows) {
    grows = false;
    for (const { from, to } of flows) {
      const types = references.get(to);
      if (types !== undefined && add(from, types)) grows = true;
    }
  }
  return references;
}

interface Use {
  readonly holder: Holder;
  readonly type: string;
}

/** Targets of triggers and parts, and the references that guards follow. */
function usesIn({ name, triggers, actions }: Automaton): readonly Use[] {
  const use = (field: string, type: string): Use => ({ holder: propertyHolder(name, field), type });
  const targeted = (target: Target, type: string): readonly Use[] =>
    target.kind === "field" || target.kind === "create-if-missing" ? [use(target.field, type)] : [];
  return [
    ...triggers.flatMap(({ deed }) => (deed.kind === "entity" ? targeted(deed.target, deed.entityType) : [])),
    ...actions.flatMap(({ composite }) =>
      (composite?.subWrites ?? []).flatMap(({ target, entityType }) => targeted(target, entityType)),
    ),
    ...actions.flatMap(({ filled }) =>
      filled.flatMap((each) => (each.kind === "related" ? [use(each.reference, each.entityType)] : [])),
    ),
  ];
}

function followedIn({ entityType, condition }: Reading): readonly Use[] {
  const leaves = atomsOf(condition).flatMap(operandsOf).flatMap(leavesOf);
  return leaves.flatMap((leaf) =>
    leaf.kind === "related" ? [{ holder: propertyHolder(entityType, leaf.reference), type: leaf.entityType }] : [],
  );
}

function flowsIn({ name, rules, triggers, actions }: Automaton): readonly Flow[] {
  const assigned = rules.flatMap(({ action, effects }) =>
    effects.flatMap((effect) => {
      if (effect.kind !== "assign" && effect.kind !== "append") return [];
      const to = propertyHolder(name, effect.variable);
      return leavesOf(effect.value)
        .flatMap((leaf) => holderOf(leaf, name, action))
        .map((from) => ({ from, to }));
    }),
  );
  const given = [
    ...triggers.flatMap(({ deed }) => (deed.kind === "entity" ? [deed] : [])),
    ...actions.flatMap(({ composite }) => composite?.subWrites ?? []),
  ];
  const passed = given.flatMap(({ entityType, action, params }) =>
    params.flatMap((each) =>
      each.kind === "field"
        ? [each.param].flatMap((param) => [
            { from: propertyHolder(name, each.field), to: paramHolder(entityType, action, param) },
            // Where the target is made, it takes over what is given to the action.
            { from: propertyHolder(name, each.field), to: propertyHolder(entityType, param) },
          ])
        : [],
    ),
  );
  return [...assigned, ...passed, ...rules.flatMap(({ outputs }) => outputs.flatMap((each) => copiedBy(each, name)))];
}

function copiedBy(output: Automaton["rules"][number]["outputs"][number], name: string): readonly Flow[] {
  if (output.kind !== "spawn") return [];
  const { entityType, action, copies } = output;
  return copies.flatMap((field) => {
    const from = propertyHolder(name, field);
    const first = action === undefined ? [] : [{ from, to: paramHolder(entityType, action, field) }];
    return [{ from, to: propertyHolder(entityType, field) }, ...first];
  });
}

function holderOf(leaf: Operand, type: string, action: string): readonly Holder[] {
  if (leaf.kind === "variable") return [propertyHolder(type, leaf.name)];
  return leaf.kind === "param" ? [paramHolder(type, action, leaf.name)] : [];
}
