/** Numbers as people read them: `1234567` is `1,234,567`. */

/** A whole number with commas. `toLocaleString` would load the tables of every language first, which takes longer than a small search. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");
}
