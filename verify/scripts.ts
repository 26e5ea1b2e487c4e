/** The scripts that a solver is told as text around terms: the templates' holes, and the port that fills them. */

/** A function or a constant by its name in the script, and what it is. */
interface Defined {
  readonly name: string;
  /** As `(x Int) (y Bool)`. */
  readonly params: string;
  readonly term: string;
}

interface Declared {
  readonly name: string;
  readonly sort: string;
}

/** What every script about an automaton begins with. */
export interface PreambleHoles {
  /** Spacer is asked in `HORN`. */
  readonly logic: "ALL" | "HORN";
  readonly texts: readonly { readonly name: string; readonly term: string }[];
  /** The terms call what JavaScript's rounding is modelled by. */
  readonly roundsIntegers: boolean;
  readonly roundsFractions: boolean;
  /** The components of a snapshot, where the script speaks of one. */
  readonly constants: readonly Declared[];
  readonly snapshot: Defined;
  readonly invariants: readonly Defined[];
}

/** All that induction has to show, rule by rule. */
export interface ObligationHoles {
  readonly automaton: string;
  readonly file: string;
  readonly preamble: string;
  readonly firsts: readonly Question[];
  /** What is taken for true before each rule. */
  readonly assumed: readonly string[];
  readonly rules: readonly RuleHoles[];
}

/** Whether the term holds, which stands for the invariant at one moment. */
interface Question {
  readonly invariant: string;
  readonly holds: string;
}

export interface RuleHoles {
  readonly number: number;
  readonly action: string;
  readonly constants: readonly Declared[];
  readonly definitions: readonly (Declared & { readonly term: string })[];
  /** Together they are true where the rule moves. */
  readonly conditions: readonly string[];
  readonly steps: readonly Question[];
  /** The names of the invariants that speak of nothing that the rule changes. */
  readonly untouched: string;
}

export interface ScriptHoles {
  readonly preamble: PreambleHoles;
  readonly obligations: ObligationHoles;
}

/** The template of that name filled: plain data only, each term well-formed and each name in a remark made harmless. */
export type WriteScript = <Name extends keyof ScriptHoles>(script: Name, holes: ScriptHoles[Name]) => string;
