/** Cedar's own test cases, asked of compiled policies: every decision, every determining policy and every failing policy is the same. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { tryCase } from "./cases.ts";
import { filesInTar } from "./tar.ts";

const folder = fileURLToPath(new URL("../../../shared/conformance/cedar", import.meta.url));
/** All of the corpus with `npm run test:long`; otherwise one case in this many. */
const stride = process.env.TEMPERC_LONG === undefined ? 25 : 1;

if (existsSync(folder)) {
  test("every request of Cedar's integration tests ends as Cedar says", async () => {
    const names = readdirSync(join(folder, "tests"), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".json"))
      .map((path) => `tests/${path}`);
    const outcomes = await Promise.all(
      names.map((name) => tryCase(name, (path) => readFileSync(join(folder, path), "utf8"))),
    );
    expect(outcomes.flatMap(({ differences }) => differences)).toEqual([]);
    report("integration tests", outcomes);
  });

  test("every request of the corpus ends as Cedar says", { timeout: 120_000 }, async () => {
    const files = filesInTar(readFileSync(join(folder, "corpus-part.tar.gz")));
    const textOf = (path: string): string => files.get(path.slice(path.lastIndexOf("/") + 1)) ?? "";
    const names = [...files.keys()].filter((name) => /^[0-9a-f]+\.json$/.test(name)).sort();
    const tried = names.filter((_, index) => index % stride === 0);
    const outcomes = [];
    for (const name of tried) outcomes.push(await tryCase(name, textOf));
    expect(outcomes.flatMap(({ differences }) => differences)).toEqual([]);
    report("corpus", outcomes);
  });
} else {
  test.skip(`is not run: ${folder} is not there (cedar-policy publishes it as cedar-integration-tests)`, () =>
    undefined);
}

function report(
  what: string,
  outcomes: readonly { readonly requests: number; readonly differences: readonly string[] }[],
) {
  const requests = outcomes.reduce((sum, each) => sum + each.requests, 0);
  const differences = outcomes.reduce((sum, each) => sum + each.differences.length, 0);
  expect(requests).toBeGreaterThan(50);
  process.stdout.write(
    `Cedar ${what}: ${requests} requests of ${outcomes.length} policy sets, ${differences} disagreements\n`,
  );
}
