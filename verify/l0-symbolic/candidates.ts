/** What may hold in every reachable snapshot, guessed from those that level 1 has seen: small facts, true of all of them. */
import type { Snapshot } from "@temperc/runtime";
import type { Automaton } from "../../compiler/ir/index.ts";
import type { Encoding } from "./encoding.ts";
import { type Atom, atomsOf } from "./mined-atoms.ts";
import { apply, implies, type Term } from "./smt.ts";
import type { State } from "./values.ts";

export interface Candidate {
  /** In the grammar of conditions. */
  readonly text: string;
  readonly term: (state: State) => Term;
}

/** Guesses beyond these are not made; the simple ones come first. */
const candidatesMax = 1_500;

/** `simple`: constants, and which is the larger of two; `all`: differences and sums as well. */
export type Effort = "simple" | "all";

/** Facts that hold in every sample, and facts that hold in every sample of one status or with one flag. */
export function candidatesOf(encoding: Encoding, samples: readonly Snapshot[], effort: Effort): readonly Candidate[] {
  const everywhere = atomsOf(encoding, samples, effort);
  const premises = [...statusPremises(encoding, samples), ...flagPremises(encoding, samples)];
  const somewhere = premises.flatMap((premise) => {
    const own = atomsOf(encoding, premise.samples, effort).filter(({ text }) => text !== premise.text);
    return own.map((atom) => under(premise, atom));
  });
  return [...everywhere, ...somewhere].slice(0, candidatesMax);
}

interface Premise extends Candidate {
  readonly samples: readonly Snapshot[];
}

function under(premise: Premise, atom: Atom): Candidate {
  const conclusion = atom.text.includes(" => ") ? `(${atom.text})` : atom.text;
  return {
    text: `${premise.text} => ${conclusion}`,
    term: (state) => implies(premise.term(state), atom.term(state)),
  };
}

function statusPremises({ automaton, texts }: Encoding, samples: readonly Snapshot[]): readonly Premise[] {
  return automaton.statuses.flatMap(({ name }) => {
    const own = samples.filter(({ status }) => status === name);
    if (own.length === 0) return [];
    const term = (state: State): Term => apply("=", textIn(state, "status"), texts.term(name));
    return [{ text: `status == '${name.replaceAll("'", "''")}'`, term, samples: own }];
  });
}

function flagPremises({ automaton }: Encoding, samples: readonly Snapshot[]): readonly Premise[] {
  return flagsOf(automaton).flatMap((name) =>
    [true, false].flatMap((wanted): readonly Premise[] => {
      const own = samples.filter((sample) => sample[name] === wanted);
      if (own.length === 0 || own.length === samples.length) return [];
      const flag = (state: State): Term => textIn(state, name);
      return [
        {
          text: wanted ? name : `!${name}`,
          term: (state) => (wanted ? flag(state) : apply("not", flag(state))),
          samples: own,
        },
      ];
    }),
  );
}

function flagsOf({ variables }: Automaton): readonly string[] {
  return variables.filter(({ type }) => type === "bool").map(({ name }) => name);
}

/** The one term of a text or a flag. */
function textIn(state: State, name: string): Term {
  const value = state.get(name);
  if (value?.kind === "text" || value?.kind === "bool") return value.term;
  throw new Error(`${name} is neither a text nor a flag`);
}
