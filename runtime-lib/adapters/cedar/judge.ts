/** Cedar as the judge of policies that come while the service runs: it writes them, reads them again, and validates them. */
import type { AskedOf, PolicyDraft, PolicyJudge, PolicyOutline } from "../../ports/index.ts";
import { cedar } from "./engine.ts";
import { elements, entityOf, type Json, member, text as textOf } from "./expression.ts";

/** The judge that asks Cedar's WebAssembly build. */
export const cedarJudge: PolicyJudge = { written, faultsOf, outlineOf, concerns };

/** UTF-16 units of one added policy. */
const lengthMax = 16_384;
/**
 * How deep a policy could nest at most: its accesses and operators, and its brackets twice, because one can be two levels of
 * expression. Cedar recurses, and running over the end of the stack breaks its instance for good.
 */
const depthMax = 64;

function written(draft: PolicyDraft): ReturnType<PolicyJudge["written"]> {
  const json = jsonOf(draft);
  const answer = cedar().policyToText(json);
  const text = answer.type === "success" ? formatted(answer.text) : undefined;
  if (text !== undefined && isSame(parsed(text), json)) return text;
  return { fault: "its names and ids cannot be written in Cedar exactly as they are" };
}

function formatted(policyText: string): string {
  const answer = cedar().formatPolicies({ policyText, lineWidth: 100, indentWidth: 2 });
  return answer.type === "success" ? answer.formatted_policy.trimEnd() : policyText;
}

type PolicyJson = Parameters<ReturnType<typeof cedar>["policyToText"]>[0];

function jsonOf({ principal, actions, resource }: PolicyDraft): PolicyJson & object {
  const ids = actions.map((id) => ({ type: "Action", id }));
  const [only, further] = ids;
  if (only === undefined) throw new Error("a policy without an action would be about every action");
  const role = principal.kind === "type" ? principal.role : undefined;
  return {
    effect: "permit",
    principal: headOf(principal),
    action: further === undefined ? { op: "==", entity: only } : { op: "in", entities: ids },
    resource: headOf(resource),
    conditions: role === undefined ? [] : [{ kind: "when", body: hasRole(role) }],
  };
}

function headOf(part: PolicyDraft["principal"] | PolicyDraft["resource"]) {
  if (part.kind === "type") return { op: "is" as const, entity_type: part.type };
  return { op: "==" as const, entity: { type: part.type, id: part.id } };
}

function hasRole(role: string) {
  const principal = { Var: "principal" as const };
  const contains = { left: { ".": { left: principal, attr: "roles" } }, right: { Value: role } };
  return { "&&": { left: { has: { left: principal, attr: "roles" } }, right: { contains } } };
}

/** The one static policy of the text in Cedar's JSON; undefined where it is none. */
function parsed(text: string): Json {
  const answer = cedar().policyToJson(text);
  return answer.type === "success" ? answer.json : undefined;
}

/** Equal as JSON, whatever the order of the members; an annotation is no part of what a policy says. */
function isSame(one: Json, other: Json): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(node: Json): Json {
  if (Array.isArray(node)) return node.map(sorted);
  if (typeof node !== "object" || node === null) return node;
  const members = Object.entries(node).filter(([name]) => name !== "annotations");
  return members.sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, value]) => [name, sorted(value)]);
}

function faultsOf(text: string, schema: string): readonly string[] {
  const tooLarge = sizeFault(text);
  if (tooLarge !== undefined) return [tooLarge];
  const read = cedar().policyToJson(text);
  if (read.type === "failure") return read.errors.map(({ message }) => message);
  const answer = cedar().validate({ schema, policies: { staticPolicies: { added: text } } });
  const found = answer.type === "failure" ? answer.errors : answer.validationErrors.map(({ error }) => error);
  return [...new Set(found.map(({ message }) => message.replaceAll("for policy `added`, ", "")))];
}

function sizeFault(text: string): string | undefined {
  if (text.length > lengthMax) return `the policy is longer than ${lengthMax} characters`;
  const brackets = text.match(/[([{]/g)?.length ?? 0;
  const others = text.match(/[.!+*-]|&&|\|\||\bif\b/g)?.length ?? 0;
  if (2 * brackets + others <= depthMax) return undefined;
  return `the policy has too many brackets, accesses and operators: at most ${depthMax}, where a pair of brackets counts twice`;
}

function outlineOf(text: string): PolicyOutline | undefined {
  const json = sizeFault(text) === undefined ? parsed(text) : undefined;
  if (json === undefined) return undefined;
  const [principal, action, resource] = ["principal", "action", "resource"].map((part) => headText(member(json, part)));
  return {
    effect: member(json, "effect") === "forbid" ? "forbid" : "permit",
    principal: principal ?? "",
    action: action ?? "",
    resource: resource ?? "",
    conditions: conditionsText(member(json, "conditions")),
  };
}

function headText(head: Json): string {
  const operator = textOf(member(head, "op"));
  const entities = [member(head, "entity"), ...elements(member(head, "entities"))].flatMap((node) => {
    const entity = entityOf(node);
    return entity === undefined ? [] : [`${entity.type}::${JSON.stringify(entity.id)}`];
  });
  if (operator === "All") return "any";
  const type = textOf(member(head, "entity_type"));
  return [operator, type, entities.join(", ")].filter((part) => part !== "").join(" ");
}

/** As Cedar writes them, behind the shortest head that there is. */
function conditionsText(conditions: Json): string {
  if (elements(conditions).length === 0) return "";
  const all = { op: "All" };
  const bare = { effect: "permit", principal: all, action: all, resource: all, conditions };
  // The conditions come from Cedar's own parser, and the rest is written here.
  const answer = cedar().policyToText(bare as PolicyJson);
  return answer.type === "success" ? answer.text.replace(/^permit\(principal, action, resource\)\s*/, "") : "";
}

/** Whether the head of a permit lets the question in; its conditions are taken to hold. */
function concerns(text: string, asked: AskedOf): boolean {
  const json = sizeFault(text) === undefined ? parsed(text) : undefined;
  if (member(json, "effect") !== "permit") return false;
  const { principal, entityType, action, entityId } = asked;
  const [own, group] = [`${entityType}::${action}`, action];
  const isAsked = (head: Json): boolean => {
    const named = [member(head, "entity"), ...elements(member(head, "entities"))].map((node) => entityOf(node)?.id);
    return named.includes(own) || named.includes(group);
  };
  const action_ = member(json, "action");
  return (
    letsIn(member(json, "principal"), principal) &&
    (member(action_, "op") === "All" || isAsked(action_)) &&
    letsIn(member(json, "resource"), { type: entityType, id: entityId })
  );
}

function letsIn(head: Json, { type, id }: { readonly type: string; readonly id: string | null }): boolean {
  if (member(head, "op") === "is") return member(head, "entity_type") === type;
  const entity = entityOf(member(head, "entity"));
  return entity === undefined || (entity.type === type && (id === null || entity.id === id));
}
