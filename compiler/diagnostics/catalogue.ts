/** Every diagnostic that temperc can give: its severity and the sentence it says, typed by the facts it needs. */

import { automatonCatalogue } from "./catalogue/automaton.ts";
import { contractCatalogue } from "./catalogue/contract.ts";
import { policiesCatalogue } from "./catalogue/policies.ts";

export const catalogue = {
  ...automatonCatalogue,
  ...contractCatalogue,
  ...policiesCatalogue,
} as const;

export type Code = keyof typeof catalogue;

/** The facts that a code's message needs. */
export type Facts<C extends Code> = Parameters<(typeof catalogue)[C]["message"]>[0];
