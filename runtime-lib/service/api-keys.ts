/** API keys: made, shown once, stored hashed, looked up at every request so that a revocation acts at once. */
import { hash, randomBytes, randomUUID } from "node:crypto";
import type { ApiKeyRecord, Principal, Store } from "../ports/index.ts";
import type { Authenticate, Identity } from "./call.ts";
import { principalText } from "./idempotency.ts";
import { manageScope } from "./scopes.ts";

/** For whom a key is. */
export interface ApiKeyGrant {
  readonly tenant: string;
  /** The Cedar entity type of the principal: `Customer`, `Agent`, `Admin`, `System`. */
  readonly principalType: string;
  readonly principalId: string;
  readonly roles: readonly string[];
  /** `operator` may manage the service itself; `caller` may only what policies permit. */
  readonly kind: "operator" | "caller";
  /** What the key is good for of all that the principal may do; everything where absent or empty. See `scopes.ts`. */
  readonly scopes?: readonly string[];
  /** RFC 3339; the key does not expire where absent. */
  readonly expiresAt?: string;
}

export interface NewApiKey {
  /** `tk_` and 32 random bytes in base64url. It is nowhere else: who loses it needs another key. */
  readonly secret: string;
  readonly record: ApiKeyRecord;
}

/** Makes a key and stores its hash, with the operator who makes it, where one does. Rejects with `StoreUnavailable`. */
export async function createApiKey(store: Store, grant: ApiKeyGrant, by?: Principal): Promise<NewApiKey> {
  const secret = `tk_${randomBytes(32).toString("base64url")}`;
  const createdAt = new Date().toISOString();
  const { scopes = [], expiresAt = null, ...whom } = grant;
  const made = { id: randomUUID(), hash: hashOf(secret), createdAt, createdBy: nameOf(by) };
  const record: ApiKeyRecord = { ...made, ...whom, scopes, expiresAt, revokedAt: null, revokedBy: null };
  await store.putApiKey(record);
  return { secret, record };
}

function nameOf(by: Principal | undefined): string | null {
  return by === undefined ? null : principalText(by);
}

function hashOf(secret: string): string {
  return hash("sha256", secret);
}

/** Of the secrets that requests of this turn of the event loop have shown; none is kept for longer. */
const hashesOfTurn = new Map<string, string>();

function hashOfTurn(secret: string): string {
  const known = hashesOfTurn.get(secret);
  if (known !== undefined) return known;
  if (hashesOfTurn.size === 0) setImmediate(() => hashesOfTurn.clear());
  const made = hashOf(secret);
  hashesOfTurn.set(secret, made);
  return made;
}

/** The key with that id, revoked; undefined where there is none. Revoking twice keeps the first moment, and who did it. */
export async function revokeApiKey(store: Store, id: string, by?: Principal): Promise<ApiKeyRecord | undefined> {
  const record = (await store.apiKeys()).find((key) => key.id === id);
  if (record === undefined || record.revokedAt !== null) return record;
  const revoked = { ...record, revokedAt: new Date().toISOString(), revokedBy: nameOf(by) };
  await store.putApiKey(revoked);
  return revoked;
}

/** The tenant where nothing else is said. */
export const defaultTenant = "default";

/** The secret of a new operator key, where the tenant has never had one; undefined ever after. */
export async function ensureOperatorKey(store: Store, tenant: string = defaultTenant): Promise<string | undefined> {
  if ((await store.apiKeys()).some((key) => key.kind === "operator" && key.tenant === tenant)) return undefined;
  const { secret } = await createApiKey(store, {
    tenant,
    principalType: "Admin",
    principalId: "operator",
    roles: ["operator"],
    kind: "operator",
  });
  return secret;
}

const bearer = /^Bearer +(tk_[\w-]{43})$/i;

/** Knows callers by `Authorization: Bearer tk_…` (RFC 6750). */
export function apiKeyAuthenticator(store: Store): Authenticate {
  return ({ authorization }) => {
    const secret = bearer.exec(authorization ?? "")?.[1];
    if (secret === undefined) return undefined;
    const key = store.apiKeyByHash(hashOfTurn(secret));
    return key instanceof Promise ? key.then(identityBy) : identityBy(key);
  };
}

/** Who shows the key; nobody where there is none, or it is good no longer. */
function identityBy(key: ApiKeyRecord | undefined): Identity | undefined {
  if (key === undefined || key.revokedAt !== null) return undefined;
  if (key.expiresAt !== null && Date.parse(key.expiresAt) <= Date.now()) return undefined;
  return identityOf(key);
}

/** A key of an operator that has scopes is one of a caller, unless to manage is among them. */
function identityOf({ principalType: type, principalId: id, tenant, roles, kind, scopes }: ApiKeyRecord): Identity {
  const principal = { type, id, tenant, roles };
  if (scopes.length === 0) return { principal, kind };
  return { principal, kind: scopes.includes(manageScope) ? kind : "caller", scopes };
}
