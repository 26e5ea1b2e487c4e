/** How far an approval goes: narrow, medium and broad, and the matrix behind them, as the draft of a policy. */
import type { ServiceDefinition } from "../../kernel/index.ts";
import type { DecisionRecord, PolicyDraft, Verb } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import { failed } from "../failures.ts";

export const principalScopes = ["this_agent", "agents_with_role", "agents_of_type", "any_agent"] as const;
export const actionScopes = ["this_action", "all_actions_on_type"] as const;
export const resourceScopes = ["this_resource", "any_of_type"] as const;
export const scopeNames = ["narrow", "medium", "broad"] as const;

export type ScopeName = (typeof scopeNames)[number];

/** One cell of the matrix; its duration is the policy's, and no part of the text. */
export interface Cell {
  readonly principal: (typeof principalScopes)[number];
  readonly action: (typeof actionScopes)[number];
  readonly resource: (typeof resourceScopes)[number];
  /** With `agents_with_role`; may be left out where the caller has one role only. */
  readonly role?: string;
}

export const scopes: Readonly<Record<ScopeName, Cell>> = {
  narrow: { principal: "this_agent", action: "this_action", resource: "this_resource" },
  medium: { principal: "this_agent", action: "this_action", resource: "any_of_type" },
  broad: { principal: "this_agent", action: "all_actions_on_type", resource: "any_of_type" },
};

/** The cell in words, for the record. */
export function cellText({ principal, action, resource, role }: Cell): string {
  const name = scopeNames.find((each) => {
    const named = scopes[each];
    return named.principal === principal && named.action === action && named.resource === resource;
  });
  return name ?? `${principal}${role === undefined ? "" : ` ${role}`} × ${action} × ${resource}`;
}

type Question = Pick<DecisionRecord, "principal" | "entityType" | "action" | "entityId">;

/** The policy that would allow what was refused, as far as the cell goes; or why there is no such policy. */
export function draftOf(
  definition: ServiceDefinition,
  question: Question,
  cell: Cell,
): ({ readonly kind: "draft" } & PolicyDraft) | Failed {
  const { entityType, entityId } = question;
  const actions = actionsOf(definition, question, cell);
  const principal = principalOf(question, cell);
  const isOne = cell.resource === "this_resource" && entityId !== null;
  const isEverybody = cell.principal === "agents_of_type" || cell.principal === "any_agent";
  if (isEverybody && cell.action === "all_actions_on_type" && !isOne) {
    const message = `that would permit everything on ${entityType} to everybody: choose a role, one action or one entity`;
    return failed("InvalidParameter", message, { target: "principal" });
  }
  if (principal.kind === "failed") return principal;
  if (actions.length === 0) return failed("InvalidParameter", `${entityType} has no such action today`);
  const resource = isOne
    ? ({ kind: "entity", type: entityType, id: entityId } as const)
    : ({ kind: "type", type: entityType } as const);
  return { kind: "draft", principal, actions, resource };
}

function principalOf({ principal: { type, id, roles } }: Question, cell: Cell): PolicyDraft["principal"] | Failed {
  switch (cell.principal) {
    case "this_agent":
      return { kind: "entity", type, id };
    case "agents_of_type":
      return { kind: "type", type };
    case "any_agent":
      if (type === "Agent") return { kind: "type", type };
      return failed("InvalidParameter", `the caller is a ${type} and no Agent`, { target: "principal" });
    case "agents_with_role": {
      const role = cell.role ?? (roles.length === 1 ? roles[0] : undefined);
      if (role !== undefined && roles.includes(role)) return { kind: "type", type, role };
      const has = roles.length === 0 ? "the caller has no role" : `name one of the caller's roles: ${roles.join(", ")}`;
      return failed("InvalidParameter", has, { target: "role" });
    }
  }
}

const verbs: readonly Verb[] = ["create", "read", "list", "update", "delete"];

/** Sets are read by who may both list and read, so an approval of the one is of both. */
function actionsOf(definition: ServiceDefinition, question: Question, cell: Cell): readonly string[] {
  const all = actionNames(definition, question.entityType);
  const asked = question.action === "list" ? ["list", "read"] : [question.action];
  const names = cell.action === "this_action" ? asked.filter((name) => all.includes(name)) : all;
  return names.map((name) => `${question.entityType}::${name}`);
}

/** Every action that policies can speak about on the type today. */
export function actionNames({ entityTypes }: ServiceDefinition, entityType: string): readonly string[] {
  const type = entityTypes.find(({ name }) => name === entityType);
  if (type === undefined) return [];
  const own = (type.automaton?.actions ?? []).filter(({ kind }) => kind !== "output").map(({ name }) => name);
  const gates = (type.reactions?.composites ?? []).flatMap(({ gate }) => (gate === undefined ? [] : [gate]));
  return [...new Set([...verbs, ...own, ...gates])];
}
