/** What a step answers: it moved, or it was refused and says why. */

/** Why a step was refused, as `semantics.md` lists the reasons. */
export type RefusalReason =
  | "unknown-action"
  | "no-rule-here"
  | "guard-false"
  | "field-invariant"
  | "counter-overflow"
  | "bad-parameter";

export interface Moved<S> {
  readonly kind: "moved";
  readonly after: S;
  /** Index of the rule that moved it, in the automaton's `rules`. */
  readonly rule: number;
}

export interface Refused {
  readonly kind: "refused";
  readonly reason: RefusalReason;
  /** The smallest failing conjunct, the parameter's or variable's name, or the field invariant's message. */
  readonly detail: string;
}

export type Outcome<S> = Moved<S> | Refused;

/** The step moved the automaton to `after` by the rule of that index. */
export function moved<S>(after: S, rule: number): Moved<S> {
  return { kind: "moved", after, rule };
}

/** The step was refused; `detail` is what a person needs to see. */
export function refused(reason: RefusalReason, detail: string): Refused {
  return { kind: "refused", reason, detail };
}
