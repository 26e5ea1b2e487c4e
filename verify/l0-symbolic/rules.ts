/** A rule as terms: what must be true for it to move, and the snapshot that it moves to. */
import type { Action, Automaton, Param, Rule, ValueType } from "../../compiler/ir/index.ts";
import { assert } from "../assert.ts";
import { constraintsOn } from "../constraints.ts";
import { absentTerm, conditionTerm, equalTerm, literalValue } from "./conditions.ts";
import { conditionsOn } from "./constraints.ts";
import { type EffectScope, effectValue } from "./effects.ts";
import { checkedConditions, type Encoding } from "./encoding.ts";
import { any, apply, type Constant, type Definition, type Sort, symbol, type Term } from "./smt.ts";
import { componentsOf, type Encoded, encodedAs, factsOf, type State } from "./values.ts";

export interface EncodedRule {
  /** Its index among the automaton's rules. */
  readonly index: number;
  readonly action: string;
  /** Parameters, and whatever else a single automaton does not decide. */
  readonly constants: readonly Constant[];
  readonly params: ReadonlyMap<string, Encoded>;
  /** True of the constants. */
  readonly facts: readonly Term[];
  /** The status is one that the rule serves. */
  readonly from: Term;
  readonly guard: Term;
  /** The new values, in an order in which each may read the earlier ones. */
  readonly definitions: readonly Definition[];
  /** What the effects demand, so that the step does not refuse. */
  readonly demands: readonly Term[];
  readonly after: State;
}

export interface RulePlace {
  readonly before: State;
  /** Told apart from others in the same script by this at the end of every name. */
  readonly suffix: string;
}

/** The rules that can be reached at all: of one action the first that serves a status decides. */
export function rulesOf({
  automaton,
}: Encoding): readonly { readonly index: number; readonly from: readonly string[] }[] {
  const taken = new Map<string, Set<string>>();
  return automaton.rules.flatMap(({ action, from }, index) => {
    const served = taken.get(action) ?? new Set<string>();
    taken.set(action, served);
    const fresh = from.filter((status) => !served.has(status));
    for (const status of fresh) served.add(status);
    return fresh.length === 0 || !isCallable(action, automaton) ? [] : [{ index, from: fresh }];
  });
}

function isCallable(action: string, { actions }: Automaton): boolean {
  return actions.some(({ name, kind }) => name === action && kind !== "output");
}

/** The rule of that index, asked in the statuses `from`. */
export function encodedRule(
  { index, from }: { readonly index: number; readonly from: readonly string[] },
  encoding: Encoding,
  place: RulePlace,
): EncodedRule {
  const { automaton, texts } = encoding;
  const rule = automaton.rules[index];
  const action = automaton.actions.find(({ name }) => name === rule?.action);
  assert(rule !== undefined && action !== undefined, "a rule has an action");
  const writing = new Writing(action, encoding, place);
  const status = writing.scope(place.before).state.get("status");
  assert(status !== undefined, "a snapshot has a status");
  const guard = rule.guard === undefined ? "true" : conditionTerm(rule.guard, writing.scope(place.before));
  const after = afterEffects(rule, place.before, writing, encoding);
  for (const condition of checkedConditions(automaton)) {
    writing.demands.push(conditionTerm(condition, writing.scope(after)));
  }
  return {
    index,
    action: rule.action,
    constants: writing.constants,
    params: writing.params,
    facts: [...new Set(writing.facts)],
    from: any(from.map((name) => equalTerm(status, literalValue(name, texts)))),
    guard,
    definitions: writing.definitions,
    demands: writing.demands.filter((each) => each !== "true"),
    after,
  };
}

/** Status first, then the effects in order, each seeing the earlier ones. */
function afterEffects(rule: Rule, before: State, writing: Writing, { texts }: Encoding): State {
  const after = new Map(before);
  if (rule.to.kind === "status") after.set("status", literalValue(rule.to.name, texts));
  for (const effect of rule.effects) after.set(effect.variable, effectValue(effect, writing.scope(after)));
  return after;
}

