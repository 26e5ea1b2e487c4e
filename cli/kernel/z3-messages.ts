/** What a thread that runs Z3 is told, and what it answers: one answer to each `run`, in their order. */

/** A session is known by its number, which whoever opens it chooses. */
export type Z3Command =
  | { readonly kind: "open" | "interrupt" | "close"; readonly session: number }
  /** It is interrupted after so many milliseconds. */
  | { readonly kind: "run"; readonly session: number; readonly commands: string; readonly ms: number };

/** What the commands printed. */
export type Z3Answer = string;
