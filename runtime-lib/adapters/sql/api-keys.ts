/** The rows of API keys: how a record is written and read back. */
import type { ApiKeyRecord } from "../../ports/index.ts";
import { type Cell, storable, textOrNull } from "./columns.ts";

export const apiKeysSql =
  "SELECT id, hash, tenant, principal_type, principal_id, roles, kind, created_at, revoked_at, scopes, expires_at, created_by, revoked_by FROM api_keys";

/** Writes a key, or its first revocation; nothing else of a key ever changes. */
export const upsertApiKeySql = `INSERT INTO api_keys
  (id, hash, tenant, principal_type, principal_id, roles, kind, created_at, revoked_at, scopes, expires_at, created_by, revoked_by)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE
  SET revoked_at = excluded.revoked_at, revoked_by = excluded.revoked_by WHERE api_keys.revoked_at IS NULL`;

export function apiKeyCells(key: ApiKeyRecord): readonly Cell[] {
  return [
    key.id,
    key.hash,
    storable(key.tenant),
    storable(key.principalType),
    storable(key.principalId),
    JSON.stringify(key.roles),
    key.kind,
    key.createdAt,
    key.revokedAt,
    JSON.stringify(key.scopes),
    key.expiresAt,
    key.createdBy,
    key.revokedBy,
  ];
}

export function apiKeyFromCells(cells: readonly unknown[]): ApiKeyRecord {
  return {
    id: String(cells[0]),
    hash: String(cells[1]),
    tenant: String(cells[2]),
    principalType: String(cells[3]),
    principalId: String(cells[4]),
    roles: textsIn(cells[5]),
    kind: cells[6] === "operator" ? "operator" : "caller",
    createdAt: String(cells[7]),
    revokedAt: textOrNull(cells[8]),
    scopes: textsIn(cells[9]),
    expiresAt: textOrNull(cells[10]),
    createdBy: textOrNull(cells[11]),
    revokedBy: textOrNull(cells[12]),
  };
}

function textsIn(cell: unknown): readonly string[] {
  const texts: unknown = JSON.parse(String(cell));
  return Array.isArray(texts) ? texts.map(String) : [];
}
