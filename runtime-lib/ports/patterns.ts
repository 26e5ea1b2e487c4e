/** Regular expressions as data: the part of ECMAScript's that every store matches alike, in a time that no text makes long. */

/** Code points, both ends included. */
export type CodeRange = readonly [from: number, to: number];

export type Pattern =
  /** One character of these; there is at least one range. */
  | { readonly kind: "one"; readonly ranges: readonly CodeRange[] }
  /** The beginning and the end of the text. */
  | { readonly kind: "start" | "end" }
  | { readonly kind: "sequence"; readonly parts: readonly Pattern[] }
  /** There are at least two parts. */
  | { readonly kind: "either"; readonly parts: readonly Pattern[] }
  /** At least so many times, and at most so many, where that is said. */
  | { readonly kind: "repeat"; readonly part: Pattern; readonly least: number; readonly most?: number };

/** How much there is to match: repetitions count as often as they may be written out. */
export function patternSize(pattern: Pattern): number {
  switch (pattern.kind) {
    case "one":
    case "start":
    case "end":
      return 1;
    case "sequence":
    case "either":
      return pattern.parts.reduce((sum, part) => sum + patternSize(part), 1);
    case "repeat":
      return patternSize(pattern.part) * Math.max(1, pattern.least, pattern.most ?? 0) + 1;
  }
}

type State =
  | { readonly kind: "one"; readonly ranges: readonly CodeRange[]; readonly next: State }
  | { readonly kind: "start" | "end"; readonly next: State }
  | { readonly kind: "ways"; readonly nexts: State[] }
  | { readonly kind: "found" };

/** True where the pattern matches somewhere in the text. All ways are gone at once (Thompson 1968), so none is gone twice. */
export function patternMatches(pattern: Pattern, text: string): boolean {
  const begin = stateOf(pattern, { kind: "found" });
  const characters = [...text];
  let states = new Set<State>();
  for (let at = 0; at <= characters.length; at += 1) {
    reach(begin, states, { isStart: at === 0, isEnd: at === characters.length });
    if ([...states].some(({ kind }) => kind === "found")) return true;
    const code = characters[at]?.codePointAt(0);
    const place = { isStart: false, isEnd: at + 1 === characters.length };
    const following = new Set<State>();
    for (const state of states) {
      if (state.kind === "one" && code !== undefined && isAmong(code, state.ranges))
        reach(state.next, following, place);
    }
    states = following;
  }
  return false;
}

interface Place {
  readonly isStart: boolean;
  readonly isEnd: boolean;
}

/** Adds the state, and what follows from it without a character. */
function reach(state: State, states: Set<State>, place: Place): void {
  const waiting = [state];
  for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
    if (states.has(each)) continue;
    states.add(each);
    if (each.kind === "ways") waiting.push(...each.nexts);
    if ((each.kind === "start" && place.isStart) || (each.kind === "end" && place.isEnd)) waiting.push(each.next);
  }
}

function isAmong(code: number, ranges: readonly CodeRange[]): boolean {
  return ranges.some(([from, to]) => code >= from && code <= to);
}

/** The state in which the pattern is about to be matched, and `next` behind it. */
function stateOf(pattern: Pattern, next: State): State {
  switch (pattern.kind) {
    case "one":
    case "start":
    case "end":
      return { ...pattern, next };
    case "sequence":
      return pattern.parts.reduceRight((behind, part) => stateOf(part, behind), next);
    case "either":
      return { kind: "ways", nexts: pattern.parts.map((part) => stateOf(part, next)) };
    case "repeat":
      return repeated(pattern, next);
  }
}

function repeated({ part, least, most }: Pattern & { kind: "repeat" }, next: State): State {
  let state = next;
  if (most === undefined) {
    const again: State[] = [next];
    state = { kind: "ways", nexts: again };
    again.push(stateOf(part, state));
  } else {
    for (let left = most - least; left > 0; left -= 1) state = { kind: "ways", nexts: [next, stateOf(part, state)] };
  }
  for (let left = least; left > 0; left -= 1) state = stateOf(part, state);
  return state;
}
