/** Our own mistakes stop at once. */

/** Throws where something that this code relies on is not so; never for a mistake in a spec. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`internal: ${message}`);
}
