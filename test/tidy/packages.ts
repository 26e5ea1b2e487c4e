/** Which packages a file may import: those that the package it is published in installs. */
import { builtinModules } from "node:module";
import { roomOf } from "./arrows.ts";
import { type CodeFile, type Finding, findingAt, isTest } from "./code-file.ts";
import { importsOf } from "./imports.ts";

/** The names of a package.json's dependencies. */
export interface Installed {
  readonly dependencies: ReadonlySet<string>;
  readonly devDependencies: ReadonlySet<string>;
  /** What whoever installs the package may install beside it. */
  readonly peerDependencies: ReadonlySet<string>;
}

/** Our package.json files: two that users install, and that of the peers, which a benchmark installs. */
export interface Declared {
  readonly runtime: Installed;
  readonly toolchain: Installed;
  readonly peers: Installed;
}

/** Every import of a package that a user's installation would lack. */
export function undeclaredPackages(files: readonly CodeFile[], declared: Declared): readonly Finding[] {
  return files.flatMap(importsOf).flatMap((each) => {
    const name = packageName(each.specifier);
    if (name === undefined || each.target !== undefined || mayImport(each.from.path, name, declared)) return [];
    const advice = `add it to ${manifestOf(each.from.path)} or do without`;
    return [findingAt(each.from, each.node, `imports ${name}, which its package does not install`, advice)];
  });
}

/** Every dependency of a package.json that none of the files imports. */
export function unusedPackages(files: readonly CodeFile[], names: Iterable<string>): readonly string[] {
  const imported = new Set(files.flatMap(importsOf).map((each) => packageName(each.specifier)));
  return [...names].filter((name) => !imported.has(name));
}

function manifestOf(path: string): string {
  if (isPeer(path)) return "bench/peers/package.json";
  return roomOf(path) === "runtime-lib" ? "runtime-lib/package.json" : "package.json";
}

function isPeer(path: string): boolean {
  return path.startsWith("bench/peers/");
}

function mayImport(path: string, name: string, { runtime, toolchain, peers }: Declared): boolean {
  if (isPeer(path)) return peers.dependencies.has(name);
  const isInRepository = toolchain.dependencies.has(name) || toolchain.devDependencies.has(name);
  if (isTest(path) && (isInRepository || runtime.dependencies.has(name))) return true;
  if (path.startsWith("runtime-lib/adapters/") && runtime.peerDependencies.has(name)) return true;
  if (roomOf(path) === "runtime-lib" || roomOf(path) === "examples") return runtime.dependencies.has(name);
  if (path.endsWith(".config.ts")) return toolchain.devDependencies.has(name);
  return toolchain.dependencies.has(name);
}

function packageName(specifier: string): string | undefined {
  if (specifier.startsWith(".") || specifier.startsWith("node:")) return undefined;
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  return builtinModules.includes(name) ? undefined : name;
}
