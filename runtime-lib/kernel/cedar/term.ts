/** Cedar's values as compiled policies see them: how they are made, compared and named in messages. */

/** A reference to an entity, whether or not that entity is there. */
export interface CedarUid {
  readonly kind: "entity";
  readonly type: string;
  readonly id: string;
}

/** A set. */
export interface CedarSet {
  readonly kind: "set";
  readonly primitives: ReadonlySet<CedarPrimitive>;
  /** All others by a text that is the same for equal ones. */
  readonly composites: ReadonlyMap<string, CedarComposite>;
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
export type CedarPrimitive = boolean | bigint | string;
export type CedarComposite = CedarUid | CedarSet | CedarRecord | CedarExtension;
export type CedarTerm = CedarPrimitive | CedarComposite;

/** The reference `type::"id"`. */
export function cedarEntity(type: string, id: string): CedarUid {
  return { kind: "entity", type, id };
}

/** The set of these; equal ones are one. */
export function cedarSet(terms: readonly CedarTerm[]): CedarSet {
  const primitives = new Set<CedarPrimitive>();
  const composites = new Map<string, CedarComposite>();
  for (const term of terms) {
    if (typeof term === "object") composites.set(compositeKey(term), term);
    else primitives.add(term);
  }
  return { kind: "set", primitives, composites };
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
    : compositeKey(left) === compositeKey(right);
}

/** Every member once, texts, numbers and booleans first. */
export function membersOf(set: CedarSet): readonly CedarTerm[] {
  return [...set.primitives, ...set.composites.values()];
}

/** True where the set has a member equal to the term. */
export function isMember(set: CedarSet, term: CedarTerm): boolean {
  return typeof term === "object" ? set.composites.has(compositeKey(term)) : set.primitives.has(term);
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

function compositeKey(term: CedarComposite): string {
  switch (term.kind) {
    case "entity":
      return joined(term.kind, [term.type, term.id]);
    case "set":
      return joined(term.kind, [...[...term.primitives].map(keyOf), ...term.composites.keys()].sort());
    case "record":
      return joined(term.kind, [...term.fields].map(([name, value]) => joined("", [name, keyOf(value)])).sort());
    case "decimal":
    case "datetime":
    case "duration":
      return `${term.kind} ${term.value}`;
    case "ipaddr":
      return `${term.kind} ${term.version} ${term.address} ${term.prefix}`;
  }
}

/** The parts with their lengths before them: quotes would double with each level of nesting. */
function joined(kind: string, parts: readonly string[]): string {
  return `${kind}${parts.map((part) => ` ${part.length} ${part}`).join("")}`;
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
