/** Installs what is missing and builds what is stale, so that one command is enough on a fresh machine. Plain Node, no dependencies. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Each build: where its sources are, where its output goes, and what else decides the output. */
const builds = [
  { sources: ["compiler", "verify", "cli"], below: "", output: "dist" },
  { sources: ["runtime-lib"], below: "runtime-lib", output: "runtime-lib/dist" },
];
const settings = [
  ".ci/assets.mjs",
  ".ci/command.mjs",
  ".ci/vendor.mjs",
  "package-lock.json",
  "package.json",
  "runtime-lib/package.json",
  "runtime-lib/tsconfig.build.json",
  "tsconfig.base.json",
  "tsconfig.build.json",
];

if (!isInstalled()) run("npm", ["ci", "--include=dev", "--no-audit", "--no-fund"]);

/** Outside of what is published, and gone with the compiler that made the build. */
const stamp = join(root, "node_modules/.temperc-built");
const wanted = fingerprint();
if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted || !builds.every(isComplete)) {
  // The stamp goes first and comes last, so that a build that failed or was interrupted is never taken for a whole one.
  rmSync(stamp, { force: true });
  run("npm", ["run", "--silent", "build"]);
  for (const build of builds) for (const file of leftovers(build)) rmSync(file);
  writeFileSync(stamp, wanted);
}

function run(command, args) {
  console.error(`> ${command} ${args.join(" ")}`);
  const result = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2] });
  if (result.error) console.error(`${command} did not start: ${result.error.message}`);
  if (result.status !== 0) process.exit(result.status ?? 1);
}

/** True where node_modules holds what the lockfile says. npm writes its own record of that last, so a broken-off install has none. */
function isInstalled() {
  const record = join(root, "node_modules/.package-lock.json");
  if (!existsSync(record)) return false;
  const there = JSON.parse(readFileSync(record, "utf8")).packages;
  const locked = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  return Object.entries(locked).every(([path, { version, integrity, optional }]) => {
    if (path === "" || (optional && !(path in there))) return true;
    return there[path]?.version === version && there[path]?.integrity === integrity;
  });
}

/** A hash of every byte that decides what the build makes. */
function fingerprint() {
  const hash = createHash("sha256").update(process.version);
  const sources = builds.flatMap((build) => build.sources.flatMap((folder) => sourcesUnder(folder)));
  for (const path of [...settings, ...sources, ...templates(), ...cases()].sort())
    hash.update(`\0${path}\0`).update(readFileSync(join(root, path)));
  return hash.digest("hex");
}

/** The build compiles them. */
function templates() {
  const names = readdirSync(join(root, "templates")).filter((name) => name.endsWith(".hbs"));
  return names.map((name) => `templates/${name}`);
}

/** The golden cases that the package ships. */
function cases() {
  return readdirSync(join(root, "golden/diagnostics"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}

function sourcesUnder(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === "dist" || entry.name === "node_modules" ? [] : sourcesUnder(path);
    return entry.name.endsWith(".ts") && !entry.name.endsWith(".test.ts") ? [path] : [];
  });
}

function isComplete({ output }) {
  return existsSync(join(root, output, "vendor/chevrotain.js"));
}

/** Built files whose source has gone: tsc leaves them, and they would be published. What is vendored or bundled has no source here. */
function leftovers({ below, output }) {
  const folder = join(root, output);
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.(js|d\.ts)$/.test(path) && !/^(?:vendor|chunks)\b/.test(path))
    .filter((path) => !existsSync(join(root, below, path.replace(/\.(js|d\.ts)$/, ".ts"))))
    .map((path) => join(folder, path));
}
