/** The part of JSON Schema (draft-07) that editors are told about a file in, and the collector of its definitions. */

export interface JsonSchema {
  readonly $schema?: string;
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: JsonType;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
}

type JsonType = "string" | "boolean" | "integer" | "number" | "array" | "object";

/** Gives the reference to a named definition; the definition is made once, on first use, so it may refer to itself. */
export type Define = (name: string, make: () => JsonSchema) => JsonSchema;

/** A collector, and what it has collected so far in order of first use. */
export function createDefinitions(): {
  readonly define: Define;
  readonly definitions: () => Readonly<Record<string, JsonSchema>>;
} {
  const made = new Map<string, JsonSchema>();
  const define: Define = (name, make) => {
    if (!made.has(name)) {
      made.set(name, {});
      made.set(name, make());
    }
    return { $ref: `#/definitions/${name}` };
  };
  return { define, definitions: () => Object.fromEntries(made) };
}
