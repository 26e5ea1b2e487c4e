/** The compiled policies: each as one function, and for each action the decision function of those that can speak about it. */

import { cedarActionIds } from "../bind/cedar-schema.ts";
import type { CedarNode, PolicyBody } from "../ir/cedar.ts";
import type { Policy, Program } from "../ir/program.ts";
import { type CedarUse, cedarCondition } from "./cedar-expression.ts";
import { type Code, chain, flat, layOut } from "./code.ts";
import type { EmittedFile } from "./emitted.ts";
import { render, type Templates } from "./render.ts";
import { sourceOf } from "./source.ts";
import { comment, kernelImport, lineWidth, list, placeBetween, propertyKey, quote } from "./text.ts";

type Compiled = Extract<PolicyBody, { kind: "compiled" }>;

/** A policy to compile on its own, outside any program. */
export interface LonePolicy {
  readonly id: string;
  readonly effect: "permit" | "forbid";
  readonly body: Compiled;
}

interface PolicyView {
  readonly name: string;
  readonly source: string;
  readonly effect: string;
  readonly id: string;
  readonly request: string;
  readonly condition: string;
  readonly sets: readonly { readonly name: string; readonly code: string }[];
}

interface Entry {
  readonly key: string;
  readonly policies: readonly string[];
}

/** `generated/decisions.ts`. */
export function decisionsFile(program: Program, templates: Templates): EmittedFile {
  const { policies, contract, automata } = program;
  const compiled = policies.flatMap(({ body, ...policy }, index) => {
    return body.kind === "compiled" ? [{ policy, body, name: `policy${index}` }] : [];
  });
  const entries = cedarActionIds(contract, automata).map((action): Entry => {
    const speaking = compiled.filter(({ body }) => speaksOf(body, action));
    return { key: action, policies: speaking.map(({ name }) => name) };
  });
  const asked = new Set(entries.flatMap((entry) => entry.policies));
  const use = new Set<string>(entries.length === 0 ? [] : ["deciding"]);
  const views = compiled
    .filter(({ name }) => asked.has(name))
    .map(({ policy, body: { action: _, ...body }, name }) => {
      return policyView({ name, source: sourceOf(program, policy.span), policy: { ...policy, body } }, use);
    });
  const file = comment([...new Set(policies.map(({ span }) => span.file))].join(", ") || program.name);
  return { path: "generated/decisions.ts", text: moduleText({ file, views, entries, use }, templates) };
}

/** Ids of the policies that the compiler does not cover. */
export function leftToCedar(policies: readonly Policy[]): readonly string[] {
  return policies.flatMap(({ id, body }) => (body.kind === "compiled" ? [] : [id]));
}

/** The name under which `loneDecision` gives its one decision function. */
export const everyAction = "every action";

/** A module of the same shape for policies of no program: one decision function, which looks at the action as well. */
export function loneDecision(policies: readonly LonePolicy[], templates: Templates): string {
  const use = new Set<string>(["deciding"]);
  const views = policies.map((policy, index) => {
    return policyView({ name: `policy${index}`, source: `policy ${index}`, policy }, use);
  });
  const entries = [{ key: everyAction, policies: views.map(({ name }) => name) }];
  return moduleText({ file: "policies", views, entries, use }, templates);
}

interface Parts {
  readonly file: string;
  readonly views: readonly PolicyView[];
  readonly entries: readonly Entry[];
  readonly use: ReadonlySet<string>;
}

function moduleText({ file, views, entries, use }: Parts, templates: Templates): string {
  return render(templates, "decisions.ts.hbs", {
    file,
    imports: kernelImport(use),
    policies: views,
    entries: entries.map(({ key, policies }) => {
      const before = `${propertyKey(key)}: deciding`;
      return { line: `${before}${list(policies, placeBetween("  ", before, ","), ["(", ")"])}` };
    }),
  });
}

interface Named {
  readonly name: string;
  readonly source: string;
  readonly policy: LonePolicy;
}

function policyView({ name, source, policy }: Named, functions: Set<string>): PolicyView {
  const use: CedarUse = { functions, fields: new Set(), sets: new Map(), prefix: name };
  functions.add(policy.effect);
  const condition = conditionOf(policy.body, use);
  const fields = ["principal", "action", "resource", "context", "entities"].filter((each) => use.fields.has(each));
  return {
    name,
    source: comment(source),
    effect: policy.effect,
    id: quote(policy.id),
    request: fields.length === 0 ? "()" : `({ ${fields.join(", ")} })`,
    condition: returned(condition),
    sets: [...use.sets].map(([set, code]) => ({ name: set, code })),
  };
}

/** What follows `return `: in brackets where it takes several lines. */
function returned(condition: Code): string {
  const line = flat(condition);
  return line.length <= lineWidth - "  return ;".length ? line : `(\n    ${layOut(condition, 4)}\n  )`;
}

/** Head, then conditions: each is asked only where those before it hold, and the head cannot fail. */
function conditionOf({ principal, action, resource, conditions }: Compiled, use: CedarUse): Code {
  const parts = [principal, action, resource, ...conditions].filter((each) => each !== undefined);
  if (parts.length === 0) return "true";
  return chain(
    "&&",
    parts.map((part) => cedarCondition(part, use)),
  );
}

/** Whether a policy's head lets the action in: `Order::Pay` itself, or its group `Pay`. */
function speaksOf({ action }: Compiled, id: string): boolean {
  if (action?.kind !== "binary") return true;
  const named = entityIds(action.right);
  return named.includes(id) || (action.operator === "in" && named.includes(id.slice(id.indexOf("::") + 2)));
}

function entityIds(node: CedarNode): readonly string[] {
  if (node.kind === "set") return node.elements.flatMap(entityIds);
  return node.kind === "entity" && node.type === "Action" ? [node.id] : [];
}
