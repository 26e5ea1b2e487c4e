/** What a composition reads of each type beside its own guards: the conditions of triggers, targets, arguments, and properties across entities. */
import type { Automaton, CrossInvariant, Operand, Predicate, Span, Target } from "../../compiler/ir/index.ts";
import { type Atom, atomsOf, leavesOf, operandsOf } from "../l1-model-check/expressions.ts";
import type { Group } from "./groups.ts";

/** A condition on the entities of one type, whoever asks it. */
export interface Reading {
  readonly entityType: string;
  readonly condition: Predicate;
}

/** Every reading of the group, in the order of the program. */
export function readingsIn({ automata, crossInvariants }: Group): readonly Reading[] {
  const reader = new Reader(automata);
  return [
    ...automata.flatMap((each) => reader.ofAutomaton(each)),
    ...crossInvariants.flatMap((each) => reader.ofProperty(each)),
  ];
}

class Reader {
  readonly #automata: readonly Automaton[];

  constructor(automata: readonly Automaton[]) {
    this.#automata = automata;
  }

  ofAutomaton({ name, triggers, actions, rules, fieldInvariants, span }: Automaton): readonly Reading[] {
    const field = (each: string) => this.#emptiness(name, each, span);
    const asked = triggers.flatMap(({ guard, deed }) => [
      ...(guard === undefined ? [] : this.#condition(name, guard)),
      ...(deed.kind === "entity" ? [...fieldsOfTarget(deed.target), ...fieldsOf(deed.params)].map(field) : []),
    ]);
    const written = actions.flatMap(({ composite }) => composite?.subWrites ?? []);
    const parts = written.flatMap(({ target, params }) => [...fieldsOfTarget(target), ...fieldsOf(params)]);
    const copied = rules.flatMap(({ outputs }) =>
      outputs.flatMap((each) => (each.kind === "spawn" ? each.copies : [])),
    );
    const filled = actions.flatMap((action) =>
      action.filled.flatMap((each) =>
        each.kind === "fresh" ? [] : [each.kind === "field" ? each.field : each.reference],
      ),
    );
    const named = rules.flatMap(({ outputs }) => outputs.flatMap(namedBy));
    return [
      ...asked,
      ...[...parts, ...copied, ...filled, ...named].map(field),
      ...fieldInvariants.map(({ assert }) => ({ entityType: name, condition: assert })),
    ];
  }

  ofProperty({ entityType, assert }: CrossInvariant): readonly Reading[] {
    return this.#condition(entityType, assert);
  }

  /** What it asks of the entity, of the references that it follows, and of the entities that these lead to. */
  #condition(entityType: string, condition: Predicate): readonly Reading[] {
    const related = atomsOf(condition).flatMap((atom) =>
      operandsOf(atom)
        .flatMap(leavesOf)
        .flatMap((leaf) => (leaf.kind === "related" ? [{ leaf, atom }] : [])),
    );
    return [
      { entityType, condition },
      ...related.flatMap(({ leaf, atom }) => [
        this.#emptiness(entityType, leaf.reference, leaf.span),
        ...this.#there(leaf, literalsIn(atom)),
      ]),
    ];
  }

  #there(
    { entityType, property, span }: Operand & { readonly kind: "related" },
    literals: readonly Operand[],
  ): readonly Reading[] {
    if (property === "status") return [];
    const element = this.#operand(entityType, property, span);
    return [{ entityType, condition: { kind: "membership", element, set: literals, negated: false, span } }];
  }

  #emptiness(entityType: string, name: string, span: Span): Reading {
    return { entityType, condition: { kind: "empty", operand: this.#operand(entityType, name, span), span } };
  }

  #operand(entityType: string, name: string, span: Span): Operand {
    const automaton = this.#automata.find((each) => each.name === entityType);
    const variable = automaton?.variables.find((each) => each.name === name);
    if (variable === undefined) return { kind: "field", name, type: "string", span };
    return { kind: "variable", name, type: variable.type, span };
  }
}

function literalsIn(atom: Atom): readonly Operand[] {
  return operandsOf(atom)
    .flatMap(leavesOf)
    .filter(({ kind }) => kind === "literal");
}

function fieldsOfTarget(target: Target): readonly string[] {
  return target.kind === "field" || target.kind === "create-if-missing" ? [target.field] : [];
}

function fieldsOf(
  given: readonly ({ readonly kind: "literal" } | { readonly kind: "field"; readonly field: string })[],
) {
  return given.flatMap((each) => (each.kind === "field" ? [each.field] : []));
}

function namedBy(output: Automaton["rules"][number]["outputs"][number]): readonly string[] {
  const operand = output.kind === "spawn" ? output.id : output.kind === "schedule-at" ? output.at : undefined;
  return operand?.kind === "variable" ? [operand.name] : [];
}
