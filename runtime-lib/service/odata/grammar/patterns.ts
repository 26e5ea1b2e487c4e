/** Character patterns: one definition gives both the regular expression of a token and the character at which a text leaves it. */

export type Pattern =
  /** One step: a single character of a class, or one way to write one (`%3A`). */
  | { readonly kind: "step"; readonly source: string }
  | { readonly kind: "sequence"; readonly parts: readonly Pattern[] }
  | { readonly kind: "either"; readonly parts: readonly Pattern[] }
  | { readonly kind: "repeat"; readonly part: Pattern; readonly least: number; readonly most: number };

/** A step by the source of its regular expression: `[0-9]`, `(?::|%3[Aa])`. */
export function step(source: string): Pattern {
  return { kind: "step", source };
}

/** A text in that case, as one step: half of it is nothing. */
export function exactly(text: string): Pattern {
  return step(text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
}

/** The letters of a text in any case, as a quoted string of the ABNF means. */
export function word(text: string): Pattern {
  return step([...text].map((letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`).join(""));
}

export function sequence(...parts: readonly Pattern[]): Pattern {
  return { kind: "sequence", parts };
}

export function either(...parts: readonly Pattern[]): Pattern {
  return { kind: "either", parts };
}

export function repeat(part: Pattern, least: number, most = Number.POSITIVE_INFINITY): Pattern {
  return { kind: "repeat", part, least, most };
}

export function maybe(part: Pattern): Pattern {
  return repeat(part, 0, 1);
}

/** `part` and then any number of `separator part`. */
export function separated(part: Pattern, separator: Pattern, further = 0): Pattern {
  return sequence(part, repeat(sequence(separator, part), further));
}

/** The source of a regular expression for the pattern. */
export function sourceOf(pattern: Pattern): string {
  switch (pattern.kind) {
    case "step":
      return pattern.source;
    case "sequence":
      return pattern.parts.map(sourceOf).join("");
    case "either":
      return `(?:${pattern.parts.map(sourceOf).join("|")})`;
    case "repeat":
      return `(?:${sourceOf(pattern.part)})${timesOf(pattern.least, pattern.most)}`;
  }
}

function timesOf(least: number, most: number): string {
  return Number.isFinite(most) ? `{${least},${most}}` : `{${least},}`;
}

/** Undefined where the whole text is of the pattern, else the first character that no way to read it can take. */
export function leavesAt(pattern: Pattern, text: string): number | undefined {
  const reader = { text, furthest: 0, steps: new Map<string, RegExp>() };
  const ends = endsOf(pattern, new Set([0]), reader);
  return ends.has(text.length) ? undefined : reader.furthest;
}

interface Reader {
  readonly text: string;
  readonly steps: Map<string, RegExp>;
  furthest: number;
}

/** Where a text can be after the pattern, for each place at which it can begin: every way at once, so nothing is tried twice. */
function endsOf(pattern: Pattern, starts: ReadonlySet<number>, reader: Reader): ReadonlySet<number> {
  switch (pattern.kind) {
    case "step":
      return stepped(pattern.source, starts, reader);
    case "sequence":
      return pattern.parts.reduce((places, part) => endsOf(part, places, reader), starts);
    case "either":
      return new Set(pattern.parts.flatMap((part) => [...endsOf(part, starts, reader)]));
    case "repeat":
      return repeated(pattern, starts, reader);
  }
}

function stepped(source: string, starts: ReadonlySet<number>, reader: Reader): ReadonlySet<number> {
  const expression = reader.steps.get(source) ?? new RegExp(source, "y");
  reader.steps.set(source, expression);
  const ends = new Set<number>();
  for (const start of starts) {
    expression.lastIndex = start;
    if (!expression.test(reader.text)) continue;
    ends.add(expression.lastIndex);
    reader.furthest = Math.max(reader.furthest, expression.lastIndex);
  }
  return ends;
}

function repeated(
  { part, least, most }: Pattern & { kind: "repeat" },
  starts: ReadonlySet<number>,
  reader: Reader,
): ReadonlySet<number> {
  const found = new Set(least === 0 ? starts : []);
  let places = starts;
  for (let times = 1; times <= most && places.size > 0; times += 1) {
    const ends = endsOf(part, places, reader);
    places = times <= least ? ends : new Set([...ends].filter((end) => !found.has(end)));
    if (times >= least) for (const end of ends) found.add(end);
  }
  return found;
}
