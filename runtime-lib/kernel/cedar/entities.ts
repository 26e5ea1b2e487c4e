/** Cedar's operators on entities and records: attributes, tags, types and the hierarchy. */
import { anyEntity, CedarFailure, typeFailure } from "./failure.ts";
import { cedarString } from "./operators.ts";
import { type CedarRecord, type CedarTerm, type CedarUid, membersOf } from "./term.ts";

/** What is known of one entity. */
export interface CedarEntity {
  readonly attribute: (name: string) => CedarTerm | undefined;
  readonly tag: (name: string) => CedarTerm | undefined;
  /** True for its parents, and theirs, and so on. */
  readonly isBelow: (other: CedarUid) => boolean;
}

/** The entities that a decision can look at; a reference to any other is one to what does not exist. */
export interface CedarEntities {
  readonly find: (uid: CedarUid) => CedarEntity | undefined;
}

/** Who asks for what, on what, with what. */
export interface CedarRequest {
  readonly principal: CedarUid;
  readonly action: CedarUid;
  readonly resource: CedarUid;
  readonly context: CedarRecord;
  readonly entities: CedarEntities;
}

/** `of.name`. Fails where there is no such attribute. */
export function cedarGet(of: CedarTerm, name: string, entities: CedarEntities): CedarTerm {
  const holder = fieldsOf(of);
  if (holder.kind === "record") {
    const value = holder.fields.get(name);
    if (value !== undefined) return value;
    throw new CedarFailure(`record does not have the attribute \`${name}\``);
  }
  const value = existing(holder, entities).attribute(name);
  if (value !== undefined) return value;
  throw new CedarFailure(`\`${shown(holder)}\` does not have the attribute \`${name}\``);
}

/** `of has name`; of an entity that does not exist it is false. */
export function cedarHas(of: CedarTerm, name: string, entities: CedarEntities): boolean {
  const holder = fieldsOf(of);
  if (holder.kind === "record") return holder.fields.has(name);
  return entities.find(holder)?.attribute(name) !== undefined;
}

/** `of has a.b.c`: each exists in the one before. */
export function cedarHasPath(of: CedarTerm, path: readonly string[], entities: CedarEntities): boolean {
  let holder = of;
  for (const [index, name] of path.entries()) {
    if (!cedarHas(holder, name, entities)) return false;
    if (index < path.length - 1) holder = cedarGet(holder, name, entities);
  }
  return true;
}

/** `term is type in above`; what it is to be in is evaluated only where it is of the type. */
export function cedarIsIn(term: CedarTerm, type: string, above: () => CedarTerm, entities: CedarEntities): boolean {
  return cedarIs(term, type) && cedarIn(term, above(), entities);
}

/** `of.getTag(name)`. Fails where there is no such tag. */
export function cedarTag(of: CedarTerm, name: CedarTerm, entities: CedarEntities): CedarTerm {
  const [uid, tag] = [entity(of), cedarString(name)];
  const value = existing(uid, entities).tag(tag);
  if (value !== undefined) return value;
  throw new CedarFailure(`\`${shown(uid)}\` does not have the tag \`${tag}\``);
}

/** `of.hasTag(name)`; of an entity that does not exist it is false. */
export function cedarHasTag(of: CedarTerm, name: CedarTerm, entities: CedarEntities): boolean {
  const [uid, tag] = [entity(of), cedarString(name)];
  return entities.find(uid)?.tag(tag) !== undefined;
}

/** `term is type`. */
export function cedarIs(term: CedarTerm, type: string): boolean {
  return entity(term).type === type;
}

/** `term in other`: the same entity or one above it, or one of a set of such. */
export function cedarIn(term: CedarTerm, other: CedarTerm, entities: CedarEntities): boolean {
  const uid = entity(term);
  const above = entitiesIn(other);
  const found = entities.find(uid);
  return above.some((each) => (each.id === uid.id && each.type === uid.type) || found?.isBelow(each) === true);
}

function entitiesIn(term: CedarTerm): readonly CedarUid[] {
  if (typeof term !== "object") throw typeFailure(["set", anyEntity], term);
  if (term.kind === "entity") return [term];
  if (term.kind === "set") return membersOf(term).map(entity);
  throw typeFailure(["set", anyEntity], term);
}

function entity(term: CedarTerm): CedarUid {
  if (typeof term === "object" && term.kind === "entity") return term;
  throw typeFailure([anyEntity], term);
}

function fieldsOf(term: CedarTerm): CedarUid | CedarRecord {
  if (typeof term === "object" && (term.kind === "entity" || term.kind === "record")) return term;
  throw typeFailure(["record", anyEntity], term);
}

function existing(uid: CedarUid, entities: CedarEntities): CedarEntity {
  const found = entities.find(uid);
  if (found !== undefined) return found;
  throw new CedarFailure(`entity \`${shown(uid)}\` does not exist`);
}

/** The reference in Cedar's syntax, on one line. */
function shown({ type, id }: CedarUid): string {
  return `${type}::"${id.replace(/[\\"'\p{Cc}\p{Zl}\p{Zp}]/gu, escaped)}"`;
}

const escapes: ReadonlyMap<string, string> = new Map([
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\0", "\\0"],
]);

function escaped(character: string): string {
  if (/[\\"']/.test(character)) return `\\${character}`;
  return escapes.get(character) ?? `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
