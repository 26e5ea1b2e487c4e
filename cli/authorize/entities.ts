/** The entities of a file, and the actions of a schema, as what decisions look into. */
import type { CedarEntities, CedarEntity, CedarTerm, CedarUid } from "@temperc/runtime";
import { isArray, isObject, type Json, type JsonObject } from "./json.ts";
import type { CedarSchemaTypes } from "./schema.ts";
import { NoTerm, recordOf, uidOf } from "./terms.ts";

interface Row {
  readonly uid: CedarUid;
  readonly attributes: ReadonlyMap<string, CedarTerm>;
  readonly tags: ReadonlyMap<string, CedarTerm>;
  readonly parents: readonly CedarUid[];
}

/** Reads Cedar's entities format. Throws `NoTerm` or `CedarFailure`, with the entity's place in the list, for what is none. */
export function entitiesOf(json: Json, schema: CedarSchemaTypes | undefined): CedarEntities {
  if (!isArray(json)) throw new NoTerm("the entities are a list");
  const rows = new Map<string, Row>();
  for (const { uid, parents } of schema?.actions ?? [])
    rows.set(keyOf(uid), { uid, parents, attributes: new Map(), tags: new Map() });
  json.forEach((each) => {
    const row = located(each, () => rowOf(each, schema));
    rows.set(keyOf(row.uid), row);
  });
  return hierarchy(rows);
}

function located(json: Json, read: () => Row): Row {
  try {
    return read();
  } catch (error) {
    throw error instanceof Error ? new NoTerm(error.message, json) : error;
  }
}

function rowOf(json: Json, schema: CedarSchemaTypes | undefined): Row {
  if (!isObject(json)) throw new NoTerm("an entity is an object");
  const uid = uidOf(json.get("uid"));
  const parents = json.get("parents") ?? [];
  if (!isArray(parents)) throw new NoTerm("the parents are a list");
  const tagType = schema?.tags.get(uid.type);
  const tags = objectAt(json, "tags");
  const fields = new Map(tagType === undefined ? [] : [...tags.keys()].map((name) => [name, tagType] as const));
  return {
    uid,
    attributes: recordOf(objectAt(json, "attrs"), schema?.attributes.get(uid.type)).fields,
    tags: recordOf(tags, { kind: "record", fields }).fields,
    parents: parents.map(uidOf),
  };
}

function objectAt(json: JsonObject, name: string): JsonObject {
  const value = json.get(name);
  if (value === undefined) return new Map();
  if (isObject(value)) return value;
  throw new NoTerm(`${name} is an object`);
}

function hierarchy(rows: ReadonlyMap<string, Row>): CedarEntities {
  const above = new Map<string, ReadonlySet<string>>();
  const found = new Map<string, CedarEntity>();
  for (const [key, { attributes, tags }] of rows) {
    found.set(key, {
      attribute: (name) => attributes.get(name),
      tag: (name) => tags.get(name),
      isBelow: (other) => {
        const known = above.get(key) ?? ancestors(key, rows);
        above.set(key, known);
        return known.has(keyOf(other));
      },
    });
  }
  return { find: (uid) => found.get(keyOf(uid)) };
}

/** Everything that can be reached over parents. */
function ancestors(key: string, rows: ReadonlyMap<string, Row>): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [key];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const parent of rows.get(next)?.parents ?? []) {
      const parentKey = keyOf(parent);
      if (!reached.has(parentKey)) open.push(parentKey);
      reached.add(parentKey);
    }
  }
  return reached;
}

/** No type has a space or a quote in it. */
function keyOf({ type, id }: CedarUid): string {
  return `${type} ${id}`;
}
