/** The shape of an emitted automaton module: the same value is model-checked, simulated and served. */
import type { Outcome } from "./outcome.ts";
import type { Value, Values, VariableType } from "./value.ts";

/** A status with the variables beside it; `status` is reserved, so no variable can take its place. */
export interface Snapshot {
  readonly status: string;
  readonly [variable: string]: Value;
}

export interface Automaton<S extends Snapshot = Snapshot> {
  readonly name: string;
  readonly statuses: readonly S["status"][];
  readonly terminal: readonly S["status"][];
  readonly initial: S;
  readonly variables: readonly VariableDescriptor[];
  readonly actions: readonly ActionDescriptor[];
  readonly rules: readonly RuleDescriptor[];
  /**
   * Pure and total: no clock, no I/O, no randomness, never throws. A method, like `holds`, so that the automaton of an order is
   * an automaton: who has it as such gives it only snapshots that come from its own `initial` and `variables`.
   */
  step(before: S, action: string, params: Values): Outcome<S>;
  /** What `step` calls for each action: a search takes these once, in place of asking for the action at every call. */
  readonly steps?: readonly ActionStep<S>[];
  readonly invariants: readonly InvariantDescriptor<S>[];
  /** True for a spec in an older form: parameters that no action declares are taken, and set the entity's field of that name. */
  readonly takesUndeclaredParams?: boolean;
}

/** The part of `step` that is one action's. */
export interface ActionStep<S extends Snapshot = Snapshot> {
  readonly action: string;
  step(before: S, params: Values): Outcome<S>;
}

export interface VariableDescriptor {
  readonly name: string;
  readonly type: VariableType;
}

export interface ActionDescriptor {
  readonly name: string;
  /** `output` actions are declared events and never called; `internal` ones are called by the service only. */
  readonly kind: "input" | "internal" | "output";
  readonly params: readonly ParamDescriptor[];
  /** What the service adds to the parameters before the step; callers cannot give these. */
  readonly filled?: readonly FilledParam[];
  readonly hint?: string;
}

export type FilledParam =
  /** A fresh id, for an entity to be spawned. */
  | { readonly kind: "fresh"; readonly name: string }
  /** The value of a property that is no variable. */
  | { readonly kind: "field"; readonly name: string; readonly field: string }
  /** A list with the status of each entity whose id the property `reference` holds; the empty string where there is none. */
  | { readonly kind: "related"; readonly name: string; readonly entityType: string; readonly reference: string };

export interface ParamDescriptor {
  readonly name: string;
  readonly type: VariableType;
  readonly required: boolean;
}

/** A rule as data, for traces and for the answer to "what can I do now": its effect is in `step` alone. */
export interface RuleDescriptor {
  readonly action: string;
  readonly from: readonly string[];
  /** Absent where the status stays. */
  readonly to?: string;
  /** The guard's text, normalised. */
  readonly guard?: string;
  /** `file:line` of the rule in the spec. */
  readonly source: string;
}

export interface InvariantDescriptor<S extends Snapshot = Snapshot> {
  readonly name: string;
  /** The assertion's text, normalised. */
  readonly text: string;
  readonly source: string;
  holds(snapshot: S): boolean;
  /** The premise, where the assertion is an implication: where it is never true, the invariant says nothing. */
  applies?(snapshot: S): boolean;
}
