/** Byte-level damage: a few places of a file are overwritten, cut out, doubled or swapped, as a slip or an attack would. */
import fc from "fast-check";
import type { SourceFile } from "../../compiler/index.ts";

const pieces = [
  ...[
    '"',
    "'",
    '"""',
    "'''",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "(",
    ")",
    "=",
    ".",
    ",",
    ";",
    "#",
    "\\",
    "\\u",
    "\\uD800",
  ],
  ...[
    "<",
    ">",
    "/>",
    "</",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<!DOCTYPE x>",
    "<?x?>",
    "&lt;",
    "&#0;",
    "&#xD800;",
    "&x;",
  ],
  ...[
    "\n",
    "\r",
    "\r\n",
    "\t",
    " ",
    "\0",
    "\x1b[2J",
    "\x7f",
    "\u0085",
    "\u00a0",
    "\u2028",
    "\u202e",
    "\ufeff",
    "\uffff",
  ],
  ...[
    "é",
    "e\u0301",
    "名",
    "🙂",
    "ß",
    "İ",
    "//",
    "/*",
    "*/",
    "$\u007bx}",
    "{{x}}",
    "`",
    "@",
    "$",
    "%",
    "&&",
    "||",
    "=>",
    "!",
  ],
  ...["__proto__", "constructor", "toString", "undefined", "NaN", "inf", "true", "null", "0", "-1", "1e999", "0x7f"],
  ...["9007199254740993", "9223372036854775808", "1979-05-27", "07:32:00", "a".repeat(300), " ".repeat(5_000)],
].map((text) => new TextEncoder().encode(text));
/** No UTF-8: a half pair, an overlong slash, a stray continuation, the two ends of other encodings. */
const broken = [[0xed, 0xa0, 0x80], [0xc0, 0xaf], [0x80], [0xff, 0xfe], [0xfe, 0xff], [0xf4, 0x90, 0x80, 0x80]].map(
  (bytes) => Uint8Array.from(bytes),
);

const place = fc.double({ min: 0, max: 1, noNaN: true });
const change = fc.record({
  at: place,
  /** Bytes that go. */
  cut: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat({ max: 4 }), fc.nat({ max: 200 })),
  put: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...pieces) },
    { weight: 1, arbitrary: fc.constantFrom(...broken) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 8 }) },
    { weight: 2, arbitrary: fc.constant(new Uint8Array()) },
  ),
  /** Bytes from elsewhere in the same file that come along. */
  from: place,
  copied: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat({ max: 300 })),
});

/** Up to four changes, one after the other. */
export const changes = fc.array(change, { minLength: 1, maxLength: 4 });
export type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** The file with the changes made to it. */
export function spoiled({ path, bytes }: SourceFile, made: readonly Change[]): SourceFile {
  const changed = made.reduce<Uint8Array>((before, { at, cut, put, from, copied }) => {
    const start = Math.floor(at * before.length);
    const source = Math.floor(from * before.length);
    const copy = before.subarray(source, source + copied);
    return Buffer.concat([before.subarray(0, start), put, copy, before.subarray(start + cut)]);
  }, bytes);
  return { path, bytes: changed };
}
