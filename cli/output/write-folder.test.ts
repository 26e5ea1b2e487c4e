/** Writing a folder: whole or not at all, and never over what is not ours. */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { madeBy, writeFolder } from "./write-folder.ts";

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "temperc-out-"));
  mkdirSync(join(folder, "spec"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const manifest = { path: "manifest.json", content: JSON.stringify({ madeBy }) };

function write(out: string, text: string, force = false) {
  const files = [
    manifest,
    { path: "deep/er/a.txt", content: text },
    { path: "b.bin", content: new Uint8Array([0, 255]) },
  ];
  return writeFolder(files, { out: join(folder, out), specFolder: join(folder, "spec"), force });
}

function textIn(out: string): string {
  return readFileSync(join(folder, out, "deep/er/a.txt"), "utf8");
}

describe("a folder", () => {
  test("is made with the folders above it, and holds exactly the files given", async () => {
    expect(await write("x/out", "one")).toEqual({ kind: "written", folder: join(folder, "x/out") });
    expect(readdirSync(join(folder, "x/out")).sort()).toEqual(["b.bin", "deep", "manifest.json"]);
    expect([...readFileSync(join(folder, "x/out/b.bin"))]).toEqual([0, 255]);
    expect(readdirSync(join(folder, "x"))).toEqual(["out"]);
  });

  test("that we wrote is replaced as a whole", async () => {
    await write("out", "one");
    writeFileSync(join(folder, "out/stale.txt"), "");
    expect((await write("out", "two")).kind).toBe("written");
    expect([textIn("out"), readdirSync(join(folder, "out")).includes("stale.txt")]).toEqual(["two", false]);
    expect(readdirSync(folder).sort()).toEqual(["out", "spec"]);
  });

  test("that is empty is taken", async () => {
    mkdirSync(join(folder, "out"));
    expect((await write("out", "one")).kind).toBe("written");
  });
});

describe("what is not ours", () => {
  const strangers: readonly [string, Readonly<Record<string, string>>][] = [
    ["without a manifest", { "thesis.txt": "years of work" }],
    ["with a manifest of someone else", { "manifest.json": '{"name":"a browser extension"}' }],
    ["with a manifest that is no JSON", { "manifest.json": "{" }],
  ];

  test.each(strangers)("%s is left as it was, unless it is forced", async (_name, files) => {
    mkdirSync(join(folder, "out"));
    for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, "out", path), text);
    expect(await write("out", "one")).toMatchObject({ kind: "refused", exitCode: 2 });
    expect(readdirSync(join(folder, "out"))).toEqual(Object.keys(files));
    expect((await write("out", "one", true)).kind).toBe("written");
    expect(textIn("out")).toBe("one");
  });

  test("is a file, or a path through one", async () => {
    writeFileSync(join(folder, "file"), "text");
    expect(await write("file", "one", true)).toMatchObject({ kind: "refused", exitCode: 2 });
    expect(await write("file/out", "one")).toMatchObject({ kind: "refused", exitCode: 1 });
    expect(readFileSync(join(folder, "file"), "utf8")).toBe("text");
  });

  test("is the spec's own folder, one around it, or one around where the user is, also through a link and forced", async () => {
    symlinkSync(folder, join(folder, "spec/up"));
    for (const out of ["spec", "", "spec/up"]) {
      expect(await write(out, "one", true)).toMatchObject({
        exitCode: 2,
        message: expect.stringMatching(/holds the spec|not a folder/),
      });
    }
    const around = await writeFolder([manifest], { out: process.cwd(), specFolder: join(folder, "spec"), force: true });
    expect(around).toMatchObject({ exitCode: 2, message: expect.stringContaining("the folder you are in") });
    expect(readdirSync(folder)).toEqual(["spec"]);
  });
});
