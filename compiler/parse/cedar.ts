/** Reads a `.cedar` file into single policies with spans; Cedar's own parser is the judge of each. */

import type { DetailedError, EntityUidJson, PolicyJson, TypeAndId } from "@cedar-policy/cedar-wasm/nodejs";
import type { Report } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/span.ts";
import { cedar } from "./cedar-engine.ts";
import { type ExactPolicy, exactPolicy } from "./cedar-numbers.ts";
import { depthMax, type PolicyPiece, policiesMax, policyLengthMax, scanPolicies } from "./cedar-scan.ts";

/** One policy as written, or the place of one that was refused, so that nobody takes the folder for one without policies. */
export type PolicySyntax = StaticPolicy | { readonly kind: "refused"; readonly span: Span };

export interface StaticPolicy {
  readonly kind: "static";
  /** Its `@id` annotation, if it has one. */
  readonly id?: { readonly text: string; readonly span: Span };
  readonly effect: "permit" | "forbid";
  readonly text: string;
  readonly scope: PolicyScope;
  /** All of it, as Cedar's parser gives it. */
  readonly exact: ExactPolicy;
  /** True where the head is all there is and asks for no hierarchy: whether it fits a schema is seen in its names alone. */
  readonly isPlain: boolean;
  readonly span: Span;
}

/** What the head of a policy limits it to: absent is no limit. */
export interface PolicyScope {
  readonly principalType?: string;
  /** Ids of actions and of groups of actions. */
  readonly actions?: readonly string[];
  readonly resourceType?: string;
}

interface CedarFile {
  readonly path: string;
  readonly text: string;
}

/**
 * The policies of the file in order. What does not parse is reported (`parse/cedar-…`) and refused, as are templates,
 * which are not available yet.
 */
export function parsePolicies(file: CedarFile, report: Report): readonly PolicySyntax[] {
  const text = file.text.startsWith("\uFEFF") ? ` ${file.text.slice(1)}` : file.text;
  const pieces = scanPolicies(text);
  const beyond = pieces[policiesMax];
  if (beyond !== undefined) {
    report("parse/cedar-limit", spanOf(file, beyond), { what: "policies in one file", max: policiesMax });
    return [{ kind: "refused", span: spanOf(file, beyond) }];
  }
  return pieces.map((piece) => {
    return parsePolicy({ ...file, text }, piece, report) ?? { kind: "refused", span: spanOf(file, piece) };
  });
}

/** The UTF-16 offset in a text of a UTF-8 byte offset in it, which is what Cedar counts in. */
export function utf16Offset(text: string, byteOffset: number): number {
  let bytes = 0;
  let offset = 0;
  for (const character of text) {
    if (bytes >= byteOffset) break;
    bytes += utf8Length(character.codePointAt(0) ?? 0);
    offset += character.length;
  }
  return offset;
}

function utf8Length(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x1_0000 ? 3 : 4;
}

/** Where in the file an error of Cedar's is, for a policy that starts at `start`; the whole policy where Cedar does not say. */
export function errorSpan(error: DetailedError, policy: { readonly text: string; readonly span: Span }): Span {
  const [location] = error.sourceLocations ?? [];
  if (location === undefined) return policy.span;
  const start = policy.span.start + utf16Offset(policy.text, location.start);
  return { file: policy.span.file, start, end: policy.span.start + utf16Offset(policy.text, location.end) };
}

function parsePolicy(file: CedarFile, piece: PolicyPiece, report: Report): StaticPolicy | undefined {
  const span = spanOf(file, piece);
  const text = file.text.slice(piece.start, piece.end);
  if (text.length > policyLengthMax) {
    report("parse/cedar-limit", span, { what: "characters in one policy", max: policyLengthMax });
    return undefined;
  }
  if (piece.depth > depthMax) {
    const hint = "one `contains` on a set, or several policies, replace a long chain of ||";
    report("parse/cedar-limit", span, { what: "nested operators in one policy", max: depthMax }, { hint });
    return undefined;
  }
  const answer = cedar().policyToJson(text);
  if (answer.type === "failure") {
    for (const error of answer.errors) reportError(error, { text, span }, report);
    return undefined;
  }
  const { annotations, effect } = answer.json;
  const policy = {
    kind: "static",
    effect,
    text,
    scope: scopeOf(answer.json),
    exact: exactPolicy(answer.json, text, jsonOf),
    isPlain: isPlain(answer.json),
    span,
  } as const;
  const id = annotations !== undefined && Object.hasOwn(annotations, "id") ? annotations.id : undefined;
  return id === undefined || id === "" ? policy : { ...policy, id: { text: id, span: idSpan(text, span) } };
}

/** The JSON of a text that differs from one that Cedar has taken in its numbers only. */
function jsonOf(text: string): PolicyJson {
  const answer = cedar().policyToJson(text);
  if (answer.type === "success") return answer.json;
  throw new Error(
    `Cedar refuses a policy with other numbers: ${answer.errors.map(({ message }) => message).join("; ")}`,
  );
}

function scopeOf({ principal, action, resource }: PolicyJson): PolicyScope {
  const [principalType, resourceType] = [typeOf(principal), typeOf(resource)];
  return {
    ...(principalType !== undefined && { principalType }),
    ...(resourceType !== undefined && { resourceType }),
    ...("entity" in action && { actions: [idOf(action.entity)] }),
    ...("entities" in action && { actions: action.entities.map(idOf) }),
  };
}

function isPlain({ principal, resource, conditions }: PolicyJson): boolean {
  const isFlat = (constraint: typeof principal | typeof resource): boolean => {
    return constraint.op !== "in" && !("in" in constraint && constraint.in !== undefined);
  };
  return conditions.length === 0 && isFlat(principal) && isFlat(resource);
}

function typeOf(constraint: PolicyJson["principal"] | PolicyJson["resource"]): string | undefined {
  if (constraint.op === "is") return constraint.entity_type;
  return constraint.op === "==" && "entity" in constraint ? plain(constraint.entity).type : undefined;
}

function idOf(entity: EntityUidJson): string {
  return plain(entity).id;
}

function plain(entity: EntityUidJson): TypeAndId {
  return "__entity" in entity ? entity.__entity : entity;
}

function reportError(error: DetailedError, policy: { text: string; span: Span }, report: Report): void {
  const slot = [error, ...(error.related ?? [])].find((each) => /containing the slot|template slot/.test(each.message));
  if (slot !== undefined) {
    const span = errorSpan(slot, policy);
    const name = /\?[a-z]+/.exec(slot.message)?.[0] ?? "?";
    report("parse/cedar-template", span, { slot: name }, { hint: "write the entity itself in its place" });
    return;
  }
  const problem = error.message.replace(/^failed to parse policy from string: /, "");
  const hint = error.sourceLocations?.[0]?.label ?? error.help ?? undefined;
  report("parse/cedar-syntax", errorSpan(error, policy), { problem }, { hint });
}

function idSpan(text: string, span: Span): Span {
  const match = /@id\s*\(\s*("(?:[^"\\]|\\.){0,1000}")/d.exec(text);
  const [start, end] = match?.indices?.[1] ?? [0, text.length];
  return { file: span.file, start: span.start + start, end: span.start + end };
}

function spanOf(file: CedarFile, piece: PolicyPiece): Span {
  return { file: file.path, start: piece.start, end: piece.end };
}
