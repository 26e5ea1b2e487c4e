/** `temperc verify` as a user waits for it: a cold process that verifies, and one that verified the same before. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { summary } from "./measure.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const rounds = 5;

/** Seconds, with the bar that each should stay below. */
export function benchVerifyCommand() {
  const cache = mkdtempSync(join(tmpdir(), "temperc-cache-"));
  try {
    verified("ecommerce", cache);
    return [
      { what: "temperc verify examples/ecommerce, cold", bar: 2, ...timed(() => verified("ecommerce", "")) },
      { what: "the same, verified before", bar: 0.3, ...timed(() => verified("ecommerce", cache)) },
      {
        what: "temperc verify examples/readers-writers, cold",
        bar: 1,
        ...timed(() => verified("readers-writers", "")),
      },
    ];
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

function timed(run) {
  return summary(Array.from({ length: rounds }, run));
}

function verified(example, cache) {
  const started = process.hrtime.bigint();
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(root, "dist/cli/main.js"), "verify", join(root, "examples", example)],
    { encoding: "utf8", env: { ...process.env, TEMPERC_CACHE_DIR: cache } },
  );
  if (status !== 0) throw new Error(`temperc verify ended with ${status}\n${stderr}`);
  return Number(process.hrtime.bigint() - started) / 1e9;
}
