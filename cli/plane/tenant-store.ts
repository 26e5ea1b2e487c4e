/** Where the entities of a tenant with a program of its own are: its tables are made for that program alone. */
import { createHash } from "node:crypto";

/**
 * Beside the host's own store: a file in `<store>.tenants/`, or a schema of the same PostgreSQL. The name is a hash, so that
 * no name of a tenant is a path or a part of a statement; tenants are named in the host's own log.
 */
export function tenantStore(store: string, tenant: string): string {
  const name = createHash("sha256").update(tenant).digest("hex").slice(0, 32);
  if (!/^postgres(ql)?:/i.test(store)) return `${store}.tenants/${name}.db`;
  const url = new URL(store);
  const schema = url.searchParams.get("schema") ?? "temperc";
  url.searchParams.set("schema", `${schema.slice(0, 28)}_t_${name}`);
  return url.href;
}
