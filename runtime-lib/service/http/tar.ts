/** Reads a tar of plain files in memory (POSIX.1-2017 pax, ustar, and GNU's long names); whatever is no plain file is refused or passed over. */
import type { Failed } from "../call.ts";
import { failed } from "../odata/failure.ts";

export interface TarFile {
  /** As the archive spells it. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface TarLimits {
  /** Headers of any kind. */
  readonly entriesMax: number;
}

const blockBytes = 512;
const longNameBytesMax = 4_096;

/** The files of the archive, in order. Nothing is written anywhere, and no link is followed: one is a reason to refuse all. */
export function readTar(archive: Uint8Array, { entriesMax }: TarLimits): readonly TarFile[] | Failed {
  const files: TarFile[] = [];
  let longName: string | undefined;
  let offset = 0;
  for (let entries = 0; offset + blockBytes <= archive.length; entries += 1) {
    const header = archive.subarray(offset, offset + blockBytes);
    if (header.every((byte) => byte === 0)) return files;
    if (entries >= entriesMax) return broken(`it has more than ${entriesMax} entries`);
    if (!isWhole(header)) return broken("a header's checksum is wrong");
    const size = octal(header, 124, 12);
    if (size === undefined || size > archive.length - offset - blockBytes)
      return broken("an entry is longer than it is");
    const bytes = archive.subarray(offset + blockBytes, offset + blockBytes + size);
    offset += blockBytes * (1 + Math.ceil(size / blockBytes));
    const type = String.fromCharCode(header[156] ?? 0);
    if (type === "x" || type === "L" || type === "g") {
      const said = type === "L" ? longNameIn(bytes) : saidInPax(bytes, type);
      if ("kind" in said) return said;
      longName = said.path ?? longName;
      continue;
    }
    const name = longName ?? nameIn(header);
    longName = undefined;
    if (type === "0" || type === "\0") files.push({ path: name, bytes });
    else if (type !== "5") return broken(`${JSON.stringify(name)} is no plain file but a link or a device`);
  }
  return broken("it ends in the middle");
}

/** What an entry says of the one that follows it. */
interface Said {
  readonly path?: string;
}

function longNameIn(bytes: Uint8Array): Said | Failed {
  return bytes.length > longNameBytesMax ? broken("a name is too long") : { path: text(bytes) };
}

/**
 * Of one file, `x`, or of all that follow, `g`. What would have another reader see other files than these is refused: a name for
 * all, a size that is not the header's, and the map of a sparse file.
 */
function saidInPax(bytes: Uint8Array, type: "x" | "g"): Said | Failed {
  if (bytes.length > longNameBytesMax) return broken("a name is too long");
  const records = paxRecords(bytes);
  if (records === undefined) return broken("a pax header is not written as its lengths say");
  const isOther = (key: string): boolean =>
    key === "size" || key.startsWith("GNU.sparse.") || (type === "g" && key === "path");
  const other = [...records.keys()].find(isOther);
  if (other !== undefined) return broken(`a pax header says ${JSON.stringify(other)}, which is not read here`);
  const path = records.get("path");
  return path === undefined ? {} : { path };
}

/** The records `<length> <key>=<value>\n`, the length being that of all of it in bytes: a value may have line ends of its own. */
function paxRecords(bytes: Uint8Array): ReadonlyMap<string, string> | undefined {
  const records = new Map<string, string>();
  for (let start = 0; start < bytes.length; ) {
    const digits = /^([1-9]\d{0,3}) /.exec(Buffer.from(bytes.subarray(start, start + 5)).toString("latin1"))?.[1];
    const end = start + Number(digits);
    const record = Buffer.from(bytes.subarray(start, end)).toString("utf8");
    const parts = /^\d+ ([^=]+)=(.*)\n$/s.exec(record);
    if (parts === null || !(end <= bytes.length)) return undefined;
    records.set(parts[1] ?? "", parts[2] ?? "");
    start = end;
  }
  return records;
}

function broken(problem: string): Failed {
  return failed("InvalidRequest", `the archive cannot be read: ${problem}`, "files");
}

/** The sum of all bytes, those of the sum itself as spaces. */
function isWhole(header: Uint8Array): boolean {
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  return octal(header, 148, 8) === sum;
}

/** Undefined for what is no octal number, as are sizes from 8 GiB on, which are written in another way. */
function octal(header: Uint8Array, start: number, length: number): number | undefined {
  const digits = /^[ \0]*([0-7]+)[ \0]*$/.exec(Buffer.from(header.subarray(start, start + length)).toString("latin1"));
  return digits === null ? undefined : Number.parseInt(digits[1] ?? "", 8);
}

function nameIn(header: Uint8Array): string {
  const isUstar = text(header.subarray(257, 262)) === "ustar";
  const prefix = isUstar ? text(header.subarray(345, 500)) : "";
  const name = text(header.subarray(0, 100));
  return prefix === "" ? name : `${prefix}/${name}`;
}

function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString("utf8");
}
