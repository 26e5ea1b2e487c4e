/** `If-Match` and `If-None-Match` (RFC 9110, section 13) on the entity's sequence number. */
import type { Failed } from "../call.ts";
import { failed, notImplemented } from "./failure.ts";

/** What a header of entity tags says; `impossible` is a tag that this service never gave. */
export type Tags =
  | { readonly kind: "absent" }
  | { readonly kind: "any" }
  | { readonly kind: "sequence"; readonly sequence: number }
  | { readonly kind: "impossible" };

/** The one tag of the header; a list of several is not taken yet. */
export function readTags(header: string | undefined, name: "If-Match" | "If-None-Match"): Tags | Failed {
  if (header === undefined) return { kind: "absent" };
  const text = header.trim();
  if (text === "*") return { kind: "any" };
  if (!/^(?:W\/)?"[^"]*"(?:\s*,\s*(?:W\/)?"[^"]*")*$/.test(text)) {
    return failed("InvalidRequest", `${name} is not an entity tag such as W/"7"`, name);
  }
  if (/"\s*,/.test(text)) return notImplemented(`a list of several entity tags in ${name}`, name);
  const digits = /"(\d{1,15})"$/.exec(text)?.[1];
  return digits === undefined ? { kind: "impossible" } : { kind: "sequence", sequence: Number(digits) };
}

/** The sequence number that a write expects; −1 is one that no entity has. */
export function expectedSequence(tags: Tags): number | undefined {
  switch (tags.kind) {
    case "absent":
    case "any":
      return undefined;
    case "sequence":
      return tags.sequence;
    case "impossible":
      return -1;
  }
}

/** True where the tags name that sequence number. */
export function matches(tags: Tags, sequence: number): boolean {
  return tags.kind === "any" || (tags.kind === "sequence" && tags.sequence === sequence);
}
