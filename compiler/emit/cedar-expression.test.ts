/** Emitted policies grow with their text, not with how deep it nests. */
import { expect, test } from "vitest";
import { readPolicies } from "../lone-policies.ts";
import { type CedarUse, cedarCondition } from "./cedar-expression.ts";
import { flat } from "./code.ts";

function emitted(condition: string): string {
  const text = `permit(principal, action, resource) when { ${condition} };`;
  const [policy] = readPolicies({ path: "p.cedar", text }).policies;
  if (policy?.body.kind !== "compiled") throw new Error("the policy is not compiled");
  const use: CedarUse = { functions: new Set(), fields: new Set(), sets: new Map(), prefix: "policy0" };
  return policy.body.conditions.map((node) => flat(cedarCondition(node, use))).join("\n");
}

test("what is asked for twice is written once", () => {
  let text = "principal";
  for (let depth = 0; depth < 10; depth += 1) {
    const asked = depth % 2 === 0 ? `${text} is User in Group::"g"` : `${text} has a.b.c`;
    text = `(if ${asked} then principal else resource)`;
  }
  expect(emitted(`${text} == resource`).length).toBeLessThan(10 * 120);
});

test("operators come out as Cedar means them", () => {
  expect(emitted('context.a > 1 && !(context.b == "x") || principal has a.b')).toBe(
    '(!cedarLessOrEqual(cedarGet(context, "a", entities), 1n) && !(cedarGet(context, "b", entities) === "x")) || ' +
      'cedarHasPath(principal, ["a", "b"], entities)',
  );
  expect(emitted('principal is User in Group::"g"')).toBe(
    'cedarIs(principal, "User") && cedarIn(principal, cedarEntity("Group", "g"), entities)',
  );
});
