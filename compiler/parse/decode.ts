/** Bytes to text: UTF-8 and nothing else, within a limit of size, or a diagnostic that says what they are instead. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { SourceFile } from "../sources.ts";
import type { TextFile } from "./toml.ts";

/** A spec file is written by hand or by an agent; one above this is a mistake or an attack. */
const bytesMax = 4 * 1024 * 1024;

/** The text of a source file. Reports `parse/too-large` and `parse/encoding`; a byte order mark is dropped. */
export function decode({ path, bytes }: SourceFile, report: Report): TextFile | undefined {
  const start = { file: path, start: 0, end: 0 };
  if (bytes.length > bytesMax) {
    report("parse/too-large", start, { bytes: bytes.length, max: bytesMax });
    return undefined;
  }
  const wide = wideEncoding(bytes);
  if (wide !== undefined) {
    report("parse/encoding", start, { encoding: `it begins as ${wide} does` }, { hint: "save it as UTF-8" });
    return undefined;
  }
  const text = utf8(bytes);
  if (text === undefined) {
    const at = firstInvalid(bytes);
    const found = (bytes[at] ?? 0).toString(16).padStart(2, "0");
    report(
      "parse/encoding",
      start,
      { encoding: `byte ${at} (0x${found}) fits no character` },
      { hint: "save it as UTF-8" },
    );
    return undefined;
  }
  const nul = text.indexOf("\0");
  if (nul < 0) return { path, text };
  report("parse/encoding", start, { encoding: `it has a NUL character at offset ${nul}` });
  return undefined;
}

function wideEncoding(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return "UTF-16";
  return undefined;
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The longest prefix that decodes ends at the first byte that does not; found by bisection. */
function firstInvalid(bytes: Uint8Array): number {
  let valid = 0;
  let invalid = bytes.length;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    const decoder = new TextDecoder("utf-8", { fatal: true });
    try {
      decoder.decode(bytes.subarray(0, middle), { stream: true });
      valid = middle;
    } catch {
      invalid = middle;
    }
  }
  return valid;
}
