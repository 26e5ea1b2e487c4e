/** The second fence between tenants: row-level security holds a session to the tenants that it works for, whatever its statements say. */
import { quoted, tenantColumn } from "../sql/columns.ts";

/** Whose rows a session reaches: those of these tenants, or everybody's, as what looks after the whole store does. */
export type Reach = readonly string[] | "everybody";

/** What the setting `temperc.reach` says: `*`, or an array of tenants as PostgreSQL spells it. A session without it reaches nobody's rows. */
export function reachText(reach: Reach): string {
  if (reach === "everybody") return "*";
  const escaped = [...new Set(reach)].sort().map((tenant) => `"${tenant.replaceAll(/["\\]/g, "\\$&")}"`);
  return `{${escaped.join(",")}}`;
}

const setting = "current_setting('temperc.reach', true)";

/** Each sub-query is asked once a statement; a setting that was local to a transaction is empty after it. */
function reaches(column: string): string {
  const tenants = `(SELECT nullif(nullif(${setting}, ''), '*')::text[])`;
  return `${column} = ANY (${tenants}::text[]) OR (SELECT ${setting} = '*')`;
}

/** Fences a table off, from its owner too. Superusers, and roles with BYPASSRLS, are held by nothing. */
export function fenceSql(table: string, column: string): readonly string[] {
  return [
    `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`,
    `ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`,
    `CREATE POLICY temperc_reach ON ${table} USING (${reaches(column)})`,
  ];
}

/** The same for the tables of entities that there are. */
export function fenceProjectionsSql(): string {
  const fences = fenceSql("%1$I", quoted(tenantColumn)).map((sql) => `EXECUTE format($fence$${sql}$fence$, place);`);
  return `DO $$ DECLARE place text; BEGIN
    FOR place IN SELECT table_name FROM projections LOOP ${fences.join("\n")} END LOOP; END $$`;
}
