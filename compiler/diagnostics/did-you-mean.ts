/** Finds the name that someone probably meant, or says which there are, for the hint beside an unknown one. */

/** A list longer than this is not searched: a hostile file must not make its diagnostics slow. */
const candidatesMax = 300;
const wordLengthMax = 64;
/** Edits by which a name may be wrong, in proportion to its length. */
const editsMax = 0.4;

/** So many names are listed where none is near. */
const listedMax = 12;
/** In a list a name is cut here: a hostile file must not make its diagnostics long. */
const listedLengthMax = 40;

/** `did you mean "Paid"?` for the nearest candidate, else the candidates there are. Undefined where there is none at all. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const some = [...firstOf(candidates)];
  return ifNear(word, some) ?? listed(some);
}

/** Each once, and no more than are searched: making one may cost something. */
function firstOf(candidates: Iterable<string>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const candidate of candidates) {
    if (found.size === candidatesMax) break;
    found.add(candidate);
  }
  return found;
}

/** `did you mean "Paid"?` for the nearest candidate, or undefined where none is near: for where the list would say little. */
export function ifNear(word: string, candidates: Iterable<string>): string | undefined {
  const candidate = nearest(word, candidates);
  return candidate === undefined ? undefined : `did you mean "${candidate}"?`;
}

/** `there are "Draft", "Paid" and 3 more`, in their order. */
function listed(candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const shown = candidates.slice(0, listedMax).map((each) => `"${each.slice(0, listedLengthMax)}"`);
  const rest = candidates.length - shown.length;
  const more = candidates.length === candidatesMax ? "others" : `${rest} more`;
  const items = rest > 0 ? [...shown, more] : shown;
  if (items.length === 1) return `there is only ${items[0]}`;
  return `there are ${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

/** The nearest candidate, or undefined where none is near. Of those that are equally near, the first. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > wordLengthMax) return undefined;
  const folded = word.toLowerCase();
  let found: string | undefined;
  let distance = Math.max(1, Math.floor(word.length * editsMax)) + 1;
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
