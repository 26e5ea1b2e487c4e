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
    const name = longName ?? nameIn(header);
    longName = undefined;
    if (type === "x" || type === "L") {
      if (size > longNameBytesMax) return broken("a name is too long");
      longName = type === "L" ? text(bytes) : pathOf(text(bytes));
    } else if (type === "0" || type === "\0") files.push({ path: name, bytes });
    else if (type !== "5" && type !== "g")
      return broken(`${JSON.stringify(name)} is no plain file but a link or a device`);
  }
  return broken("it ends in the middle");
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

/** The `path` among the records `<length> <key>=<value>\n` of a pax header. */
function pathOf(records: string): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(records)?.[1];
}
