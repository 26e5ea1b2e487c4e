/** `If-Match` and `If-None-Match` (RFC 9110, section 13) on the entity's sequence number. */
import type { Failed } from "../call.ts";
import { failed } from "./failure.ts";

/** What a header of entity tags says. A tag that this service never gave is none of the sequence numbers. */
export type Tags =
  | { readonly kind: "absent" }
  | { readonly kind: "any" }
  | { readonly kind: "sequences"; readonly sequences: readonly number[] };

/** Tags between commas, of which some may have nothing between them (RFC 9110, section 5.6.1). */
const tagList = /^[\s,]*(?:W\/)?"[^"]*"(?:\s*,[\s,]*(?:W\/)?"[^"]*")*[\s,]*$/;

/** The tags of the header. */
export function readTags(header: string | undefined, name: "If-Match" | "If-None-Match"): Tags | Failed {
  if (header === undefined) return { kind: "absent" };
  const text = header.trim();
  if (text === "*") return { kind: "any" };
  if (!tagList.test(text)) {
    return failed("InvalidRequest", `${name} is neither * nor entity tags such as W/"7", W/"8"`, name);
  }
  const tags = text.matchAll(/"([^"]*)"/g);
  const sequences = [...tags].flatMap(([, tag = ""]) => (/^\d{1,15}$/.test(tag) ? [Number(tag)] : []));
  return { kind: "sequences", sequences };
}

/** True where the tags name that sequence number. */
export function matches(tags: Tags, sequence: number): boolean {
  return tags.kind === "any" || (tags.kind === "sequences" && tags.sequences.includes(sequence));
}
