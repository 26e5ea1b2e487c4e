/** What every script about an automaton begins with: its texts, what a snapshot is, and its invariants. */
import type { PreambleHoles } from "../scripts.ts";
import type { Encoding } from "./encoding.ts";
import { type Constant, type Definition, parameters } from "./smt.ts";

/** The script as far as `body` needs it, which follows. */
export function preamble(encoding: Encoding, body: string): string {
  return written(encoding, body, { logic: "ALL", constants: encoding.components });
}

/** The same for Spacer, whose clauses quantify over snapshots instead of speaking of one. */
export function hornPreamble(encoding: Encoding, body: string): string {
  return written(encoding, body, { logic: "HORN", constants: [] });
}

function written(encoding: Encoding, body: string, asked: Pick<PreambleHoles, "logic" | "constants">): string {
  const { texts, components, isSnapshot, invariants, write } = encoding;
  const terms = [isSnapshot.term, ...invariants.map(({ definition }) => definition.term), body];
  const text = write("preamble", {
    ...asked,
    texts: texts.definitions,
    roundsIntegers: terms.some((term) => term.includes("(rounded ")),
    roundsFractions: terms.some((term) => term.includes("(float.")),
    snapshot: defined(isSnapshot, components),
    invariants: invariants.map(({ definition, params }) => defined(definition, params)),
  });
  return text.trimEnd();
}

function defined({ name, term }: Definition, params: readonly Constant[]): PreambleHoles["snapshot"] {
  return { name, params: parameters(params), term };
}
