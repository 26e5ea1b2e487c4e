/** Installs what is missing and builds what is stale, so that one command is enough on a fresh machine. Plain Node, no dependencies. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const sourceRooms = ["compiler", "verify", "cli", "runtime-lib"];
const buildInputs = ["package.json", "tsconfig.base.json", "tsconfig.build.json"];

function run(command, args) {
  console.error(`> ${command} ${args.join(" ")}`);
  const result = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2] });
  if (result.status !== 0) process.exit(result.status ?? 1);
}

/** The newest modification time of the TypeScript sources under a folder, in milliseconds. */
function newestSource(folder) {
  const times = readdirSync(folder, { withFileTypes: true }).map((entry) => {
    if (entry.name === "dist" || entry.name === "node_modules") return 0;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return newestSource(path);
    return entry.name.endsWith(".ts") ? statSync(path).mtimeMs : 0;
  });
  return Math.max(0, ...times);
}

function modified(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

const lockfile = modified(join(root, "package-lock.json"));
if (modified(join(root, "node_modules/.package-lock.json")) < lockfile) run("npm", ["ci", "--no-audit", "--no-fund"]);

const built = modified(join(root, "dist/cli/main.js"));
const sources = Math.max(
  ...sourceRooms.map((room) => newestSource(join(root, room))),
  ...buildInputs.map((file) => modified(join(root, file))),
);
if (built < sources) run("npm", ["run", "--silent", "build"]);
