/** Whether two programs are the same but for where they were written. */

/** Keys that say where something stood in a file. */
const places = new Set(["span", "files"]);

/** The first place where they differ, with both values; undefined where they are the same. */
export function firstDifference(before: unknown, after: unknown, path = "program"): string | undefined {
  if (Object.is(before, after)) return undefined;
  // What is made when it is asked for is what it makes.
  if (typeof before === "function" && typeof after === "function")
    return firstDifference(before(), after(), `${path}()`);
  if (typeof before !== "object" || typeof after !== "object" || before === null || after === null) {
    return `${path} was ${shown(before)} and is ${shown(after)}`;
  }
  if (Array.isArray(before) !== Array.isArray(after)) return `${path} was ${shown(before)} and is ${shown(after)}`;
  const [old, made] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  for (const key of new Set([...old.keys(), ...made.keys()])) {
    if (places.has(key)) continue;
    const found = firstDifference(
      old.get(key),
      made.get(key),
      Array.isArray(before) ? `${path}[${key}]` : `${path}.${key}`,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? "absent").slice(0, 200);
}
