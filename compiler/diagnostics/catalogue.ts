/** Every diagnostic that temperc can give: its severity and the sentence it says, typed by the facts it needs. */

import { contractCatalogue } from "./catalogue/contract.ts";
import { error } from "./catalogue/entry.ts";
import { policiesCatalogue } from "./catalogue/policies.ts";

export const catalogue = {
  "bind/unknown-status": error(
    (f: { automaton: string; status: string }) => `automaton "${f.automaton}" has no status "${f.status}"`,
  ),
  ...contractCatalogue,
  ...policiesCatalogue,
} as const;

export type Code = keyof typeof catalogue;

/** The facts that a code's message needs. */
export type Facts<C extends Code> = Parameters<(typeof catalogue)[C]["message"]>[0];
