/** A reporter for tests that remembers what it was told, as text. */

import { catalogue } from "./catalogue.ts";
import type { Report } from "./diagnostic.ts";

/** The reporter and what it was told, each once: `code @ the text under the span: message (hint)`. */
export function collect(texts: Readonly<Record<string, string>>): { readonly report: Report; readonly told: string[] } {
  const told: string[] = [];
  const seen = new Set<string>();
  const report: Report = (code, at, facts, advice) => {
    // The facts are those of this code, which TypeScript cannot follow through the table.
    const message = (catalogue[code].message as (f: typeof facts) => string)(facts);
    const identity = `${code} ${at.file} ${at.start} ${message}`;
    if (seen.has(identity)) return;
    seen.add(identity);
    const text = texts[at.file]?.slice(at.start, at.end) ?? "";
    told.push(`${code} @ ${text}: ${message}${advice?.hint === undefined ? "" : ` (${advice.hint})`}`);
  };
  return { report, told };
}
