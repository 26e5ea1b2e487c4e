/** What a passed check did not show: rules that never fired, statuses never reached, invariants that say nothing. */
import type { Invariant, Operand, Predicate } from "../../compiler/ir/index.ts";
import type { Searched } from "./properties.ts";

/** Notes for the verdict, in the order of the spec. `scope` says how far the search went, where it did not go to the end. */
export function vacuityNotes(searched: Searched, scope: string): readonly string[] {
  const { automaton, emitted, search, sourceOf } = searched;
  const reached = search.reachedStatuses;
  const statuses = automaton.statuses.filter(({ name }) => !reached.has(name));
  const rules = emitted.rules.filter((_, index) => search.fired[index] === 0);
  const invariants = automaton.invariants.flatMap((invariant) => {
    const why = whyVacuous(invariant, search.silentInvariants, scope);
    return why === undefined ? [] : [`invariant ${invariant.name} ${why} (${sourceOf(invariant.span)})`];
  });
  return [
    ...statuses.map(({ name, span }) => `status ${name} is never reached${scope} (${sourceOf(span)})`),
    ...rules.map(({ action, source }) => `rule ${action} never fires${scope} (${source})`),
    ...invariants,
  ];
}

function whyVacuous(invariant: Invariant, silent: ReadonlySet<string>, scope: string): string | undefined {
  return (
    whyPlain(invariant) ?? (silent.has(invariant.name) ? `says nothing: its premise is never true${scope}` : undefined)
  );
}

/** What makes an invariant true that can be read off it. */
export function whyPlain({ assert }: Invariant): string | undefined {
  if (assert.kind === "constant" && assert.value) return "is literally true";
  if (assert.kind === "comparison" && holdsByType(assert)) return "holds by type alone: a counter is never below zero";
  return undefined;
}

type Comparison = Extract<Predicate, { kind: "comparison" }>;

function holdsByType({ operator, left, right }: Comparison): boolean {
  if (operator === ">=" || operator === ">") return isNatural(left) && isAtMost(right, operator === ">=" ? 0 : -1);
  if (operator === "<=" || operator === "<") return isNatural(right) && isAtMost(left, operator === "<=" ? 0 : -1);
  return false;
}

function isNatural(operand: Operand): boolean {
  return operand.type === "counter" || operand.kind === "length";
}

function isAtMost(operand: Operand, most: number): boolean {
  return operand.kind === "literal" && typeof operand.value === "number" && operand.value <= most;
}
