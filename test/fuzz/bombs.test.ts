/** Every bomb alone, judged as any input is; the default run takes each sixth. */

import { describe, expect, test } from "vitest";
import { behaviours, documents, policies } from "./bombs.ts";
import { sourceFile, ticket } from "./corpus.ts";
import { judge } from "./judge.ts";

const plain = sourceFile("plain.ioa.toml", ticket('"c >= 0"', '"c += 1"', '"c >= 0"'));

const bombs = [
  ...Object.entries(behaviours).map(([name, text]) => ({ name, files: [sourceFile("a.ioa.toml", text)] })),
  ...Object.entries(documents).map(([name, text]) => ({ name, files: [plain, sourceFile("a.csdl.xml", text)] })),
  ...Object.entries(policies).map(([name, text]) => ({ name, files: [plain, sourceFile("a.cedar", text)] })),
];

describe("a bomb gives a diagnostic within a second:", () => {
  const tried = bombs.filter((_, index) => process.env.TEMPERC_LONG !== undefined || index % 6 === 0);
  test.each(tried)("$name", ({ files }) => {
    expect(judge({ name: "spec", files }).compiled.diagnostics).not.toEqual([]);
  });
});
