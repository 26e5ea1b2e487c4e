/** What each diagnostic means and why it is one, for `temperc explain`. */

import type { Code } from "./catalogue.ts";
import { automatonMeanings } from "./meanings/automaton.ts";
import { contractMeanings } from "./meanings/contract.ts";
import { policiesMeanings } from "./meanings/policies.ts";

/** A code without a meaning does not compile. */
export const meanings: Readonly<Record<Code, string>> = {
  ...automatonMeanings,
  ...contractMeanings,
  ...policiesMeanings,
};
