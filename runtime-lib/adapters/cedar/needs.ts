/** What policies look at: only that is handed to Cedar, because marshalling entities is most of a decision's time. */
import { elements, type Json, member, operatorOf, text } from "./expression.ts";

export interface Needs {
  /** Attributes of principal and resource that are read by name; "all" where that cannot be told. */
  readonly principal: ReadonlySet<string> | "all";
  readonly resource: ReadonlySet<string> | "all";
  /** Whether the call's parameters are looked at. */
  readonly context: boolean;
}

/** The needs of some policies, given in Cedar's JSON format. */
export function needsOf(policies: readonly Json[]): Needs {
  const found: Found = { principal: new Set(), resource: new Set(), context: false, everything: false };
  for (const policy of policies) {
    for (const condition of elements(member(policy, "conditions"))) visit(member(condition, "body"), found);
  }
  return found.everything ? { principal: "all", resource: "all", context: true } : found;
}

interface Found {
  readonly principal: Set<string>;
  readonly resource: Set<string>;
  context: boolean;
  everything: boolean;
}

function visit(node: Json, found: Found): void {
  if (Array.isArray(node)) {
    for (const element of node) visit(element, found);
    return;
  }
  if (typeof node !== "object" || node === null) return;
  for (const [operator, operands] of Object.entries(node)) {
    if (operator === "." || operator === "has" || operator === "getTag" || operator === "hasTag") {
      visitAccess(operands, found);
    } else if (operator === "Var") found.context ||= operands === "context";
    else if (operator !== "Value") visit(operands, found);
  }
}

/** `left.attr` and `left has attr.path`: a variable's attribute, a step further into one, or something that only running it tells. */
function visitAccess(operands: Json, found: Found): void {
  const left = member(operands, "left");
  const attribute = member(operands, "attr");
  const name = Array.isArray(attribute) ? text(attribute[0]) : text(attribute);
  const variable = operatorOf(left);
  if (variable?.operator === ".") visit(left, found);
  else if (variable?.operator !== "Var") found.everything = true;
  else if (variable.operands === "principal") found.principal.add(name);
  else if (variable.operands === "resource") found.resource.add(name);
  else if (variable.operands === "context") found.context = true;
}
