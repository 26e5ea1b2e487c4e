/** Finds the name that someone probably meant, for the hint beside an unknown one. */

/** A list longer than this is not searched: a hostile file must not make its diagnostics slow. */
const candidatesMax = 1_000;
const wordLengthMax = 64;

/** `did you mean "Paid"?` for the nearest candidate, or undefined where none is near. Case counts for little. */
export function didYouMean(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > wordLengthMax) return undefined;
  const distanceMax = Math.max(1, Math.floor(word.length / 3));
  const scored = candidates
    .slice(0, candidatesMax)
    .filter((candidate) => Math.abs(candidate.length - word.length) <= distanceMax)
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }));
  const nearest = scored.reduce((best, each) => (each.distance < best.distance ? each : best), {
    candidate: "",
    distance: distanceMax + 1,
  });
  return nearest.distance <= distanceMax ? `did you mean "${nearest.candidate}"?` : undefined;
}

/** Levenshtein distance with a swap of neighbours counted as one edit (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforePrevious: readonly number[] = [];
  let previous: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const choices = [
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + cost,
        ...(swapped ? [(beforePrevious[column - 2] ?? 0) + 1] : []),
      ];
      current.push(Math.min(...choices));
    }
    [beforePrevious, previous] = [previous, current];
  }
  return previous[b.length] ?? 0;
}
