/** Cuts an XML text into tokens with exact offsets; strict where a library's parser is lenient. */

/** One attribute as written: offsets of its name, and of its value without the quotes. */
export interface RawAttribute {
  readonly name: string;
  readonly nameStart: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

export type XmlToken =
  | {
      readonly kind: "start-tag";
      readonly name: string;
      readonly attributes: readonly RawAttribute[];
      readonly selfClosing: boolean;
      readonly start: number;
      readonly end: number;
    }
  | { readonly kind: "end-tag"; readonly name: string; readonly start: number; readonly end: number }
  | { readonly kind: "text"; readonly start: number; readonly end: number }
  /** The characters between the brackets. */
  | { readonly kind: "cdata"; readonly start: number; readonly end: number }
  | { readonly kind: "declaration"; readonly start: number; readonly end: number }
  | { readonly kind: "instruction"; readonly name: string; readonly start: number; readonly end: number }
  | { readonly kind: "doctype"; readonly start: number; readonly end: number }
  /** Nothing can be read after this: it is always the last token. */
  | { readonly kind: "malformed"; readonly problem: string; readonly start: number; readonly end: number };

type Malformed = Extract<XmlToken, { kind: "malformed" }>;

const namePattern = /[\p{L}_][\p{L}\p{N}_.\-\u00B7]*(?::[\p{L}_][\p{L}\p{N}_.\-\u00B7]*)?/uy;
const spacePattern = /[ \t\r\n]*/y;
const equalsPattern = /[ \t\r\n]*=[ \t\r\n]*/y;
/** Characters that XML 1.0 (section 2.2) does not allow anywhere, not even as a reference. */
const forbiddenCharacter = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/**
 * All tokens of a text in order; comments are checked and left out. Linear in the text's length, as far as it is read: who
 * has met a limit reads no further.
 */
export function* scanXml(text: string): Generator<XmlToken, void> {
  const forbidden = forbiddenCharacter.exec(text);
  if (forbidden !== null) {
    yield malformed("a character that XML does not allow", forbidden.index, forbidden.index + 1);
    return;
  }
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  while (at < text.length) {
    const token = text[at] === "<" ? scanMarkup(text, at) : scanText(text, at);
    at = endOf(token);
    if (token.kind !== "comment") yield token;
    if (token.kind === "malformed" || token.kind === "doctype") return;
  }
}

type Scanned = XmlToken | { readonly kind: "comment"; readonly start: number; readonly end: number };

function endOf(token: Scanned): number {
  return token.kind === "cdata" ? token.end + "]]>".length : token.end;
}

function malformed(problem: string, start: number, end: number): Malformed {
  return { kind: "malformed", problem, start, end };
}

function scanText(text: string, start: number): XmlToken {
  const next = text.indexOf("<", start);
  const end = next < 0 ? text.length : next;
  const stray = text.slice(start, end).indexOf("]]>");
  if (stray >= 0) return malformed('"]]>" outside a CDATA section', start + stray, start + stray + 3);
  return { kind: "text", start, end };
}

function scanMarkup(text: string, start: number): Scanned {
  if (text.startsWith("<!--", start)) return scanComment(text, start);
  if (text.startsWith("<![CDATA[", start)) return scanCdata(text, start);
  if (/^<!DOCTYPE/i.test(text.slice(start, start + 9))) return { kind: "doctype", start, end: start + 9 };
  if (text.startsWith("<?", start)) return scanInstruction(text, start);
  if (text.startsWith("</", start)) return scanEndTag(text, start);
  return scanStartTag(text, start);
}

function scanComment(text: string, start: number): Scanned {
  const dashes = text.indexOf("--", start + 4);
  if (dashes < 0) return malformed("a comment that is never closed", start, start + 4);
  if (text[dashes + 2] !== ">") return malformed('"--" inside a comment', dashes, dashes + 2);
  return { kind: "comment", start, end: dashes + 3 };
}

function scanCdata(text: string, start: number): XmlToken {
  const end = text.indexOf("]]>", start);
  if (end < 0) return malformed("a CDATA section that is never closed", start, start + 9);
  return { kind: "cdata", start: start + 9, end };
}

function scanInstruction(text: string, start: number): XmlToken {
  const name = matchAt(namePattern, text, start + 2);
  const close = text.indexOf("?>", start + 2);
  if (name === "") return malformed('"<?" without a name', start, start + 2);
  if (close < 0) return malformed(`"<?${name}" that is never closed`, start, start + 2 + name.length);
  const end = close + 2;
  const first = start === 0 || (start === 1 && text.startsWith("\uFEFF"));
  if (name !== "xml") return { kind: "instruction", name, start, end };
  return first
    ? { kind: "declaration", start, end }
    : malformed("an XML declaration that is not at the very start", start, end);
}

function scanEndTag(text: string, start: number): XmlToken {
  const name = matchAt(namePattern, text, start + 2);
  const close = start + 2 + name.length + matchAt(spacePattern, text, start + 2 + name.length).length;
  if (name === "" || text[close] !== ">") return malformed("an end tag that is not well formed", start, close);
  return { kind: "end-tag", name, start, end: close + 1 };
}

function scanStartTag(text: string, start: number): XmlToken {
  const name = matchAt(namePattern, text, start + 1);
  if (name === "") return malformed('"<" that starts no tag (write &lt;)', start, start + 1);
  const attributes: RawAttribute[] = [];
  let at = start + 1 + name.length;
  for (;;) {
    const space = matchAt(spacePattern, text, at).length;
    at += space;
    const selfClosing = text.startsWith("/>", at);
    if (selfClosing || text[at] === ">") {
      return { kind: "start-tag", name, attributes, selfClosing, start, end: at + (selfClosing ? 2 : 1) };
    }
    if (at >= text.length) return malformed(`the tag "<${name}" that is never closed`, start, start + 1 + name.length);
    if (space === 0) return malformed(`a character that does not belong in the tag "<${name}"`, at, at + 1);
    const attribute = scanAttribute(text, at);
    if ("kind" in attribute) return attribute;
    attributes.push(attribute);
    at = attribute.valueEnd + 1;
  }
}

function scanAttribute(text: string, nameStart: number): RawAttribute | Malformed {
  const name = matchAt(namePattern, text, nameStart);
  if (name === "") return malformed("a character that starts no attribute", nameStart, nameStart + 1);
  const nameEnd = nameStart + name.length;
  const equals = matchAt(equalsPattern, text, nameEnd);
  if (equals === "") return malformed(`the attribute "${name}" without a value`, nameStart, nameEnd);
  const quote = text[nameEnd + equals.length];
  if (quote !== '"' && quote !== "'") return malformed(`a value of "${name}" without quotes`, nameStart, nameEnd);
  const valueStart = nameEnd + equals.length + 1;
  const valueEnd = text.indexOf(quote, valueStart);
  if (valueEnd < 0) return malformed(`a value of "${name}" that is never closed`, nameStart, nameEnd);
  const bracket = text.slice(valueStart, valueEnd).indexOf("<");
  if (bracket >= 0) {
    return malformed(`"<" in the value of "${name}" (write &lt;)`, valueStart + bracket, valueStart + bracket + 1);
  }
  return { name, nameStart, valueStart, valueEnd };
}

function matchAt(sticky: RegExp, text: string, at: number): string {
  sticky.lastIndex = at;
  return sticky.exec(text)?.[0] ?? "";
}
