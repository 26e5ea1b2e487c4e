/** Submissions that try to reach the file system, to be larger than they look, or to be what they are not: each is refused whole. */
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { defaultSpecLimits, readSpecBody } from "../../runtime-lib/service/http/spec-body.ts";
import { type Entry, tarOf } from "./tar.ts";

const limits = { ...defaultSpecLimits, specFilesMax: 5, specBytesMax: 10_000 };

/** The message of the refusal, or the paths that were read. */
function read(type: string, body: Buffer): string | readonly string[] {
  const files = readSpecBody(type, body, limits);
  return "kind" in files ? `${files.code}: ${files.message}` : files.map(({ path }) => path);
}

function json(files: unknown, more: object = {}): string | readonly string[] {
  return read("application/json", Buffer.from(JSON.stringify({ files, ...more })));
}

function tar(...entries: readonly Entry[]): string | readonly string[] {
  return read("application/x-tar", tarOf(entries));
}

const paths: readonly string[] = [
  "../order.ioa.toml",
  "a/../../order.ioa.toml",
  "/etc/order.ioa.toml",
  "a//order.ioa.toml",
  "./a/./order.ioa.toml",
  "..\\order.ioa.toml",
  "C:\\order.ioa.toml",
  "C:/order.ioa.toml",
  "order.ioa.toml\0.txt",
  "order\n.ioa.toml",
  "order\u202e.ioa.toml",
  "order\ud800.ioa.toml",
  "",
  ".",
  "..",
  `${"a/".repeat(17)}order.ioa.toml`,
  `${"a".repeat(300)}.ioa.toml`,
];

describe("a path", () => {
  test.each(paths)("%j is refused, in JSON and in an archive", (path) => {
    expect(json({ "fine.cedar": "", [path]: "" })).toMatch(/^InvalidParameter: the path /);
    if (!path.includes("\0") && !path.includes("\ud800") && path !== "" && Buffer.byteLength(path) <= 100)
      expect(tar({ path: "fine.cedar" }, { path })).toMatch(/^InvalidParameter: the path /);
  });

  test("may be there once, whatever its case", () => {
    expect(json({ "a.cedar": "", "A.cedar": "" })).toMatch(/is there twice/);
    expect(tar({ path: "a.cedar" }, { path: "./a.cedar" })).toMatch(/is there twice/);
  });

  test("that means something to JavaScript is a path like any other", () => {
    const body = Buffer.from('{ "files": { "__proto__": "x", "constructor": "y", "a/__proto__/b.cedar": "z" } }');
    expect(read("application/json", body)).toEqual(["__proto__", "constructor", "a/__proto__/b.cedar"]);
    expect(Object.hasOwn(Object.prototype, "b.cedar")).toBe(false);
  });
});

describe("an archive", () => {
  test("of plain files is read; folders are passed over", () => {
    expect(tar({ path: "./spec/", type: "5" }, { path: "./spec/a.cedar", text: "x" })).toEqual(["spec/a.cedar"]);
    const packed = gzipSync(tarOf([{ path: "a.cedar", text: "x" }]));
    expect(read("application/gzip", packed)).toEqual(["a.cedar"]);
  });

  const kinds = ["1", "2", "3", "4", "6", "K", "S"];
  test.each(kinds)("with an entry of type %s, a link or a device, is refused whole", (type) => {
    const entry = { path: "a.cedar", type, link: "/etc/passwd" };
    expect(tar({ path: "b.cedar", text: "x" }, entry)).toMatch(/is no plain file/);
  });

  test("that claims to be longer than it is, or is cut, is refused", () => {
    expect(tar({ path: "a.cedar", claims: 2 ** 32 })).toMatch(/longer than it is/);
    expect(read("application/x-tar", tarOf([{ path: "a.cedar", text: "x" }]).subarray(0, 1_024))).toMatch(
      /in the middle/,
    );
    expect(read("application/x-tar", Buffer.alloc(700, 7))).toMatch(/checksum/);
  });

  test("that unpacks to more than it may is refused before it is unpacked", () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(100_000);
    expect(read("application/gzip", bomb)).toMatch(/^PayloadTooLarge: .*specBytesMax/);
    const many = Array.from({ length: 25 }, (_, index): Entry => ({ path: `${index}/`, type: "5" }));
    expect(tar(...many)).toMatch(/more than 20 entries/);
    expect(tar(...many.slice(0, 6).map((_, index) => ({ path: `${index}.cedar` })))).toMatch(/specFilesMax is 5/);
    expect(tar({ path: "a.cedar", text: "x".repeat(10_001) })).toMatch(/specBytesMax is 10000/);
  });

  /** `<length> <key>=<value>\n`, the length of all of it. */
  const record = (text: string): string => {
    const length = Buffer.byteLength(text) + 4;
    return `${length < 100 ? length : length + 1} ${text}\n`;
  };
  const pax = (text: string, type = "x") => tar({ path: "pax", type, text }, { path: "a.cedar", text: "x" });

  test("whose long name leads out, or is huge, is refused", () => {
    const named = (path: string) => pax(record(`path=${path}`));
    expect(named("spec/long.cedar")).toEqual(["spec/long.cedar"]);
    expect(named("../../long.cedar")).toMatch(/^InvalidParameter: the path /);
    expect(tar({ path: "long", type: "L", text: "x".repeat(5_000) }, { path: "a.cedar" })).toMatch(/too long/);
  });

  test("has the names that every reader of archives would see, or is refused", () => {
    expect(pax(record("comment=by hand\n9 path=b.cedar\n"))).toEqual(["a.cedar"]);
    const timed = { path: "pax", type: "x", text: record("mtime=1700000000.5") };
    expect(tar({ path: "long", type: "L", text: "b.cedar\0" }, timed, { path: "a.cedar" })).toEqual(["b.cedar"]);
    expect(pax(record("comment=a commit"), "g")).toEqual(["a.cedar"]);
    expect(pax(record("path=b.cedar"), "g")).toMatch(/says "path"/);
    expect(pax(record("size=0"))).toMatch(/says "size"/);
    expect(pax(record("GNU.sparse.name=b.cedar"))).toMatch(/says "GNU.sparse.name"/);
    for (const text of ["9 path=b.cedar\n", "99 path=b.cedar\n", "path=b.cedar\n", "0 \n", "3 \n"]) {
      expect(pax(text), text).toMatch(/as its lengths say/);
    }
  });
});

describe("a body", () => {
  test("of another shape than files by their paths is refused", () => {
    expect(json([])).toMatch(/files is an object/);
    expect(json({})).toMatch(/at least one file/);
    expect(json({ "a.cedar": 7 })).toMatch(/neither a text nor/);
    expect(json({ "a.cedar": { base64: "%%" } })).toMatch(/neither a text nor/);
    expect(json({ "a.cedar": { base64: "/w==" } })).toMatch(/is not UTF-8/);
    expect(json({ "a.cedar": "" }, { bounds: { Items: 1 } })).toMatch(/a submission has no "bounds"/);
    expect(read("application/json", Buffer.from("{"))).toMatch(/no JSON/);
    expect(read("application/gzip", Buffer.from("PK"))).toMatch(/no gzip/);
  });
});
