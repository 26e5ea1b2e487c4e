/** The emitted step as the search asks for it: the calls of a status one after the other, each its action's own function. */
// A loop over calls finds an action by its name, or calls through one place that every action shares; written out, each
// call has its own place, which the engine compiles for the one function that is called there.
import type { Automaton, Outcome, Snapshot, Values } from "@temperc/runtime";
import type { Call } from "../replay/trace.ts";

/** Told of each call that moves the snapshot; true ends the round. */
export type OnMove = (after: Snapshot, rule: number, call: number) => boolean;

/** Tries calls on a snapshot; true where it was ended. */
export type Round = (snapshot: Snapshot) => boolean;

type Step = (before: Snapshot, params: Values) => Outcome<Snapshot>;

/** Calls that are written out in one function: more would not be compiled as one. */
const writtenMax = 8;

/** Calls of one status that are written out at all: the text of more would take longer than the search may. */
const roundMax = 512;

/** What tries those of the calls, in their order. */
export function roundOf(
  automaton: Automaton,
  calls: readonly Call[],
  indexes: readonly number[],
  onMove: OnMove,
): Round {
  const steps = calls.map(({ action }) => stepOf(automaton, action));
  if (indexes.length > roundMax) return looped(indexes, { steps, calls, onMove });
  const rounds: Round[] = [];
  for (let start = 0; start < indexes.length; start += writtenMax) {
    rounds.push(written(indexes.slice(start, start + writtenMax), { steps, calls, onMove }));
  }
  const [only] = rounds;
  if (only !== undefined && rounds.length === 1) return only;
  return (snapshot) => {
    for (const round of rounds) if (round(snapshot)) return true;
    return false;
  };
}

function stepOf(automaton: Automaton, action: string): Step {
  const own = automaton.steps?.find((each) => each.action === action);
  return own?.step ?? ((before, params) => automaton.step(before, action, params));
}

interface Written {
  readonly steps: readonly Step[];
  readonly calls: readonly Call[];
  readonly onMove: OnMove;
}

function looped(indexes: readonly number[], { steps, calls, onMove }: Written): Round {
  return (snapshot) => {
    for (const index of indexes) {
      const outcome = steps[index]?.(snapshot, calls[index]?.params ?? {});
      if (outcome?.kind === "moved" && onMove(outcome.after, outcome.rule, index)) return true;
    }
    return false;
  };
}

/** Nothing from the spec is in the text: it names the calls by their numbers. */
function written(indexes: readonly number[], { steps, calls, onMove }: Written): Round {
  const constants = indexes.map(
    (index) => `const step${index} = steps[${index}], params${index} = calls[${index}].params;`,
  );
  const lines = indexes.map(
    (index) =>
      `outcome = step${index}(snapshot, params${index}); if (outcome.kind === "moved" && onMove(outcome.after, outcome.rule, ${index})) return true;`,
  );
  const round = `return (snapshot) => { let outcome; ${lines.join("\n")} return false; };`;
  // The text written here is a function of the three that returns a function of a snapshot that returns a bool.
  return new Function("steps", "calls", "onMove", [...constants, round].join("\n"))(steps, calls, onMove) as Round;
}
