/** Reading a spec folder: what is read, in which order, and what is left alone. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { defaultFolderLimits } from "./limits.ts";
import { readSpecFolder } from "./read-folder.ts";

let folder = "";

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "temperc-folder-")), "shop");
  mkdirSync(folder);
});

afterEach(() => rm(dirname(folder), { recursive: true, force: true }));

function put(...paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), path);
  }
}

/** The paths read and the links left alone, or the refusal's message. */
async function read(path = folder, limits: Partial<typeof defaultFolderLimits> = {}) {
  const found = await readSpecFolder(path, { ...defaultFolderLimits, ...limits });
  if (found.kind === "refused") return found.message;
  const { sources, strayLinks } = found;
  return { name: sources.name, paths: sources.files.map((file) => file.path), strayLinks };
}

describe("a spec folder", () => {
  test("is read in path order, and only its TOML, XML and Cedar files", async () => {
    put("b.ioa.toml", "B.ioa.toml", "policies/z.cedar", "shop.csdl.xml", "a/deep/c.cedar", "README.md", "notes.toml");
    const paths = ["B.ioa.toml", "a/deep/c.cedar", "b.ioa.toml", "policies/z.cedar", "shop.csdl.xml"];
    expect(await read()).toEqual({ name: "shop", paths, strayLinks: [] });
  });

  test("gives the bytes of each file as they are", async () => {
    put("a.ioa.toml");
    const found = await readSpecFolder(folder, defaultFolderLimits);
    const bytes = found.kind === "read" ? found.sources.files.map((file) => Buffer.from(file.bytes).toString()) : [];
    expect(bytes).toEqual(["a.ioa.toml"]);
  });

  test("may stand in specs/ of the folder that is named, and is named for that", async () => {
    put("specs/a.ioa.toml", "package.json");
    expect(await read()).toMatchObject({ name: "shop", paths: ["a.ioa.toml"] });
    expect(await read(join(folder, "specs"))).toMatchObject({ name: "shop", paths: ["a.ioa.toml"] });
  });

  test("is read without node_modules, dist, dotfolders and what temperc build wrote", async () => {
    put("a.ioa.toml", "node_modules/x/b.ioa.toml", "dist/b.ioa.toml", ".git/b.ioa.toml");
    put("out/b.ioa.toml", "out/manifest.json", "out/service.mjs");
    expect(await read()).toMatchObject({ paths: ["a.ioa.toml"] });
  });

  test("without any such file is no spec", async () => {
    put("README.md");
    expect(await read()).toMatch(/^there is no spec in /);
  });
});

describe("a link", () => {
  test("that leads out of the folder, or nowhere, is not followed, and is told", async () => {
    put("a.ioa.toml", "../elsewhere/b.ioa.toml");
    symlinkSync("../elsewhere/b.ioa.toml", join(folder, "b.ioa.toml"));
    symlinkSync("nowhere", join(folder, "c.ioa.toml"));
    symlinkSync("../elsewhere", join(folder, "d"));
    expect(await read()).toMatchObject({ paths: ["a.ioa.toml"], strayLinks: ["b.ioa.toml", "c.ioa.toml"] });
  });

  test("to a file in the folder counts as that file, once, as in mounted configuration", async () => {
    put("..2026/a.ioa.toml", "x.cedar");
    symlinkSync("..2026", join(folder, "..now"));
    symlinkSync("..now/a.ioa.toml", join(folder, "a.ioa.toml"));
    symlinkSync("x.cedar", join(folder, "y.cedar"));
    expect(await read()).toMatchObject({ paths: ["a.ioa.toml", "x.cedar"], strayLinks: [] });
  });

  test("to itself ends nothing", async () => {
    put("a.ioa.toml");
    symlinkSync(".", join(folder, "loop"));
    symlinkSync("z.cedar", join(folder, "z.cedar"));
    expect(await read()).toMatchObject({ paths: ["a.ioa.toml"], strayLinks: ["z.cedar"] });
  });

  test("may be the way to the folder itself", async () => {
    put("a.ioa.toml");
    symlinkSync("shop", join(dirname(folder), "alias"));
    expect(await read(join(dirname(folder), "alias"))).toMatchObject({ paths: ["a.ioa.toml"] });
  });
});

describe("a limit", () => {
  const cases: readonly [Partial<typeof defaultFolderLimits>, RegExp][] = [
    [{ filesMax: 2 }, /3 spec files, and the limit filesMax is 2/],
    [{ fileBytesMax: 11 }, /a\/b\/c\.ioa\.toml: larger than 11 bytes, which is the limit fileBytesMax/],
    [{ folderBytesMax: 20 }, /together: larger than 20 bytes, which is the limit folderBytesMax/],
    [{ entriesMax: 3 }, /more than 3 files and folders, and the limit entriesMax is 3/],
    [{ depthMax: 2 }, /folders 3 deep, and the limit depthMax is 2/],
  ];

  test.each(cases)("%j that is passed is named", async (limits, message) => {
    put("a/b/c.ioa.toml", "d.cedar", "e.cedar");
    expect(await read(folder, limits)).toMatch(message);
  });
});
