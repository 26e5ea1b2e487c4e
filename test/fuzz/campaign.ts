/** Runs many inputs of one kind past the judge, and counts what they were, to see that the kind tries what it should. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { SourceFile } from "../../compiler/index.ts";
import { type Judged, judge } from "./judge.ts";

/** The long run tries 100,000 inputs over all campaigns, the default run one in five hundred. */
const share = process.env.TEMPERC_LONG === undefined ? 0.002 : 1;
/** Another seed tries other inputs; a failure names its own. */
const seed = Number(process.env.TEMPERC_FUZZ_SEED ?? 20_261_123);

export interface Campaign {
  readonly name: string;
  readonly inputs: number;
  readonly files: fc.Arbitrary<readonly SourceFile[]>;
  /** What the long run finds at least, so that a generator that tries nothing fails; the default run is too short for more than codes. */
  readonly finds: { readonly programs: number; readonly codes: number };
}

/** One test that judges every input, and prints a line that sums them up. */
export function campaign({ name, inputs, files, finds }: Campaign): void {
  const count = Math.round(inputs * share);
  test(`${name}: ${count} inputs give a program or located diagnostics, each within a second`, {
    timeout: 1_800_000,
  }, () => {
    const codes = new Set<string>();
    let programs = 0;
    let slowestMs = 0;
    fc.assert(
      fc.property(files.map(unprinted), (input) => {
        const { compiled, elapsedMs } = judgeOrKeep(name, input.files);
        for (const { code } of compiled.diagnostics) codes.add(code);
        if (compiled.program !== undefined) programs += 1;
        slowestMs = Math.max(slowestMs, elapsedMs);
      }),
      { numRuns: count, seed },
    );
    const found = `${programs} programs, ${codes.size} codes, slowest ${Math.round(slowestMs)} ms`;
    process.stdout.write(`fuzz ${name}: ${count} inputs, seed ${seed}: ${found}\n`);
    expect(programs, found).toBeGreaterThanOrEqual(share === 1 ? finds.programs : 0);
    expect(codes.size, found).toBeGreaterThanOrEqual(share === 1 ? finds.codes : 3);
  });
}

/** A failure would print every byte; the folder that is kept says more. */
function unprinted(files: readonly SourceFile[]) {
  return { files, [fc.toStringMethod]: () => files.map(({ path, bytes }) => `${path} (${bytes.length} bytes)`).join() };
}

/** What fails is kept as a folder that `temperc check` can be tried on; the last one kept is the smallest. */
function judgeOrKeep(name: string, files: readonly SourceFile[]): Judged {
  try {
    return judge({ name: "spec", files });
  } catch (error) {
    const folder = join(tmpdir(), `temperc-fuzz-${name}`);
    rmSync(folder, { recursive: true, force: true });
    for (const { path, bytes } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), bytes);
    }
    throw new Error(`${error instanceof Error ? error.stack : error}\nthe input is in ${folder}`);
  }
}
