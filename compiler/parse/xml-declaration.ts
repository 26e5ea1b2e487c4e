/** Judges the XML declaration: version 1.0, and an encoding that agrees with the UTF-8 that every spec file is read as. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/span.ts";

const declaration =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(["'])([^"']*)\1(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(["'])([^"']*)\3)?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(["'])(?:yes|no)\5)?[ \t\r\n]*\?>$/d;

/** Encodings whose every text reads the same as UTF-8. */
const readAsUtf8: ReadonlySet<string> = new Set(["utf-8", "utf8", "us-ascii", "ascii"]);

/** True when the declaration lets the file be read; otherwise the reason is reported. XML 1.0, section 2.8. */
export function checkDeclaration(text: string, span: Span, report: Report): boolean {
  const match = declaration.exec(text);
  if (match === null) {
    report("parse/xml-syntax", span, { problem: "an XML declaration that is not well formed" });
    return false;
  }
  const [, , version, , encoding] = match;
  if (version !== "1.0") {
    report("parse/xml-syntax", groupSpan(match, 2, span), { problem: `XML version "${version}" (only 1.0 is read)` });
    return false;
  }
  if (encoding === undefined || readAsUtf8.has(encoding.toLowerCase())) return true;
  const hint = 'save the file as UTF-8 and declare encoding="utf-8", or leave the encoding out';
  report("parse/xml-encoding", groupSpan(match, 4, span), { encoding }, { hint });
  return false;
}

function groupSpan(match: RegExpExecArray, group: number, span: Span): Span {
  const [start, end] = match.indices?.[group] ?? [0, 0];
  return { file: span.file, start: span.start + start, end: span.start + end };
}
