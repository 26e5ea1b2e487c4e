/** `npm run golden -- <case>…`: writes the expected files of these cases anew, or of all; a folder stands for the cases below it. */
import { spawnSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

if (process.env.CI) {
  console.error("Golden files are reviewed by a person: they are never written in CI.");
  process.exit(1);
}

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
const names = process.argv.slice(2).map((name) => name.replace(/^golden\//, "").replace(/(\/|\.txt)$/, ""));
const isTable = names.length === 1 && names[0] === "docs/odata";
const runner = isTable ? "runtime-lib/service/http/conformance.test.ts" : "test/golden.test.ts";
const result = spawnSync(process.execPath, [vitest, "run", runner], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, TEMPERC_GOLDEN: "update", TEMPERC_GOLDEN_CASES: names.join(",") },
});

if (isTable) process.exit(result.status ?? 1);

// The embedded example commits what the compiler emits for the shop, as an app would: it goes with the shop's case.
const embedded = join(root, "examples/embedded/generated");
rmSync(embedded, { recursive: true, force: true });
cpSync(join(root, "golden/ecommerce/expected/generated"), embedded, { recursive: true });
process.exit(result.status ?? 1);
