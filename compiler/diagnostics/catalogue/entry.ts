/** One row of the catalogue: how bad it is, the sentence it says from the facts it needs, and what to do about it. */

export interface Entry<Facts> {
  readonly severity: "error" | "warning";
  readonly message: (facts: Facts) => string;
  /** Said where the place that reports it knows nothing better, such as the name that was meant. */
  readonly hint?: (facts: Facts) => string;
}

/** What to do about it: the same for all, or from the facts. */
type Hint<Facts> = string | ((facts: Facts) => string);

/** A row that keeps the program from being built. */
export const error = <Facts>(message: (facts: Facts) => string, hint?: Hint<Facts>): Entry<Facts> =>
  row("error", message, hint);

/** A row that is only told. */
export const warning = <Facts>(message: (facts: Facts) => string, hint?: Hint<Facts>): Entry<Facts> =>
  row("warning", message, hint);

function row<Facts>(
  severity: "error" | "warning",
  message: (facts: Facts) => string,
  hint: Hint<Facts> | undefined,
): Entry<Facts> {
  if (hint === undefined) return { severity, message };
  return { severity, message, hint: typeof hint === "string" ? () => hint : hint };
}
