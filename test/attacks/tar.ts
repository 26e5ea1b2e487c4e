/** Writes tar archives, also such as no honest program writes. */

export interface Entry {
  readonly path: string;
  readonly text?: string;
  /** `0` is a file, `2` a symbolic link, `5` a folder. */
  readonly type?: string;
  readonly link?: string;
  /** The size that the header claims, where it is another. */
  readonly claims?: number;
}

export function tarOf(entries: readonly Entry[]): Buffer {
  return Buffer.concat([...entries.map(entryOf), Buffer.alloc(1_024)]);
}

function entryOf({ path, text = "", type = "0", link = "", claims }: Entry): Buffer {
  const body = Buffer.from(text, "utf8");
  const header = Buffer.alloc(512);
  header.write(path, 0, 100, "utf8");
  header.write("0000644\0", 100);
  header.write(`${(claims ?? body.length).toString(8).padStart(11, "0")}\0`, 124);
  header.write("        ", 148);
  header.write(type, 156);
  header.write(link, 157, 100, "utf8");
  header.write("ustar\0", 257, "latin1");
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}
