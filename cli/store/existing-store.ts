/** A store that is there already, for commands that look into one, and why a store cannot be used. */
import {
  NewerSchema,
  openStore,
  type Store,
  type StoreLimits,
  StoreMissing,
  StoreUnavailable,
  shownStore,
} from "@temperc/runtime";
import { tenantStore } from "../plane/tenant-store.ts";
import { impossible, type Refusal, reasonOf, systemCode, unusable } from "../refusal.ts";

type Existing = { readonly kind: "store"; readonly store: Store } | Refusal;

/** The store, or why it cannot be used; none is made. */
export async function existingStore(where: string, limits: Partial<StoreLimits> = {}): Promise<Existing> {
  try {
    return { kind: "store", store: await openStore(where, { mustExist: true, limits }) };
  } catch (error) {
    return refusalOf(error, where);
  }
}

/** The store with the tenant's entities: a store of its own where it has a program of its own, else the one that is named. */
export async function storeHolding(where: string, tenant: string): Promise<Existing> {
  const host = await existingStore(where);
  if (host.kind === "refused") return host;
  const own = tenantStore(where, tenant);
  try {
    const store = await openStore(own, { mustExist: true });
    await host.store.close();
    return { kind: "store", store };
  } catch (error) {
    if (error instanceof StoreMissing || systemCode(error) === "ENOENT") return host;
    await host.store.close();
    return refusalOf(error, own);
  }
}

function refusalOf(error: unknown, where: string): Refusal {
  const refusal = unusableStore(error, where, "name the one that temperc serve prints as its store");
  if (refusal === undefined) throw error;
  return refusal;
}

/** What a person is told of a failure to open a store; undefined where it is a mistake of ours. */
export function unusableStore(error: unknown, where: string, hint: string): Refusal | undefined {
  if (error instanceof TypeError) return unusable(error.message, hint);
  const known = error instanceof StoreUnavailable || error instanceof NewerSchema || systemCode(error) !== "";
  return known ? impossible(`cannot use the store ${shownStore(where)}: ${reasonOf(error)}`, hint) : undefined;
}
