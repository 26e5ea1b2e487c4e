/** Compiled policies beside Cedar's own WebAssembly build, on random policies, entities and requests: never another answer. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Answer, cedarEngine, compiledEngine } from "../../cli/authorize/engines.ts";
import { requestOver, requestParts } from "../../cli/authorize/files.ts";
import { type Json, readJson } from "../../cli/authorize/json.ts";
import { readPolicies } from "../../compiler/index.ts";
import { entities, policy, request } from "./random-policies.ts";

const requestsEach = 50;
/** 100,000 requests with `npm run test:long`. */
const runs = process.env.TEMPERC_LONG === undefined ? 6 : 2_000;

const seen = { requests: 0, allow: 0, reasons: 0, errors: 0, leftToCedar: 0 };

const world = fc.record({
  policies: fc.array(policy, { minLength: 2, maxLength: 8 }),
  entities,
  requests: fc.array(request, { minLength: requestsEach, maxLength: requestsEach }),
});

test("random requests end in the same decision for the same reasons, with the same failing policies", {
  timeout: 900_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(world, async ({ policies: texts, ...given }) => {
      const { policies, diagnostics } = readPolicies({ path: "random.cedar", text: texts.join("\n") });
      expect(diagnostics).toEqual([]);
      const [compiled, itself] = [await compiledEngine(policies), cedarEngine(policies)];
      seen.leftToCedar += policies.filter(({ body }) => body.kind !== "compiled").length;
      const known = json(given.entities);
      for (const each of given.requests) {
        const parts = requestParts(json(each));
        const question = { request: requestOver(parts, known, undefined), json: { ...parts, entities: known } };
        const [one, other] = [compiled(question), itself(question)].map(shown);
        expect(one).toEqual(other);
        count(compiled(question));
      }
    }),
    { numRuns: runs, seed: 20261123, endOnFailure: false },
  );
  const { requests, allow, reasons, errors, leftToCedar } = seen;
  process.stdout.write(
    `compiled policies and Cedar: ${requests} random requests, 0 disagreements ` +
      `(${allow} allowed, ${reasons} with a reason, ${errors} with an error, ${leftToCedar} policies not compiled)\n`,
  );
  expect(Math.min(allow, requests - allow, reasons, errors)).toBeGreaterThan(requests / 20);
});

function count({ decision, reasons, errors }: Answer): void {
  seen.requests += 1;
  if (decision === "allow") seen.allow += 1;
  if (reasons.length > 0) seen.reasons += 1;
  if (errors.length > 0) seen.errors += 1;
}

/** Of two kinds of failures the words differ: texts that are no extension value, and which member of a set is no entity. */
function shown({ decision, reasons, errors }: Answer) {
  const failures = errors.map(({ policy: id, message }) => {
    return /^error while evaluating|expected \(entity/.test(message) ? id : `${id}: ${message}`;
  });
  return { decision, reasons: [...reasons].sort(), failures: failures.sort() };
}

function json(value: unknown): Json {
  const reading = readJson(JSON.stringify(value));
  if (reading.kind === "json") return reading.json;
  throw new Error(reading.problem);
}
