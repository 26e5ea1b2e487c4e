/** Compiles policies that are added while the service runs, one by one: the code is that of the policies of a spec. */
import type { PolicyCompiler } from "@temperc/runtime";
import { readPolicies } from "../../compiler/index.ts";
import { compiledDecision } from "../authorize/compiled.ts";

/** One that the compiler does not cover is left out: Cedar judges by it. */
export const compilePolicies: PolicyCompiler = async (policies) => {
  const compiled = await Promise.all(
    policies.map(async ({ id, text }) => {
      const [policy, further] = readPolicies({ path: `${id}.cedar`, text }).policies;
      if (policy?.body.kind !== "compiled" || further !== undefined) return [];
      const { effect, body } = policy;
      return [[id, await compiledDecision([{ id, effect, body }])] as const];
    }),
  );
  return new Map(compiled.flat());
};
