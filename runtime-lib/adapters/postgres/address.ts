/** Where a PostgreSQL store is: a URL whose password is nobody's business, and the schema within the database. */

export interface Address {
  /** What `pg` connects to. */
  readonly connection: string;
  readonly schema: string;
  /** Host and database only, for people. */
  readonly shown: string;
}

const defaultSchema = "temperc";

export function isPostgres(where: string): boolean {
  return /^postgres(ql)?:/i.test(where);
}

/** Reads `postgres://user:password@host:port/database?schema=temperc&sslmode=verify-full`. Throws a `TypeError` that says what is wrong. */
export function addressOf(text: string): Address {
  if (!URL.canParse(text))
    throw new TypeError("the URL of the store cannot be read: postgres://user@host:5432/database");
  const url = new URL(text);
  if (!isPostgres(text)) throw new TypeError(`${url.protocol}// is no URL of a PostgreSQL store`);
  const schema = url.searchParams.get("schema") ?? defaultSchema;
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema) || schema.startsWith("pg_")) {
    throw new TypeError(`${JSON.stringify(schema)} cannot be a schema: lower-case letters, digits and _, 63 at most`);
  }
  const shown = `postgres://${url.host}${url.pathname}${url.searchParams.has("schema") ? `?schema=${schema}` : ""}`;
  url.searchParams.delete("schema");
  return { connection: url.href, schema, shown };
}
