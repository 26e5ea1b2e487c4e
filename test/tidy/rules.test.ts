/** Each tidy rule on a small file that breaks it, so that a rule that finds nothing cannot pass for a clean house. */
import { expect, test } from "vitest";
import { wrongArrows } from "./arrows.ts";
import { type CodeFile, codeFile, type Finding } from "./code-file.ts";
import { bannedConstructs } from "./constructs.ts";
import { emptyNamesIn } from "./names.ts";
import { orphans } from "./orphans.ts";
import { undeclaredPackages, unusedPackages } from "./packages.ts";
import { impurities } from "./purity.ts";
import { tooLarge } from "./sizes.ts";

type Rule = (files: readonly CodeFile[]) => readonly Finding[];

/** What a rule says of one file. */
function problems(rule: Rule, path: string, text: string): readonly string[] {
  return rule([codeFile(path, text)]).map((finding) => `${finding.line} ${finding.problem}`);
}

test.each([
  ["compiler/parse/toml.ts", `import type { Span } from "../diagnostics/span.ts";`, []],
  ["compiler/parse/toml.ts", `import { bind } from "../bind/bind.ts";`, ["1 imports compiler/bind/bind.ts"]],
  ["compiler/bind/bind.ts", `import { check } from "../checks/index.ts";`, ["1 imports compiler/checks/index.ts"]],
  ["compiler/bind/bind.ts", `import type { Sources } from "../sources.ts";`, []],
  ["compiler/bind/bind.ts", `import { compile } from "../compile.ts";`, ["1 imports compiler/compile.ts"]],
  ["compiler/emit/emit.ts", `export * from "@temperc/runtime";`, ["1 imports runtime-lib/index.ts"]],
  ["compiler/emit/emit.ts", `const x = await import("../../cli/index.ts");`, ["1 imports cli/index.ts"]],
  ["compiler/emit/emit.ts", `let x: import("../bundle/a.ts").A;`, ["1 imports compiler/bundle/a.ts"]],
  [
    "runtime-lib/ports/store.ts",
    `import { Service } from "../service/service.ts";`,
    ["1 imports runtime-lib/service/service.ts"],
  ],
  ["runtime-lib/adapters/libsql.ts", `import type { Store } from "../ports/index.ts";`, []],
  [
    "runtime-lib/adapters/libsql.ts",
    `import { handle } from "../service/handle.ts";`,
    ["1 imports runtime-lib/service/handle.ts"],
  ],
  ["verify/l1.ts", `import type { Program } from "../compiler/ir/index.ts";`, []],
  ["verify/l1.ts", `import { Program } from "../compiler/ir/index.ts";`, ["1 imports compiler/ir/index.ts"]],
  ["verify/l1.ts", `import { type Program, type Rule } from "../compiler/ir/index.ts";`, []],
  ["verify/l1.ts", `import { emit } from "../compiler/index.ts";`, ["1 imports compiler/index.ts"]],
  [
    "verify/l1.ts",
    `import { moved } from "../runtime-lib/kernel/index.ts";`,
    ["1 imports runtime-lib/kernel/index.ts"],
  ],
  ["verify/l1.test.ts", `import { compile } from "../compiler/index.ts";`, []],
  ["cli/build.ts", `import { compile } from "../compiler/index.ts"; import { moved } from "@temperc/runtime";`, []],
  ["cli/build.ts", `import { compile } from "../compiler/compile.ts";`, ["1 imports compiler/compile.ts"]],
  ["cli/build.ts", `import { readCode } from "../test/tidy/code-file.ts";`, ["1 imports test/tidy/code-file.ts"]],
])("arrows: %s with %s", (path, text, expected) => {
  expect(problems(wrongArrows, path, text)).toEqual(expected);
});

test("an arrow's finding says why it is wrong", () => {
  const [finding] = wrongArrows([codeFile("compiler/ir/a.ts", `import "../emit/b.ts";`)]);
  expect(finding?.advice).toBe(
    "inside compiler, ir knows diagnostics: move the shared piece down, or pass the later stage in as a parameter",
  );
});

test.each([
  ["a file of 401 lines", "x;\n".repeat(401), ["1 has 401 lines, 400 at most"]],
  ["a file of 400 lines", "x;\n".repeat(400), []],
  ["a function of 71 lines", `function f() {${"\n".repeat(70)}}`, ["1 function f has 71 lines, 70 at most"]],
  ["a describe block of 71 lines", `describe("x", () => {${"\n".repeat(70)}});`, []],
  ["five parameters", "const f = (a, b, c, d, e) => a;", ["1 function f has 5 parameters, 4 at most"]],
  ["a table of five columns", 'test.each([])("x", (a, b, c, d, e) => a);', []],
])("sizes: %s", (_, text, expected) => {
  expect(problems(tooLarge, "cli/a.ts", text)).toEqual(expected);
});

