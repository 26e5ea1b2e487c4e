/** Long work in slices: the calls that go on have the turns between them. */

/** Entities that are looked at in one turn. */
export const turnPageMax = 100;

/** Resolves when whoever else has something to do has had a turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
