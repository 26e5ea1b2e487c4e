/** Long work in slices: the calls that go on have the turns between them. */

/** Entities that are looked at in one turn. */
export const turnPageMax = 100;
