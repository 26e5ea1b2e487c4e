/** Cedar's values as compiled policies see them: how they are made, compared and named in messages. */

/** A reference to an entity, whether or not that entity is there. */
export interface CedarUid {
  readonly kind: "entity";
  readonly type: string;
  readonly id: string;
}

/** A set: its members by a text that is the same for equal members. */
export interface CedarSet {
  readonly kind: "set";
  readonly members: ReadonlyMap<string, CedarTerm>;
}

export interface CedarRecord {
  readonly kind: "record";
  readonly fields: ReadonlyMap<string, CedarTerm>;
}

/** A number with four digits after the point, in ten-thousandths. */
export interface CedarDecimal {
  readonly kind: "decimal";
  readonly value: bigint;
}

/** Milliseconds since 1970-01-01T00:00:00Z. */
export interface CedarDatetime {
  readonly kind: "datetime";
  readonly value: bigint;
}

/** Milliseconds. */
export interface CedarDuration {
  readonly kind: "duration";
  readonly value: bigint;
}

/** An address, or the range of those that have its first `prefix` bits. */
export interface CedarIp {
  readonly kind: "ipaddr";
  readonly version: 4 | 6;
  readonly address: bigint;
  readonly prefix: number;
}

export type CedarExtension = CedarDecimal | CedarDatetime | CedarDuration | CedarIp;

/** Cedar's `long` is a bigint within 64 bits. */
export type CedarTerm = boolean | bigint | string | CedarUid | CedarSet | CedarRecord | CedarExtension;

/** The reference `type::"id"`. */
export function cedarEntity(type: string, id: string): CedarUid {
  return { kind: "entity", type, id };
}

/** The set of these; equal ones are one. */
export function cedarSet(terms: readonly CedarTerm[]): CedarSet {
  return { kind: "set", members: new Map(terms.map((term) => [keyOf(term), term])) };
}

/** The record of these. */
export function cedarRecord(fields: readonly (readonly [name: string, value: CedarTerm])[]): CedarRecord {
  return { kind: "record", fields: new Map(fields) };
}

/** Cedar's `==`: values of different types are different, and comparing them is no error. */
export function cedarEqual(left: CedarTerm, right: CedarTerm): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left.kind !== right.kind) return false;
  return left.kind === "entity" && right.kind === "entity"
    ? left.id === right.id && left.type === right.type
    : keyOf(left) === keyOf(right);
}

/** True where the set has a member equal to the term. */
export function isMember(set: CedarSet, term: CedarTerm): boolean {
  return set.members.has(keyOf(term));
}

/** The same text for equal terms, another for any other. */
function keyOf(term: CedarTerm): string {
  switch (typeof term) {
    case "string":
      return `"${term}`;
    case "bigint":
    case "boolean":
      return String(term);
    case "object":
      return compositeKey(term);
  }
}

function compositeKey(term: Exclude<CedarTerm, string | bigint | boolean>): string {
  switch (term.kind) {
    case "entity":
      return JSON.stringify([term.kind, term.type, term.id]);
    case "set":
      return JSON.stringify([term.kind, ...[...term.members.keys()].sort()]);
    case "record":
      return JSON.stringify([term.kind, ...[...term.fields].map(([name, value]) => [name, keyOf(value)]).sort(byName)]);
    case "decimal":
    case "datetime":
    case "duration":
      return `${term.kind} ${term.value}`;
    case "ipaddr":
      return `${term.kind} ${term.version} ${term.address} ${term.prefix}`;
  }
}

function byName([one = ""]: readonly string[], [other = ""]: readonly string[]): number {
  return one < other ? -1 : 1;
}

/** The term's type in Cedar's words. */
export function typeOfTerm(term: CedarTerm): string {
  switch (typeof term) {
    case "string":
      return "string";
    case "bigint":
      return "long";
    case "boolean":
      return "bool";
    case "object":
      return term.kind === "entity" ? `(entity of type \`${term.type}\`)` : term.kind;
  }
}
