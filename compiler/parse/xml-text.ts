/** Turns the characters of XML text and attribute values into what they mean: references resolved, unknown entities refused. */

import type { Report } from "../diagnostics/diagnostic.ts";

/** A piece of a file: what is decoded, and where it starts there. */
export interface RawText {
  readonly file: string;
  readonly raw: string;
  readonly start: number;
}

const predefined: ReadonlyMap<string, string> = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);

const reference = /&(?:#([0-9]{1,7})|#x([0-9a-fA-F]{1,6})|([^;&\s]{0,64}))(;?)/g;

/** Character data with its references resolved; line ends are normalised as XML 1.0, section 2.11 says. */
export function decodeText(text: RawText, report: Report): string {
  return decode(text, report, (literal) => literal.replace(/\r\n?/g, "\n"));
}

/** An attribute's value; white space is normalised as XML 1.0, section 3.3.3 says. */
export function decodeAttribute(text: RawText, report: Report): string {
  return decode(text, report, (literal) => literal.replace(/\r\n|[\t\r\n]/g, " "));
}

function decode(text: RawText, report: Report, literal: (part: string) => string): string {
  let decoded = "";
  let at = 0;
  for (const match of text.raw.matchAll(reference)) {
    const character = resolve(match);
    if (character === undefined) {
      const start = text.start + match.index;
      const span = { file: text.file, start, end: start + match[0].length };
      report("parse/xml-entity", span, { reference: match[0] }, { hint: hintFor(match) });
    }
    decoded += literal(text.raw.slice(at, match.index)) + (character ?? "");
    at = match.index + match[0].length;
  }
  return decoded + literal(text.raw.slice(at));
}

function resolve(match: RegExpMatchArray): string | undefined {
  const [, decimal, hexadecimal, name, semicolon] = match;
  if (semicolon === "") return undefined;
  if (decimal !== undefined) return characterOf(Number.parseInt(decimal, 10));
  if (hexadecimal !== undefined) return characterOf(Number.parseInt(hexadecimal, 16));
  return predefined.get(name ?? "");
}

function characterOf(codePoint: number): string | undefined {
  const plain = codePoint === 9 || codePoint === 10 || codePoint === 13;
  const basic = (codePoint >= 0x20 && codePoint <= 0xd7ff) || (codePoint >= 0xe000 && codePoint <= 0xfffd);
  const beyond = codePoint >= 0x1_0000 && codePoint <= 0x10_ffff;
  return plain || basic || beyond ? String.fromCodePoint(codePoint) : undefined;
}

function hintFor(match: RegExpMatchArray): string {
  return match[4] === "" && !match[0].startsWith("&#")
    ? "a plain & is written &amp;"
    : "only &lt; &gt; &amp; &quot; &apos; and numbers of XML characters such as &#233; are read";
}
