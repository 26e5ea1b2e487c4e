/** Finds the name that someone probably meant, for the hint beside an unknown one. */

/** A list longer than this is not searched: a hostile file must not make its diagnostics slow. */
const candidatesMax = 300;
const wordLengthMax = 64;

/** `did you mean "Paid"?` for the nearest candidate, or undefined where none is near. Case counts for little. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const candidate = nearest(word, candidates);
  return candidate === undefined ? undefined : `did you mean "${candidate}"?`;
}

/** The nearest candidate, or undefined where none is near. Of those that are equally near, the first. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > wordLengthMax) return undefined;
  const folded = word.toLowerCase();
  let found: string | undefined;
  let distance = Math.max(1, Math.floor(word.length / 3)) + 1;
  let searched = 0;
  for (const candidate of candidates) {
    searched += 1;
    if (searched > candidatesMax) break;
    if (Math.abs(candidate.length - word.length) >= distance) continue;
    const apart = editDistance(folded, candidate.toLowerCase());
    if (apart >= distance) continue;
    found = candidate;
    distance = apart;
  }
  return found;
}

/** Levenshtein distance with a swap of neighbours counted as one edit (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous: number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a.charCodeAt(row - 1) === b.charCodeAt(column - 1);
      const edited = Math.min(previous[column] ?? 0, current[column - 1] ?? 0) + 1;
      const kept = (previous[column - 1] ?? 0) + (same ? 0 : 1);
      const isSwap =
        a.charCodeAt(row - 1) === b.charCodeAt(column - 2) && a.charCodeAt(row - 2) === b.charCodeAt(column - 1);
      const swapped = isSwap ? (beforePrevious[column - 2] ?? 0) + 1 : edited;
      current.push(Math.min(edited, kept, swapped));
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
