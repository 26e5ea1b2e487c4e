/** Every diagnostic that temperc can give: its severity and the sentence it says, typed by the facts it needs. */

interface Entry<Facts> {
  readonly severity: "error" | "warning";
  readonly message: (facts: Facts) => string;
}

const error = <Facts>(message: (facts: Facts) => string): Entry<Facts> => ({ severity: "error", message });

export const catalogue = {
  "bind/unknown-status": error(
    (f: { automaton: string; status: string }) => `automaton "${f.automaton}" has no status "${f.status}"`,
  ),
} as const;

export type Code = keyof typeof catalogue;

/** The facts that a code's message needs. */
export type Facts<C extends Code> = Parameters<(typeof catalogue)[C]["message"]>[0];
