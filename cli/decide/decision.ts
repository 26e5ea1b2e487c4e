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
  /** Policies that forbid it, so that no approval permits it as long as they are in force. */
  readonly forbids: readonly Prohibition[];
  /** The policy that each scope would add, or why it would add none. */
  readonly scopes: Readonly<Record<string, { readonly text?: string; readonly fault?: string }>>;
}

export interface Prohibition {
  readonly id: string;
  readonly text: string;
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
    forbids: prohibitionsOf(fields),
    scopes: Object.fromEntries(
      Object.entries(fieldsOf(scopes)).map(([scope, each]) => [scope, scopeOf(fieldsOf(each))]),
    ),
  };
}

/** Those that an answer of the server names. */
export function prohibitionsOf({ forbids }: Fields): readonly Prohibition[] {
  if (!Array.isArray(forbids)) return [];
  return forbids.map(fieldsOf).map(({ id, text }) => ({ id: textOf(id) ?? "", text: textOf(text) ?? "" }));
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
  const { id, roles, intent, session, count, firstSeenAt, lastSeenAt, because, errors, forbids, state } = decision;
  const lines = [
    whatOf(decision),
    `refused because: ${because}`,
    ...errors.map((error) => `behind it: ${error}`),
    ...(intent === null ? [] : [`it says: ${intent}`]),
    ...(roles.length === 0 ? [] : [`roles: ${roles.join(", ")}`]),
    ...(session === null ? [] : [`session: ${session}`]),
    `${count === 1 ? "once" : `${count} times`}, from ${firstSeenAt} to ${lastSeenAt}`,
    `${id}, ${state}`,
    ...forbids.map(prohibitionText),
  ];
  return lines.join("\n");
}

/** What an approval does not change. */
export function prohibitionText({ id, text }: Prohibition): string {
  return `no approval lifts what ${JSON.stringify(id)} forbids:\n${text}`;
}
