/** Which room may know which other: every import that points the wrong way, with the sentence why it is wrong. */
import { type CodeFile, type Finding, findingAt, isTest } from "./code-file.ts";
import { type Import, importsOf } from "./imports.ts";

/** What each part of the compiler may import, beside itself and `sources.ts`: diagnostics ← parse, ir ← bind, checks ← emit ← bundle. */
const compilerParts: ReadonlyMap<string, readonly string[]> = new Map([
  ["diagnostics", []],
  ["parse", ["diagnostics"]],
  ["ir", ["diagnostics"]],
  ["bind", ["diagnostics", "parse", "ir"]],
  ["checks", ["diagnostics", "parse", "ir"]],
  ["emit", ["diagnostics", "parse", "ir", "bind", "checks"]],
  ["migrate", ["diagnostics", "parse", "ir"]],
  ["bundle", ["diagnostics", "parse", "ir", "bind", "checks", "emit"]],
]);

/** The same for the runtime: kernel ← ports ← service, and adapters know kernel and ports. */
const runtimeParts: ReadonlyMap<string, readonly string[]> = new Map([
  ["kernel", []],
  ["ports", ["kernel"]],
  ["service", ["kernel", "ports"]],
  ["adapters", ["kernel", "ports"]],
]);

/** Its entries besides `index.ts`. */
const runtimeDoors = new Set(["runtime-lib/kernel/index.ts", "runtime-lib/simulated.ts"]);

/** Files at a room's root that its parts may import; every other root file stands above the parts. */
const lowRootFiles = new Set(["compiler/sources.ts"]);

/** Every import between our own files that the architecture does not allow. */
export function wrongArrows(files: readonly CodeFile[]): readonly Finding[] {
  return files.flatMap(importsOf).flatMap((arrow) => {
    if (arrow.target === undefined) return [];
    const why = whyWrong(arrow, arrow.target);
    if (why === undefined) return [];
    return [findingAt(arrow.from, arrow.node, `imports ${arrow.target}`, why)];
  });
}

function whyWrong(arrow: Import, target: string): string | undefined {
  const from = arrow.from.path;
  if (roomOf(from) === roomOf(target)) return isTest(from) ? undefined : wrongWithin(from, target);
  if (!isTest(from) && isTest(target)) return "product code never imports tests: move what it needs into its own room";
  if (target.startsWith("runtime-lib/") && arrow.specifier.startsWith(".") && !isInternal(from)) {
    return "runtime-lib is a package of its own: import `@temperc/runtime` or `@temperc/runtime/kernel` by name";
  }
  return isTest(from) ? undefined : wrongBetween(arrow, target);
}

/** The tests of no single room may look at any file, and so may what ties `test/` together. */
function isInternal(from: string): boolean {
  return roomOf(from) === "test";
}

function wrongBetween(arrow: Import, target: string): string | undefined {
  const from = roomOf(arrow.from.path);
  if (from === "compiler")
    return "the compiler imports nothing of ours, so that it stays a pure function: pass it in as an argument";
  if (from === "runtime-lib")
    return "the runtime imports nothing of ours, so that production installs stay small: move the code or pass it in";
  if (from === "verify") return wrongFromVerify(arrow, target);
  if (from === "examples") {
    return roomOf(target) === "runtime-lib"
      ? undefined
      : "an example uses the published packages only: import `@temperc/runtime`";
  }
  if (/^[a-z-]+\/index\.ts$/.test(target) || runtimeDoors.has(target)) return undefined;
  return `a room is entered through its index.ts only: export it from ${roomOf(target)}/index.ts`;
}

function wrongFromVerify(arrow: Import, target: string): string | undefined {
  if (roomOf(target) === "runtime-lib") return undefined;
  const door = target.startsWith("compiler/ir/") || target.startsWith("compiler/diagnostics/");
  if (!door) return "verify drives the emitted code and knows nothing else of ours: take what it needs as an argument";
  return arrow.typeOnly
    ? undefined
    : "verify knows the compiler's IR and diagnostics as types only: write `import type`";
}

function wrongWithin(from: string, target: string): string | undefined {
  const parts = roomOf(from) === "compiler" ? compilerParts : roomOf(from) === "runtime-lib" ? runtimeParts : undefined;
  const part = partOf(from);
  if (parts === undefined || part === undefined) return undefined;
  const allowed = parts.get(part);
  if (allowed === undefined)
    return `${roomOf(from)}/${part} is no part that the architecture names: move the file into one that is`;
  const targetPart = partOf(target);
  if (targetPart === undefined) {
    return lowRootFiles.has(target)
      ? undefined
      : `${part} stands below the files at the root of ${roomOf(from)}: pass it in as a parameter`;
  }
  if (targetPart === part || allowed.includes(targetPart)) return undefined;
  const known = allowed.length === 0 ? "nothing else" : allowed.join(", ");
  return `inside ${roomOf(from)}, ${part} knows ${known}: move the shared piece down, or pass the later stage in as a parameter`;
}

/** The top-level folder. */
export function roomOf(path: string): string {
  return path.slice(0, path.indexOf("/"));
}

/** The folder below the room, or undefined for a file at the room's root. */
function partOf(path: string): string | undefined {
  const pieces = path.split("/");
  return pieces.length > 2 ? pieces[1] : undefined;
}
