/** What a step answers: it moved, or it was refused and says why. */
import type { Value } from "./value.ts";

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
  /** What the rule asks of the world, in its order; done after the commit. */
  readonly outputs: readonly Output[];
}

/** Asked of the world by a rule: data, not a deed. */
export type Output =
  /** A named event, recorded with the action and shown on the event stream. */
  | { readonly kind: "event"; readonly name: string }
  /** `action` on this entity after so many seconds; asking again for the same action moves its timer. */
  | { readonly kind: "schedule"; readonly action: string; readonly afterSeconds: number }
  /** `action` on this entity at an instant (RFC 3339). */
  | { readonly kind: "schedule-at"; readonly action: string; readonly at: Value }
  /** A new entity, and the action that it begins with; `copies` are fields that it takes over from this one by name. */
  | {
      readonly kind: "spawn";
      readonly entityType: string;
      readonly entityId: Value;
      readonly action?: string;
      readonly copies: readonly string[];
    };

export interface Refused {
  readonly kind: "refused";
  readonly reason: RefusalReason;
  /** The smallest failing conjunct, the parameter's or variable's name, or the field invariant's message. */
  readonly detail: string;
}

export type Outcome<S> = Moved<S> | Refused;

const nothing: readonly Output[] = [];

/** The step moved the automaton to `after` by the rule of that index. */
export function moved<S>(after: S, rule: number, outputs: readonly Output[] = nothing): Moved<S> {
  return { kind: "moved", after, rule, outputs };
}

/** The step was refused; `detail` is what a person needs to see. */
export function refused(reason: RefusalReason, detail: string): Refused {
  return { kind: "refused", reason, detail };
}
