/** API keys in a store file, for whoever may read and write that file. */
import {
  type ApiKeyRecord,
  createApiKey,
  defaultTenant,
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
  const { roles, kind } = wish;
  const grant = { tenant, principalType: named.type, principalId: named.id, roles, kind };
  const { secret, record } = await createApiKey(store, grant);
  return { kind: "made", key: viewOf(record), secret };
}

function viewOf({ id, principalType, principalId, roles, kind, createdAt, revokedAt }: ApiKeyRecord): KeyView {
  return { id, principal: `${principalType}::${JSON.stringify(principalId)}`, roles, kind, createdAt, revokedAt };
}

function unknownKey(id: string): Refusal {
  return impossible(`there is no key ${id}`, "temperc keys list shows the ids");
}
