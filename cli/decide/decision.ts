/** A decision as the server shows it, and in words. */
import { type Fields, fieldsOf } from "../server/server.ts";

export interface Decision {
  readonly id: string;
  readonly state: string;
  /** `Agent::"picker-1"`. */
  readonly principal: string;
  readonly roles: readonly string[];
  readonly entityType: string;
  readonly action: string;
  readonly entityId: string | null;
  readonly because: string;
  /** What only operators are shown of why. */
  readonly errors: readonly string[];
  readonly intent: string | null;
  readonly session: string | null;
  readonly count: number;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly mark: number;
  /** The policy that each scope would add, or why it would add none. */
  readonly scopes: Readonly<Record<string, { readonly text?: string; readonly fault?: string }>>;
}

export function decisionOf(fields: Fields): Decision {
  const { roles, errors, entityId, intent, session, count, mark, scopes } = fields;
  return {
    id: textOf(fields.id) ?? "",
    state: textOf(fields.state) ?? "",
    principal: textOf(fields.principal) ?? "",
    roles: Array.isArray(roles) ? roles.map(String) : [],
    entityType: textOf(fields.entityType) ?? "",
    action: textOf(fields.action) ?? "",
    entityId: textOf(entityId) ?? null,
    because: textOf(fields.because) ?? "",
    errors: Array.isArray(errors) ? errors.map(String) : [],
    intent: textOf(intent) ?? null,
    session: textOf(session) ?? null,
    count: Number(count),
    firstSeenAt: textOf(fields.firstSeenAt) ?? "",
    lastSeenAt: textOf(fields.lastSeenAt) ?? "",
    mark: Number(mark),
    scopes: Object.fromEntries(
      Object.entries(fieldsOf(scopes)).map(([scope, each]) => [scope, scopeOf(fieldsOf(each))]),
    ),
  };
}

function scopeOf({ text, fault }: Fields): { readonly text?: string; readonly fault?: string } {
  return { ...(typeof text === "string" && { text }), ...(typeof fault === "string" && { fault }) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** One line: who wants to do what on what, how often, and why not. */
export function decisionLine(decision: Decision): string {
  const { id, state, count, lastSeenAt, because } = decision;
  const often = count === 1 ? "once" : `${count} times`;
  return `${id}  ${state}  ${whatOf(decision)}, refused ${often}, last ${lastSeenAt}: ${because}`;
}

/** Who wants to do what on what. */
export function whatOf({ principal, action, entityType, entityId }: Decision): string {
  return `${principal} wants ${action} on ${entityType}${entityId === null ? "" : ` ${JSON.stringify(entityId)}`}`;
}

/** Several lines, for whoever is about to decide. */
export function decisionText(decision: Decision): string {
  const { id, roles, intent, session, count, firstSeenAt, lastSeenAt, because, errors, state } = decision;
  const lines = [
    whatOf(decision),
    `refused because: ${because}`,
    ...errors.map((error) => `behind it: ${error}`),
    ...(intent === null ? [] : [`it says: ${intent}`]),
    ...(roles.length === 0 ? [] : [`roles: ${roles.join(", ")}`]),
    ...(session === null ? [] : [`session: ${session}`]),
    `${count === 1 ? "once" : `${count} times`}, from ${firstSeenAt} to ${lastSeenAt}`,
    `${id}, ${state}`,
  ];
  return lines.join("\n");
}
