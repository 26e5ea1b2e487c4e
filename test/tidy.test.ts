/** The executable part of the house style: arrows, sizes, words, purity, orphans, READMEs and a case for every diagnostic. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { catalogue } from "../compiler/diagnostics/catalogue.ts";
import { wrongArrows } from "./tidy/arrows.ts";
import { print, readCode } from "./tidy/code-file.ts";
import { bannedConstructs } from "./tidy/constructs.ts";
import { emptyNamesIn } from "./tidy/names.ts";
import { orphans } from "./tidy/orphans.ts";
import { type Installed, undeclaredPackages, unusedPackages } from "./tidy/packages.ts";
import { impurities } from "./tidy/purity.ts";
import { tooLarge } from "./tidy/sizes.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const rooms = ["bench", "cli", "compiler", "docs", "examples", "golden", "runtime-lib", "templates", "test", "verify"];
const readmeLinesMax = 10;

const files = readCode(root, [...rooms, ".ci"]);

function installed(path: string): Installed {
  const manifest: { dependencies?: object; devDependencies?: object; peerDependencies?: object } = JSON.parse(
    readFileSync(join(root, path), "utf8"),
  );
  return {
    dependencies: new Set(Object.keys(manifest.dependencies ?? {})),
    devDependencies: new Set(Object.keys(manifest.devDependencies ?? {})),
    peerDependencies: new Set(Object.keys(manifest.peerDependencies ?? {})),
  };
}

const runtime = installed("runtime-lib/package.json");
const toolchain = installed("package.json");
const peers = installed("bench/peers/package.json");

describe("the code", () => {
  test("points its imports the right way", () => {
    expect(print(wrongArrows(files))).toBe("");
  });

  test("keeps files and functions short", () => {
    expect(print(tooLarge(files))).toBe("");
  });

  test("has names that say something", () => {
    expect(print(emptyNamesIn(files))).toBe("");
  });

  test("does without constructs that hide mistakes", () => {
    expect(print(bannedConstructs(files))).toBe("");
  });

  test("is pure in the pure rooms", () => {
    expect(print(impurities(files))).toBe("");
  });

  test("has no orphans and no import that leads nowhere", () => {
    expect(print(orphans(files))).toBe("");
  });
});

describe("the packages", () => {
  test("install what their code imports", () => {
    expect(print(undeclaredPackages(files, { runtime, toolchain, peers }))).toBe("");
  });

  test("install nothing that their code does not import", () => {
    const ofRuntime = files.filter((file) => file.path.startsWith("runtime-lib/"));
    expect(unusedPackages(ofRuntime, runtime.dependencies)).toEqual([]);
    expect(unusedPackages(files, toolchain.dependencies)).toEqual([]);
  });

  test("have a reason for every dependency in docs/dependencies.md", () => {
    const reasons = [...readFileSync(join(root, "docs/dependencies.md"), "utf8").matchAll(/^\| `([^`]+)` +\|/gm)];
    const names = [runtime.dependencies, toolchain.dependencies, toolchain.devDependencies, peers.dependencies].flatMap(
      (each) => [...each],
    );
    const ours = new Set(["@temperc/runtime"]);
    expect(new Set(reasons.map((row) => row[1]))).toEqual(new Set(names.filter((name) => !ours.has(name))));
  });
});

describe("the rooms", () => {
  test("are those that the architecture names", () => {
    const folders = readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !/^(\.|node_modules$|dist$|coverage$)/.test(entry.name))
      .map((entry) => entry.name);
    expect(folders.sort()).toEqual(rooms);
  });

  test.each(rooms)("%s has a README of at most ten lines", (room) => {
    const path = join(root, room, "README.md");
    expect(
      existsSync(path),
      `${room}/README.md: say what belongs here, what does not, and which file to open first`,
    ).toBe(true);
    const lines = readFileSync(path, "utf8").trimEnd().split("\n").length;
    expect(lines, `${room}/README.md has ${lines} lines: a reader wants ${readmeLinesMax}`).toBeLessThanOrEqual(
      readmeLinesMax,
    );
  });
});

describe("every template", () => {
  test("is emitted by a file in compiler/emit, and every template named there exists", () => {
    const emitters = files.filter((file) => file.path.startsWith("compiler/emit/") && !file.path.endsWith(".test.ts"));
    const named = emitters.flatMap((file) =>
      [...file.text.matchAll(/"([\w./-]+\.hbs)"/g)].map((match) => match[1] ?? ""),
    );
    const present = readdirSync(join(root, "templates"), { recursive: true, encoding: "utf8" }).filter((path) =>
      path.endsWith(".hbs"),
    );
    expect([...new Set(named)].sort()).toEqual(present.sort());
  });
});

describe("every diagnostic", () => {
  test("has a golden case, and every case a diagnostic", () => {
    const folder = join(root, "golden/diagnostics");
    const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
    const phases = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    const cases = phases.flatMap((phase) => readdirSync(join(folder, phase)).map((slug) => `${phase}/${slug}`));
    expect(cases.sort(), "golden/diagnostics/<code> beside the catalogue: write the case that is missing").toEqual(
      Object.keys(catalogue).sort(),
    );
  });
});
