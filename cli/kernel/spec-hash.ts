/** The name of a revision: a hash of everything that decides what the service does. */
import { createHash } from "node:crypto";
import type { SourceFile, Sources } from "../../compiler/index.ts";

/**
 * SHA-256, in hex, over the version of temperc, the program's name, and path and bytes of each spec file in path order.
 * Lengths stand before the parts, so that no two folders run together into the same bytes.
 */
export function specHash(sources: Sources, version: string): string {
  const hash = createHash("sha256");
  const add = (part: string | Uint8Array): void => {
    const bytes = typeof part === "string" ? Buffer.from(part) : part;
    hash.update(`${bytes.length}:`).update(bytes);
  };
  add(version);
  add(sources.name);
  for (const { path, bytes } of sources.files.toSorted(byPath)) {
    add(path);
    add(bytes);
  }
  return hash.digest("hex");
}

function byPath(a: SourceFile, b: SourceFile): number {
  return a.path < b.path ? -1 : 1;
}