/** What a rule comes to while its guard and effects are written. */
class Writing {
  readonly constants: Constant[] = [];
  readonly params = new Map<string, Encoded>();
  readonly facts: Term[] = [];
  readonly definitions: Definition[] = [];
  readonly demands: Term[] = [];
  private readonly action: Action;
  private readonly encoding: Encoding;
  private readonly suffix: string;
  private readonly taken = new Set<string>();

  constructor(action: Action, encoding: Encoding, { suffix }: RulePlace) {
    this.action = action;
    this.encoding = encoding;
    this.suffix = suffix;
  }

  scope(state: State): EffectScope {
    return {
      state,
      texts: this.encoding.texts,
      param: (name) => this.params.get(name) ?? this.declareParam(name),
      free: (sort) => this.declare("free", sort, sort),
      learn: (fact) => this.facts.push(fact),
      define: (name, sort, term) => this.define(name, sort, term),
      demand: (condition) => this.demands.push(condition),
    };
  }

  private declareParam(name: string): Encoded {
    const declared = this.action.params.find((param) => param.name === name);
    const type: ValueType = declared?.type ?? "ref";
    const isRequired =
      declared?.required ?? this.action.filled.some((filled) => filled.name === name && filled.kind === "fresh");
    const named = (component: string): Term => symbol("given", this.own(component));
    const value = this.optional(name, encodedAs(type, name, named, this.encoding.detail), isRequired);
    const isText = type === "string" || type === "status" || type === "ref";
    const factsAs = isText ? (isRequired ? "string" : "ref") : type;
    this.facts.push(...factsOf(factsAs, value, this.encoding.texts));
    this.constants.push(...componentsOf(value));
    this.params.set(name, value);
    if (declared !== undefined) this.facts.push(...this.constraintFacts(declared, value));
    return value;
  }

  /** The service asks the constraints before the step. */
  private constraintFacts(param: Param, value: Encoded): readonly Term[] {
    const scope = this.scope(new Map());
    return constraintsOn(this.action, param.name)
      .flatMap((constraint) => conditionsOn(param, constraint, this.encoding.texts.all))
      .map((condition) => any([absentTerm(value), conditionTerm(condition, scope)]));
  }

  /** A text that is not given is null; anything else has a constant beside it that says whether it is given. */
  private optional(name: string, value: Encoded, isRequired: boolean): Encoded {
    if (isRequired || value.kind === "text" || value.kind === "null") return value;
    return { ...value, given: this.declare("has", name, "Bool") };
  }

  private declare(kind: string, name: string, sort: Sort): Term {
    const term = symbol(kind, this.own(this.fresh(kind, name)));
    this.constants.push({ name: term, sort });
    return term;
  }

  private define(name: string, sort: Sort, term: Term): Term {
    const defined = symbol("next", this.own(this.fresh("next", name)));
    this.definitions.push({ name: defined, sort, term });
    return defined;
  }

  /** The name, with a number where the rule has used it before. */
  private fresh(kind: string, name: string): string {
    let fresh = name;
    for (let number = 2; this.taken.has(`${kind} ${fresh}`); number++) fresh = `${name} ${number}`;
    this.taken.add(`${kind} ${fresh}`);
    return fresh;
  }

  private own(name: string): string {
    return `${name}${this.suffix}`;
  }
}

/** The rule moves, except for its definitions. */
export function conditionsOf({ facts, from, guard, demands }: EncodedRule): readonly Term[] {
  return [...facts, from, guard, ...demands].filter((term) => term !== "true");
}

/** The definitions as a `let` round a term, for where none can be declared. */
export function letIn(definitions: readonly Definition[], term: Term): Term {
  return definitions.reduceRight((inner, { name, term: value }) => apply("let", `((${name} ${value}))`, inner), term);
}
