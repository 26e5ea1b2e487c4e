/** Takes a raw request URL apart: path segments and query options, each percent-decoded exactly once, after splitting. */
import type { Failed } from "../call.ts";
import { failed } from "./failure.ts";

export interface QueryOption {
  readonly name: string;
  readonly value: string;
}

/** NUL and the other C0 controls and DEL have no place in a name or a key. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const control = /[\u0000-\u001f\u007f]/;

/** The decoded segments of a path that starts behind the service root. An empty path has none. */
export function pathSegments(path: string): readonly string[] | Failed {
  const parts = path.split("/");
  if (parts[0] === "") parts.shift();
  if (parts.at(-1) === "") parts.pop();
  const segments: string[] = [];
  for (const part of parts) {
    if (part === "") return failed("InvalidRequest", "the path has an empty segment; write a slash in a key as %2F");
    const segment = percentDecoded(part);
    if (segment === undefined) return badEncoding("path");
    if (control.test(segment)) return failed("InvalidRequest", "the path has a control character");
    segments.push(segment);
  }
  return segments;
}

/** The query options in order; `+` means a space, as HTML forms write it, and `%2B` a plus. */
export function queryOptions(query: string): readonly QueryOption[] | Failed {
  const options: QueryOption[] = [];
  for (const part of query.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const name = percentDecoded(spaced(equals < 0 ? part : part.slice(0, equals)));
    const value = percentDecoded(spaced(equals < 0 ? "" : part.slice(equals + 1)));
    if (name === undefined || value === undefined) return badEncoding("query");
    if (value.includes("\u0000") || control.test(name)) {
      return failed("InvalidRequest", "the query has a control character");
    }
    options.push({ name, value });
  }
  return options;
}

function spaced(text: string): string {
  return text.includes("+") ? text.replaceAll("+", " ") : text;
}

/** Undefined for a broken escape and for bytes that are no UTF-8 (RFC 3629: overlong forms and surrogates are none). */
function percentDecoded(text: string): string | undefined {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function badEncoding(place: string): Failed {
  return failed("InvalidRequest", `the ${place} of the URL is not valid percent-encoded UTF-8`);
}
