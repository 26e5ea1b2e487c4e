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

type TagHeader = "If-Match" | "If-None-Match";

/** The tags of the header. */
export function readTags(header: string | undefined, name: TagHeader): Tags | Failed {
  const tags = readTagTexts(header, name);
  if (tags.kind !== "texts") return tags;
  const sequences = tags.texts.flatMap((tag) => (/^\d{1,15}$/.test(tag) ? [Number(tag)] : []));
  return { kind: "sequences", sequences };
}

/** The same of tags that are any texts, as those of media are. */
export type TagTexts =
  | Exclude<Tags, { kind: "sequences" }>
  | { readonly kind: "texts"; readonly texts: readonly string[] };

/** What stands between the quotes of the header's tags. */
export function readTagTexts(header: string | undefined, name: TagHeader): TagTexts | Failed {
  if (header === undefined) return { kind: "absent" };
  const text = header.trim();
  if (text === "*") return { kind: "any" };
  if (!tagList.test(text)) {
    return failed("InvalidRequest", `${name} is neither * nor entity tags such as W/"7", W/"8"`, name);
  }
  return { kind: "texts", texts: [...text.matchAll(/"([^"]*)"/g)].map(([, tag = ""]) => tag) };
}

/** True where the tags name that sequence number. */
export function matches(tags: Tags, sequence: number): boolean {
  return tags.kind === "any" || (tags.kind === "sequences" && tags.sequences.includes(sequence));
}
