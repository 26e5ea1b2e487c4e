/** Gives a test run the folder of its PostgreSQL, which the first test that needs one starts, and stops the server at the end. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    postgres: { readonly folder: string; readonly owner: number };
  }
}

const folder = mkdtempSync(join(tmpdir(), "temperc-postgres-"));

/** Called by vitest before the run. */
export function setup(project: TestProject): void {
  // Passed through by the one who runs the server, who is not root.
  chmodSync(folder, 0o755);
  project.provide("postgres", { folder, owner: process.pid });
}

/** Called by vitest after the run. */
export async function teardown(): Promise<void> {
  const file = join(folder, "keeper");
  if (existsSync(file)) {
    const pid = Number(readFileSync(file, "utf8"));
    while (isSignalled(pid, "SIGTERM")) await sleep(20);
  }
  rmSync(folder, { recursive: true, force: true });
}

/** False where the process has ended. */
function isSignalled(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
