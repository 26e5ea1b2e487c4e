/** Keys that stand in a table for another kind of thing than it declares: they would do nothing, so they are told. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { KeyForms, TableReader } from "../parse/table.ts";

/** For each kind the keys that mean something to it alone, or to it and others; keys in no list are meant for all. */
export type KeysOfKinds<K extends KeyForms, Kind extends string> = Readonly<
  Record<Kind, readonly (keyof K & string)[]>
>;

/** Reports the keys of the table that only other kinds know. */
export function reportWithoutEffect<K extends KeyForms, Kind extends string>(
  reader: TableReader<K>,
  kind: Kind,
  { what, keys }: { readonly what: string; readonly keys: KeysOfKinds<K, Kind> },
  report: Report,
): void {
  const kinds = Object.entries<readonly string[]>(keys);
  for (const { key, keySpan } of reader.entries) {
    const knowing = kinds.filter(([, known]) => known.includes(key)).map(([name]) => name);
    if (knowing.length === 0 || knowing.includes(kind)) continue;
    const hint = `it is a key of ${what} of kind ${knowing.join(", ")}`;
    report("bind/key-without-effect", keySpan, { key, what: `${what} of kind ${kind}` }, { hint });
  }
}
