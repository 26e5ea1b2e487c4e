/** The run of Job-AtMostThreeRetries.trace.json must not break its property again. Written by temperc replay --to-test; yours to edit. */
import { rerunCalls } from "temperc";
import { expect, test } from "vitest";

test("Job keeps AtMostThreeRetries: retries <= 3", async () => {
  const run = await rerunCalls({
    specs: new URL("./spec/", import.meta.url),
    property: { kind: "invariant", name: "AtMostThreeRetries" },
    entities: [{ name: "Job", automaton: "Job" }],
    calls: [
      { entity: "Job", action: "Retry", params: {} },
      { entity: "Job", action: "Retry", params: {} },
      { entity: "Job", action: "Retry", params: {} },
      { entity: "Job", action: "Retry", params: {} },
    ],
  });
  expect(run.broken, run.summary).toBe(false);
});
