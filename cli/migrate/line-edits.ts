/** What to drop and add to make one list of lines of another: the shortest way, after E. W. Myers, "An O(ND) Difference Algorithm" (1986). */

export interface LineEdit {
  readonly kind: "kept" | "dropped" | "added";
  readonly line: string;
}

/** Lists that differ in more lines than this are told as one whole that takes the place of another. */
const editsMax = 2_000;

export function lineEdits(before: readonly string[], after: readonly string[]): readonly LineEdit[] {
  const start = commonStart(before, after);
  const end = Math.min(
    commonStart(before.toReversed(), after.toReversed()),
    before.length - start,
    after.length - start,
  );
  const [old, made] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  return [
    ...edits("kept", before.slice(0, start)),
    ...(shortest(old, made) ?? [...edits("dropped", old), ...edits("added", made)]),
    ...edits("kept", before.slice(before.length - end)),
  ];
}

function edits(kind: LineEdit["kind"], lines: readonly string[]): readonly LineEdit[] {
  return lines.map((line) => ({ kind, line }));
}

function commonStart(a: readonly string[], b: readonly string[]): number {
  const most = Math.min(a.length, b.length);
  let found = 0;
  while (found < most && a[found] === b[found]) found += 1;
  return found;
}

/** `reach.get(k)` is how far in `a` one comes on diagonal k (the place in a less the place in b) with so many edits. */
type Reach = ReadonlyMap<number, number>;

function shortest(a: readonly string[], b: readonly string[]): readonly LineEdit[] | undefined {
  const rounds: Reach[] = [];
  let reach: Reach = new Map([[1, 0]]);
  for (let d = 0; d <= Math.min(a.length + b.length, editsMax); d += 1) {
    rounds.push(reach);
    const next = new Map<number, number>();
    for (let k = -d; k <= d; k += 2) {
      let x = isDown(reach, k, d) ? (reach.get(k + 1) ?? 0) : (reach.get(k - 1) ?? 0) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      next.set(k, x);
      if (x >= a.length && x - k >= b.length) return walkBack(a, b, rounds);
    }
    reach = next;
  }
  return undefined;
}

/** Whether the furthest way to diagonal k adds a line, rather than drops one. */
function isDown(reach: Reach, k: number, d: number): boolean {
  return k === -d || (k !== d && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
}

function walkBack(a: readonly string[], b: readonly string[], rounds: readonly Reach[]): readonly LineEdit[] {
  const found: LineEdit[] = [];
  let [x, y] = [a.length, b.length];
  for (let d = rounds.length - 1; d >= 0; d -= 1) {
    const reach = rounds[d] ?? new Map();
    const k = x - y;
    const isAdded = isDown(reach, k, d);
    const from = reach.get(isAdded ? k + 1 : k - 1) ?? 0;
    const [endX, endY] = isAdded ? [from, from - k - 1] : [from, from - k + 1];
    while (x > Math.max(endX, 0) && y > Math.max(endY, 0)) {
      x -= 1;
      y -= 1;
      found.push({ kind: "kept", line: a[x] ?? "" });
    }
    if (d === 0) break;
    if (isAdded) found.push({ kind: "added", line: b[endY] ?? "" });
    else found.push({ kind: "dropped", line: a[endX] ?? "" });
    [x, y] = [endX, endY];
  }
  return found.reverse();
}
