/** One row of the catalogue: how bad it is, and the sentence it says from the facts it needs. */

export interface Entry<Facts> {
  readonly severity: "error" | "warning";
  readonly message: (facts: Facts) => string;
}

/** A row that keeps the program from being built. */
export const error = <Facts>(message: (facts: Facts) => string): Entry<Facts> => ({ severity: "error", message });

/** A row that is only told. */
export const warning = <Facts>(message: (facts: Facts) => string): Entry<Facts> => ({ severity: "warning", message });
