/** Both packages as a user gets them: packed, installed into an empty project, run, imported and type-checked there. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

/** In a long run npm installs the packages, with all that they stand on; else that is linked to what this checkout has. */
const isLong = process.env.TEMPERC_LONG === "1";
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const version: string = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version;
const installMsMax = 180_000;
const names = ["@temperc/runtime", "temperc"];

let folder = "";
let project = "";

/** Runs a command to its end and gives what it printed; fails with everything it said. */
function run(command: string, args: readonly string[], cwd: string): string {
  const result = spawnSync(command, args, { cwd, encoding: "utf8", input: "", timeout: installMsMax });
  if (result.status === 0) return result.stdout;
  throw new Error(
    `${command} ${args.join(" ")} ended with ${result.status ?? result.error}\n${result.stdout}\n${result.stderr}`,
  );
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "temperc-pack-"));
  project = join(folder, "project");
  mkdirSync(project);
  run(
    "npm",
    ["pack", "--ignore-scripts", "--pack-destination", folder, "--workspaces", "--include-workspace-root"],
    root,
  );
  const manifest = { private: true, type: "module", dependencies: isLong ? tarballs() : {} };
  writeFileSync(join(project, "package.json"), JSON.stringify(manifest));
  if (isLong) run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund"], project);
  else for (const name of names) unpack(name);
}, installMsMax);

function tarballs(): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, `file:../${tarballOf(name)}`]));
}

function tarballOf(name: string): string {
  return `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
}

/** As npm lays a package out: unpacked, beside what its manifest asks for and nothing else, its commands in `.bin`. */
function unpack(name: string): void {
  const modules = join(project, "node_modules");
  const place = join(modules, name);
  mkdirSync(place, { recursive: true });
  run("tar", ["-xzf", join(folder, tarballOf(name)), "--strip-components=1", "-C", place], folder);
  const { dependencies = {}, bin = {} } = JSON.parse(readFileSync(join(place, "package.json"), "utf8"));
  for (const each of Object.keys(dependencies)) link(join(root, "node_modules", each), join(modules, each));
  for (const [command, path] of Object.entries(bin)) {
    chmodSync(join(place, String(path)), 0o755);
    link(join(place, String(path)), join(modules, ".bin", command));
  }
}

function link(target: string, path: string): void {
  if (existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("both packages have one version", () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect(JSON.parse(readFileSync(join(root, "runtime-lib/package.json"), "utf8")).version).toBe(version);
  expect(dependencies["@temperc/runtime"]).toBe(version);
});

test.each(names)("%s ships its licences and no tests or sources", (name) => {
  const installed = join(project, "node_modules", name);
  for (const licence of ["LICENSE-MIT", "LICENSE-APACHE"]) {
    expect(readFileSync(join(installed, licence), "utf8")).toBe(readFileSync(join(root, licence), "utf8"));
  }
  const paths = readdirSync(installed, { recursive: true, encoding: "utf8" }).filter(
    (path) => !path.startsWith("node_modules"),
  );
  expect(paths.filter((path) => path.includes(".test.") || (path.endsWith(".ts") && !path.endsWith(".d.ts")))).toEqual(
    [],
  );
});

test("npx temperc --version prints the version", () => {
  expect(run("npx", ["--no-install", "temperc", "--version"], project)).toBe(`${version}\n`);
});

test("the installed temperc builds a spec with the templates that it brings along", () => {
  cpSync(join(root, "examples/readers-writers"), join(project, "spec"), { recursive: true });
  const few = ["seeds=1", "cases=1"].flatMap((limit) => ["--limit", limit]);
  run("node_modules/.bin/temperc", ["build", "spec", "-o", "out", ...few], project);
  expect(existsSync(join(project, "out/service.mjs"))).toBe(true);
});

test("the installed temperc brings along the golden cases that it explains, and the schema for editors", () => {
  const explained = run("node_modules/.bin/temperc", ["explain", "bind/unknown-status"], project);
  expect(explained).toContain("error[bind/unknown-status]: automaton");
  const shipped = readFileSync(join(project, "node_modules/temperc/dist/temperc.schema.json"), "utf8");
  expect(run("node_modules/.bin/temperc", ["schema"], project)).toBe(shipped);
});

test("@temperc/runtime is imported by name, kernel and all", () => {
  const script = `
    import { Service, openLibsqlStore } from "@temperc/runtime";
    import { moved } from "@temperc/runtime/kernel";
    console.log(typeof Service, typeof openLibsqlStore, moved({ status: "Open" }, 0).kind);`;
  writeFileSync(join(project, "import.mjs"), script);
  expect(run(process.execPath, ["import.mjs"], project)).toBe("function function moved\n");
});

test("the types resolve under tsc --strict, and are not any", () => {
  const source = `
    import type { Automaton, ServiceDefinition } from "@temperc/runtime";
    import { moved } from "@temperc/runtime/kernel";
    import { compile } from "temperc/compiler";
    import { verify } from "temperc/verify";
    export const types = (service: ServiceDefinition): string => service.name;
    export const step: Automaton["step"] = (before) => moved(before, 0);
    export const tools = [compile, verify];
    // @ts-expect-error: a service is not a number
    types(1);
    // @ts-expect-error: there are no sources in a string
    compile("");`;
  writeFileSync(join(project, "types.ts"), source);
  const options = [
    "--strict",
    "--noEmit",
    "--module",
    "nodenext",
    "--target",
    "es2023",
    "--skipLibCheck",
    "--types",
    "node",
  ];
  const nodeTypes = ["--typeRoots", join(root, "node_modules/@types")];
  run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), ...options, ...nodeTypes, "types.ts"], project);
});
