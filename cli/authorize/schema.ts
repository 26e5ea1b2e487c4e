/** What a Cedar schema says that reading entities and requests needs: the types of attributes, and the hierarchy of actions. */
import type { CedarUid } from "@temperc/runtime";
import { cedarEntity } from "@temperc/runtime";

/** The type of a value, as far as it decides how JSON is read. */
export type SchemaType =
  | { readonly kind: "entity" }
  | { readonly kind: "extension"; readonly name: string }
  | { readonly kind: "set"; readonly element: SchemaType | undefined }
  | { readonly kind: "record"; readonly fields: ReadonlyMap<string, SchemaType> };

export interface CedarSchemaTypes {
  /** By entity type: the record of its attributes, and the type of its tags. */
  readonly attributes: ReadonlyMap<string, SchemaType>;
  readonly tags: ReadonlyMap<string, SchemaType>;
  readonly actions: readonly SchemaAction[];
}

export interface SchemaAction {
  readonly uid: CedarUid;
  readonly parents: readonly CedarUid[];
  readonly context: SchemaType | undefined;
}

/** Reads the JSON form of a schema in which Cedar has resolved all names. */
export function schemaTypes(schema: unknown): CedarSchemaTypes {
  const spaces = Object.entries(objectOf(schema)).map(([name, body]) => ({ name, body }));
  const named = new Map<string, unknown>();
  for (const { name, body } of spaces) {
    for (const [own, type] of Object.entries(objectOf(at(body, "commonTypes")))) named.set(within(name, own), type);
  }
  const typeOf = (json: unknown): SchemaType | undefined => readType(json, named);
  const entities = spaces.flatMap(({ name, body }) =>
    Object.entries(objectOf(at(body, "entityTypes"))).map(([own, type]) => ({ name: within(name, own), type })),
  );
  const actions = spaces.flatMap(({ name, body }) =>
    Object.entries(objectOf(at(body, "actions"))).map(([id, action]) => readAction({ name, id, action }, typeOf)),
  );
  return { attributes: typesOf(entities, "shape", typeOf), tags: typesOf(entities, "tags", typeOf), actions };
}

function typesOf(
  entities: readonly { readonly name: string; readonly type: unknown }[],
  part: "shape" | "tags",
  typeOf: (json: unknown) => SchemaType | undefined,
): ReadonlyMap<string, SchemaType> {
  const types = entities.flatMap(({ name, type }) => {
    const read = typeOf(at(type, part));
    return read === undefined ? [] : [[name, read] as const];
  });
  return new Map(types);
}

interface NamedAction {
  readonly name: string;
  readonly id: string;
  readonly action: unknown;
}

function readAction(
  { name, id, action }: NamedAction,
  typeOf: (json: unknown) => SchemaType | undefined,
): SchemaAction {
  const own = within(name, "Action");
  const above = at(action, "memberOf");
  const parents = (Array.isArray(above) ? above : []).map((each) =>
    cedarEntity(String(at(each, "type") ?? own), String(at(each, "id"))),
  );
  return { uid: cedarEntity(own, id), parents, context: typeOf(at(at(action, "appliesTo"), "context")) };
}

const extensions: ReadonlySet<string> = new Set(["ipaddr", "decimal", "datetime", "duration"]);

/** Undefined for what is read the same whatever its type: texts, numbers and booleans. Cedar lets no common type hold itself. */
function readType(json: unknown, named: ReadonlyMap<string, unknown>): SchemaType | undefined {
  const type = at(json, "type");
  if (typeof type !== "string") return undefined;
  switch (type) {
    case "Record": {
      const fields = Object.entries(objectOf(at(json, "attributes"))).flatMap(([name, each]) => {
        const read = readType(each, named);
        return read === undefined ? [] : [[name, read] as const];
      });
      return { kind: "record", fields: new Map(fields) };
    }
    case "Set":
      return { kind: "set", element: readType(at(json, "element"), named) };
    case "Entity":
      return { kind: "entity" };
  }
  const name = type.replace(/^__cedar::/, "");
  if (named.has(type)) return readType(named.get(type), named);
  return extensions.has(name) ? { kind: "extension", name } : undefined;
}

function within(namespace: string, name: string): string {
  return namespace === "" ? name : `${namespace}::${name}`;
}

function objectOf(json: unknown): object {
  return typeof json === "object" && json !== null ? json : {};
}

function at(json: unknown, name: string): unknown {
  return Object.getOwnPropertyDescriptor(objectOf(json), name)?.value;
}
