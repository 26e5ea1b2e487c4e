/** Gives a test run a folder for what held in it: the second server of a spec need not verify it again. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    verdicts: string;
  }
}

const folder = mkdtempSync(join(tmpdir(), "temperc-verdicts-"));

/** Called by vitest before the run. */
export function setup(project: TestProject): void {
  project.provide("verdicts", folder);
}

/** Called by vitest after the run. */
export function teardown(): void {
  rmSync(folder, { recursive: true, force: true });
}
