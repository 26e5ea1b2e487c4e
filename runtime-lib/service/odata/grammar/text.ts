/** The text of a URL before it is read: valid percent-encoded UTF-8, and unreserved characters plain (RFC 3986, 6.2.2.2). */

/** Where and why a text is not what it was to be. `at` counts UTF-16 units of the text as it was given, from 0. */
export interface GrammarError {
  readonly kind: "error";
  readonly at: number;
  readonly message: string;
}

export function grammarError(at: number, message: string): GrammarError {
  return { kind: "error", at, message };
}

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what it looks for
const nulCharacter = /\u0000|%00/;
const escapes = /(?:%[0-9A-Fa-f]{2})+/g;

/** The first character that no URL can have: a broken escape, bytes that are no UTF-8 (RFC 3629), NUL, half a character. */
export function encodingError(text: string): GrammarError | undefined {
  const lone = loneSurrogate.exec(text);
  if (lone !== null) return grammarError(lone.index, "half of a surrogate pair stands alone");
  const nul = nulCharacter.exec(text);
  if (nul !== null) return grammarError(nul.index, "NUL has no place in a URL");
  const broken = /%(?![0-9A-Fa-f]{2})/.exec(text);
  if (broken !== null) return grammarError(broken.index, "% begins no percent-encoding here");
  for (const run of text.matchAll(escapes)) {
    if (isUtf8(run[0])) continue;
    return grammarError(run.index + wrongEscape(run[0]), "this percent-encoding is no UTF-8");
  }
  return undefined;
}

function isUtf8(escaped: string): boolean {
  try {
    decodeURIComponent(escaped);
    return true;
  } catch {
    return false;
  }
}

/** The offset of the first character of a run that cannot be decoded, by the length that its first byte announces. */
function wrongEscape(run: string): number {
  let at = 0;
  while (at < run.length) {
    const length = 3 * bytesOf(Number.parseInt(run.slice(at + 1, at + 3), 16));
    if (at + length > run.length || !isUtf8(run.slice(at, at + length))) return at;
    at += length;
  }
  return at;
}

function bytesOf(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}

export interface Normalised {
  readonly text: string;
  /** The offset in the text that was given. */
  readonly origin: (offset: number) => number;
}

const unreserved = /%(?:2[DdEe]|3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa]|5[Ff]|7[Ee])/g;

/** Decodes what needs no encoding, and remembers where everything stood. */
export function normalised(text: string): Normalised {
  if (!text.includes("%")) return { text, origin: (offset) => offset };
  const shifts: number[] = [];
  const plain = text.replace(unreserved, (encoded: string, index: number) => {
    shifts.push(index - 2 * shifts.length);
    return decodeURIComponent(encoded);
  });
  return { text: plain, origin: (offset) => offset + 2 * shifts.filter((shift) => shift < offset).length };
}
