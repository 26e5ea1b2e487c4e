/** Reads a gzipped tar archive in memory. */
import { gunzipSync } from "node:zlib";

const blockBytes = 512;

/** The texts of its plain files, by path. */
export function filesInTar(archive: Uint8Array): ReadonlyMap<string, string> {
  const bytes = gunzipSync(archive);
  const files = new Map<string, string>();
  for (let at = 0; at + blockBytes <= bytes.length; ) {
    const field = (start: number, length: number): string =>
      bytes.toString("utf8", at + start, at + start + length).replace(/\0.*$/s, "");
    const size = Number.parseInt(field(124, 12), 8) || 0;
    const body = at + blockBytes;
    if (/^[\0]?0?$/.test(field(156, 1))) files.set(field(0, 100), bytes.toString("utf8", body, body + size));
    at = body + Math.ceil(size / blockBytes) * blockBytes;
  }
  files.delete("");
  return files;
}
