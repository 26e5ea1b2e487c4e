/** The authorization of a revision with policies added to it: compiled ones join its decision functions, Cedar is asked of the rest. */
import type { AuthorizationBindings, Decide } from "../../kernel/index.ts";

/** A policy in force beside those of the spec; one without a function is Cedar's to judge. */
export interface Addition {
  readonly id: string;
  readonly text: string;
  readonly decide?: Decide;
}

/** An id that the spec has too is given another here: an added policy never takes the place of one of the spec. */
export function withAdded(bindings: AuthorizationBindings, additions: readonly Addition[]): AuthorizationBindings {
  const taken = new Set(bindings.policies.map(({ id }) => id));
  const added = additions.map((addition) => apart(addition, taken));
  const texts = added.map(({ id, text }) => ({ id, text }));
  const policies = [...bindings.policies, ...texts];
  const { compiled } = bindings;
  if (compiled === undefined) return { ...bindings, policies };
  const functions = added.flatMap(({ decide }) => (decide === undefined ? [] : [decide]));
  const names = new Set(added.filter(({ decide }) => decide !== undefined).map(({ id }) => id));
  const decisions = Object.entries(compiled.decisions).map(([action, own]) => [action, together([own, ...functions])]);
  return {
    ...bindings,
    policies,
    compiled: {
      policies: [...compiled.policies, ...texts.filter(({ id }) => names.has(id))],
      leftToCedar: compiled.leftToCedar,
      decisions: Object.fromEntries(decisions),
    },
  };
}

/** The addition under an id that is free; one that has to have another is left to Cedar, because its function knows the first. */
function apart(addition: Addition, taken: ReadonlySet<string>): Addition {
  if (!taken.has(addition.id)) return addition;
  let free = `${addition.id}~added`;
  while (taken.has(free)) free = `${free}~`;
  return { id: free, text: addition.text };
}

/** What all of them say. */
function together(functions: readonly Decide[]): Decide {
  return (request) => {
    const said = functions.map((decide) => decide(request));
    return {
      permits: said.flatMap(({ permits }) => permits),
      forbids: said.flatMap(({ forbids }) => forbids),
      failures: said.flatMap(({ failures }) => failures),
    };
  };
}
