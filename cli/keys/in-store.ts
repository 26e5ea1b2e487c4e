/** API keys in a store file, for whoever may read and write that file. */
import {
  type ApiKeyRecord,
  createApiKey,
  defaultTenant,
  isScope,
  mayOperate,
  parsePrincipal,
  revokeApiKey,
  type Store,
} from "@temperc/runtime";
import { impossible, type Refusal, unusable } from "../refusal.ts";
import { existingStore } from "../store/existing-store.ts";
import type { ApiKeys, KeyView, KeyWish, MadeKey } from "./api-keys.ts";

/** The keys of a tenant in a store that exists. A server that runs on it sees a change at its next request. */
export async function keysInStore(path: string, tenant: string = defaultTenant): Promise<ApiKeys | Refusal> {
  const opened = await existingStore(path);
  return opened.kind === "refused" ? opened : keysOf(opened.store, tenant);
}

function keysOf(store: Store, tenant: string): ApiKeys {
  const own = async (): Promise<readonly ApiKeyRecord[]> =>
    (await store.apiKeys()).filter((key) => key.tenant === tenant);
  return {
    kind: "keys",
    create: (wish) => create(store, tenant, wish),
    list: async () => ({ kind: "listed", keys: (await own()).map(viewOf) }),
    revoke: async (id) => {
      if (!(await own()).some((key) => key.id === id)) return unknownKey(id);
      await revokeApiKey(store, id);
      return { kind: "revoked" };
    },
    close: () => store.close(),
  };
}

async function create(store: Store, tenant: string, wish: KeyWish): Promise<MadeKey | Refusal> {
  const named = parsePrincipal(wish.principal);
  if (named === undefined) {
    return unusable(`${wish.principal} is no principal`, `write it as Cedar does, in quotes: 'Customer::"alice"'`);
  }
  if (wish.kind === "operator" && !mayOperate(named)) {
    return unusable("an agent is no operator: it would decide about itself", "give the operator key to a person");
  }
  const wrong = wish.scopes.find((scope) => !isScope(scope));
  if (wrong !== undefined)
    return unusable(`${wrong} is no scope`, "it is read, write, manage, Order or Order::SubmitOrder");
  const { principal: _, ...terms } = wish;
  const grant = { tenant, principalType: named.type, principalId: named.id, ...terms };
  const { secret, record } = await createApiKey(store, grant);
  return { kind: "made", key: viewOf(record), secret, unknownScopes: [] };
}

function viewOf({ id, principalType, principalId, ...rest }: ApiKeyRecord): KeyView {
  const { roles, kind, scopes, createdAt, createdBy, expiresAt, revokedAt, revokedBy } = rest;
  const principal = `${principalType}::${JSON.stringify(principalId)}`;
  return { id, principal, roles, kind, scopes, createdAt, createdBy, expiresAt, revokedAt, revokedBy };
}

function unknownKey(id: string): Refusal {
  return impossible(`there is no key ${id}`, "temperc keys list shows the ids");
}
