/** What is true but not inductive by itself: looks for facts that hold besides, so that all of it together is. */
import type { Snapshot } from "@temperc/runtime";
import type { SolverSession } from "../solver.ts";
import type { Proved } from "../verdict.ts";
import { type Candidate, candidatesOf, type Effort } from "./candidates.ts";
import { applied, type EncodedInvariant, type Encoding } from "./encoding.ts";
import { type Chosen, Houdini } from "./houdini.ts";

/** Invariants that are proved, and the facts that they were proved with. */
export interface Strengthened {
  readonly proved: readonly Proved[];
  readonly lemmas: readonly Candidate[];
}

/** The invariants that are proved by facts mined from the samples; `wanted` are those that may hold, by name. */
export async function strengthen(
  encoding: Encoding,
  wanted: ReadonlySet<string>,
  samples: readonly Snapshot[],
  session: SolverSession,
): Promise<Strengthened> {
  let best: Strengthened = { proved: [], lemmas: [] };
  for (const effort of ["simple", "all"] as const) {
    if (session.isOver()) break;
    const found = await strengthenWith({ encoding, wanted, samples, effort }, session);
    if (found.proved.length > best.proved.length) best = found;
    if (best.proved.length === wanted.size) break;
  }
  return best;
}

interface Attempt {
  readonly encoding: Encoding;
  readonly wanted: ReadonlySet<string>;
  readonly samples: readonly Snapshot[];
  readonly effort: Effort;
}

function strengthenWith({ encoding, wanted, samples, effort }: Attempt, session: SolverSession): Promise<Strengthened> {
  return strengthenBy(encoding, wanted, candidatesOf(encoding, samples, effort), session);
}

/** The invariants that are proved by some of the guesses, which are checked like any others. */
export async function strengthenBy(
  encoding: Encoding,
  wanted: ReadonlySet<string>,
  mined: readonly Candidate[],
  session: SolverSession,
): Promise<Strengthened> {
  const invariants = encoding.invariants.filter(({ name }) => wanted.has(name));
  const candidates = [...invariants.map((each) => asCandidate(each, encoding)), ...mined];
  const { houdini, atFirst } = await Houdini.begin(encoding, candidates, session);
  const goals = invariants.map((_, index) => index);
  const inductive = await houdini.support(goals, atFirst);
  const lemmas = [...inductive].filter((index) => !goals.includes(index));
  return {
    proved: await explained(houdini, goals, inductive),
    lemmas: lemmas.flatMap((index) => candidates[index] ?? []),
  };
}

/** Says of each goal whether it needs more than the other goals. */
async function explained(houdini: Houdini, goals: readonly number[], inductive: Chosen): Promise<readonly Proved[]> {
  const held = goals.filter((goal) => inductive.has(goal));
  const lemmas = [...inductive].filter((index) => !goals.includes(index));
  const proved: Proved[] = [];
  for (const goal of held) {
    const [invariant = ""] = houdini.textsOf([goal]);
    const isInductive = lemmas.length === 0 || (await houdini.keeps(goal, new Set(held)));
    if (isInductive) proved.push({ invariant, how: "inductive", by: [] });
    else proved.push({ invariant, how: "strengthened", by: houdini.textsOf(lemmas) });
  }
  return proved;
}

function asCandidate({ name, definition, params }: EncodedInvariant, encoding: Encoding): Candidate {
  return { text: name, term: (state) => applied(definition.name, params, state, encoding) };
}