test.each([
  ["cli/utils/a.ts", "", ['1 the path says "utils"']],
  ["cli/path-helper.ts", "", ['1 the path says "path-helper"']],
  ["cli/a.ts", "const data = 1;", ['1 the name "data" says nothing']],
  [
    "cli/a.ts",
    "function stringUtils(info: string) {}",
    ['1 the name "stringUtils" says nothing', '1 the name "info" says nothing'],
  ],
  ["cli/a.ts", "const metadata = { data: 1 };", []],
])("names: %s with %s", (path, text, expected) => {
  expect(problems(emptyNamesIn, path, text)).toEqual(expected);
});

const opened = (text: string): string => `/** What it is for. */\n${text}`;

test.each([
  ["const a = 1;", ["1 does not open with what it is for"]],
  [opened("let a: any;"), ["2 says `any`"]],
  [opened("a!.b;"), ["2 says `!`"]],
  [opened("const a = b as C;"), ["2 says `as` without a reason"]],
  [opened("// It was parsed above.\nconst a = b as C;"), []],
  [opened("const a = [1] as const;"), []],
  [opened("export default 1;"), ["2 exports a default"]],
  [opened("export default function f() {}"), ["2 exports a default"]],
  [opened("switch (a.kind) { case 1: default: }"), ["2 switches on `kind` with a `default`"]],
  [opened("switch (a) { case 1: default: }"), []],
  [opened("// TODO later"), ["2 a TODO without an issue"]],
  [opened("// TODO(#12) later"), []],
  [opened('const a = "// TODO";'), []],
  [opened("// const a = 1;\nb;"), ["2 commented-out code"]],
])("constructs: %s", (text, expected) => {
  expect(problems(bannedConstructs, "cli/a.ts", text)).toEqual(expected);
});

test.each([
  ["compiler/a.ts", "Date.now(); new Date(); new Date(0);", ["1 uses Date.now", "1 uses new Date()"]],
  ["verify/a.ts", "Math.random(); Math.max(1);", ["1 uses Math.random"]],
  ["runtime-lib/kernel/a.ts", "process.exit(); a.process();", ["1 uses process"]],
  ["compiler/a.ts", `import { readFileSync } from "node:fs";`, ["1 imports node:fs"]],
  ["compiler/a.ts", "setTimeout(f, 1); console.log();", ["1 uses setTimeout", "1 uses console"]],
  ["compiler/a.ts", "const a = { console: 1, x(p: Process) { return a.console; } };", []],
  ["cli/a.ts", "Date.now();", []],
  ["compiler/a.test.ts", "Date.now();", []],
])("purity: %s with %s", (path, text, expected) => {
  expect(problems(impurities, path, text)).toEqual(expected);
});

test("orphans: a file that nothing reaches and an import of nothing", () => {
  const files = [
    codeFile("cli/index.ts", `export * from "./used.ts";`),
    codeFile("cli/used.ts", `import "./gone.ts"; new URL("./worker.ts", import.meta.url);`),
    codeFile("cli/worker.ts", ""),
    codeFile("cli/left.ts", `import "./left-too.ts";`),
    codeFile("cli/left-too.ts", ""),
  ];
  expect(orphans(files).map((finding) => `${finding.path}: ${finding.problem}`)).toEqual([
    "cli/used.ts: imports cli/gone.ts, which is not there",
    "cli/left.ts: nothing imports it",
    "cli/left-too.ts: nothing imports it",
  ]);
});

test("packages: an import that an installation lacks and a dependency that nothing imports", () => {
  const runtime = {
    dependencies: new Set(["kysely"]),
    devDependencies: new Set<string>(),
    peerDependencies: new Set(["peer"]),
  };
  const toolchain = {
    dependencies: new Set(["esbuild"]),
    devDependencies: new Set(["vitest"]),
    peerDependencies: new Set<string>(),
  };
  const peers = { ...toolchain, dependencies: new Set(["rival"]) };
  const files = [
    codeFile("bench/peers/a.mjs", `import "rival"; import "esbuild";`),
    codeFile("bench/a.mjs", `import "esbuild"; import "rival";`),
    codeFile("runtime-lib/a.ts", `import "kysely"; import "node:fs"; import "esbuild";`),
    codeFile("cli/a.test.ts", `import "vitest"; import "kysely";`),
    codeFile("cli/a.ts", `import "vitest"; import "@scope/name/deep";`),
  ];
  expect(
    undeclaredPackages(files, { runtime, toolchain, peers }).map((finding) => `${finding.path}: ${finding.problem}`),
  ).toEqual([
    "bench/peers/a.mjs: imports esbuild, which its package does not install",
    "bench/a.mjs: imports rival, which its package does not install",
    "runtime-lib/a.ts: imports esbuild, which its package does not install",
    "cli/a.ts: imports vitest, which its package does not install",
    "cli/a.ts: imports @scope/name, which its package does not install",
  ]);
  expect(unusedPackages(files, ["esbuild", "chevrotain"])).toEqual(["chevrotain"]);
});
