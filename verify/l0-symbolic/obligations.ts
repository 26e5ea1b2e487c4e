/** The obligations of an automaton as one SMT-LIB script: base case, every guard, and every rule against every invariant. */

import type { Automaton } from "../../compiler/ir/index.ts";
import type { ObligationHoles, RuleHoles, WriteScript } from "../scripts.ts";
import { applied, type EncodedInvariant, type Encoding, encodingOf } from "./encoding.ts";
import { layOut } from "./layout.ts";
import { preamble } from "./preamble.ts";
import { conditionsOf, type EncodedRule, encodedRule, rulesOf } from "./rules.ts";
import { remark, type Term } from "./smt.ts";

/** What one `check-sat` of the script asks; `unsat` is what one hopes for, but for guards. */
export type Question =
  | { readonly kind: "base"; readonly invariant: string }
  | { readonly kind: "guard"; readonly rule: number }
  | { readonly kind: "step"; readonly rule: number; readonly invariant: string };

export interface Obligations {
  readonly text: string;
  /** One a `check-sat`, in the order of the script. */
  readonly questions: readonly Question[];
}

/** The script and what it asks. The same automaton gives the same bytes. */
export function obligationsOf(automaton: Automaton, write: WriteScript): Obligations {
  return obligationsIn(encodingOf(automaton, write));
}

/** The same for an automaton that is in terms already. */
export function obligationsIn(encoding: Encoding): Obligations {
  const rules = rulesOf(encoding).map((each) => encodedRule(each, encoding, { before: encoding.state, suffix: "" }));
  const moves = rules.map((rule) => moveOf(rule, encoding));
  const lines = encoding.write("obligations", holesOf(moves, encoding)).split("\n");
  return { text: lines.map((line) => layOut(line)).join("\n"), questions: questionsOf(moves, encoding) };
}

/** A rule, and the invariants that it could break beside those that speak of nothing that it changes. */
interface Move {
  readonly rule: EncodedRule;
  readonly touched: readonly EncodedInvariant[];
  readonly untouched: readonly EncodedInvariant[];
}

function moveOf(rule: EncodedRule, encoding: Encoding): Move {
  const isTouched = (invariant: EncodedInvariant): boolean =>
    holdsIn(invariant, encoding, rule.after) !== holdsIn(invariant, encoding);
  const { invariants } = encoding;
  return {
    rule,
    touched: invariants.filter(isTouched),
    untouched: invariants.filter((invariant) => !isTouched(invariant)),
  };
}

function questionsOf(moves: readonly Move[], { invariants }: Encoding): readonly Question[] {
  const firsts = invariants.map(({ name }): Question => ({ kind: "base", invariant: name }));
  const others = moves.flatMap(({ rule: { index }, touched }): readonly Question[] => [
    { kind: "guard", rule: index },
    ...touched.map(({ name }): Question => ({ kind: "step", rule: index, invariant: name })),
  ]);
  return [...firsts, ...others];
}

function holesOf(moves: readonly Move[], encoding: Encoding): ObligationHoles {
  const { automaton, invariants, initial } = encoding;
  const body = {
    firsts: invariants.map((invariant) => asked(invariant, holdsIn(invariant, encoding, initial))),
    assumed: assumptionsOf(encoding, new Set(invariants.map(({ name }) => name))),
    rules: moves.map((move) => ruleHoles(move, encoding)),
  };
  return {
    automaton: remark(automaton.name),
    file: remark(automaton.file),
    preamble: preamble(encoding, JSON.stringify(body)),
    ...body,
  };
}

function ruleHoles({ rule, touched, untouched }: Move, encoding: Encoding): RuleHoles {
  return {
    number: rule.index + 1,
    action: remark(rule.action),
    constants: rule.constants,
    definitions: rule.definitions,
    conditions: conditionsOf(rule),
    steps: touched.map((invariant) => asked(invariant, holdsIn(invariant, encoding, rule.after))),
    untouched: untouched.map(({ name }) => remark(name)).join(", "),
  };
}

function asked({ name }: EncodedInvariant, holds: Term): RuleHoles["steps"][number] {
  return { invariant: remark(name), holds };
}

/** A snapshot, and the invariants of those names in it. */
export function assumptionsOf(encoding: Encoding, names: ReadonlySet<string>): readonly Term[] {
  const { isSnapshot, components, state, invariants } = encoding;
  const assumed = invariants.filter(({ name }) => names.has(name));
  return [
    applied(isSnapshot.name, components, state, encoding),
    ...assumed.map((invariant) => holdsIn(invariant, encoding)),
  ];
}

function holdsIn({ definition: { name }, params }: EncodedInvariant, encoding: Encoding, state = encoding.state): Term {
  return applied(name, params, state, encoding);
}
