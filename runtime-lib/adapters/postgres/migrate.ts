/** Makes the schema and brings its tables up to this runtime's version, one server at a time. */
import { NewerSchema, StoreMissing, StoreUnavailable } from "../../ports/index.ts";
import type { Connections, Session } from "./connections.ts";
import { advisory } from "./locks.ts";
import { migrations } from "./migrations.ts";

/** `pg_current_xact_id` is of 13. */
const oldestServer = 130_000;

/** Rejects with `NewerSchema` where a newer runtime has written the schema. */
export async function migrate(connections: Connections, { mustExist }: { readonly mustExist: boolean }): Promise<void> {
  const { schema, shown } = connections.address;
  await connections.use(assertUsable);
  const found = await connections.use(foundVersion);
  if (found === migrations.length) return;
  if (found === undefined && mustExist) throw new StoreMissing(`there is no store in the schema ${schema} of ${shown}`);
  await connections.transact("everybody", async (session) => {
    await session.run("SELECT pg_advisory_xact_lock($1, $2)", advisory(schema, "migrations"));
    await session.run(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    await session.run("CREATE TABLE IF NOT EXISTS schema_version (version bigint NOT NULL)");
    const before = await versionOf(session);
    for (const [index, migration] of migrations.slice(before).entries()) {
      await session.run(migration.join(";\n"));
      await session.run("INSERT INTO schema_version (version) VALUES ($1)", [before + index + 1]);
    }
  });
}

async function assertUsable(session: Session): Promise<void> {
  const [row] = await session.run(
    "SELECT current_setting('server_version_num')::integer, current_setting('server_encoding')",
  );
  if (Number(row?.[0]) < oldestServer) throw new StoreUnavailable("the store needs PostgreSQL 13 or later");
  if (row?.[1] !== "UTF8") throw new StoreUnavailable(`the database is encoded in ${row?.[1]}: make one in UTF8`);
}

/** Undefined where there is no store. Only looks, so that a role that may not change the schema can serve once it is as it must be. */
async function foundVersion(session: Session): Promise<number | undefined> {
  const [row] = await session.run("SELECT to_regclass('schema_version') IS NOT NULL");
  return row?.[0] === 1 ? versionOf(session) : undefined;
}

async function versionOf(session: Session): Promise<number> {
  const [row] = await session.run("SELECT coalesce(max(version), 0) FROM schema_version");
  const found = Number(row?.[0]);
  if (found > migrations.length) throw new NewerSchema(found, migrations.length);
  return found;
}
