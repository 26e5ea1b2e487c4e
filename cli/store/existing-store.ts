/** A store that is there already, for commands that look into one, and why a store cannot be used. */
import { NewerSchema, openStore, type Store, type StoreLimits, StoreUnavailable, shownStore } from "@temperc/runtime";
import { impossible, type Refusal, reasonOf, systemCode, unusable } from "../refusal.ts";

/** The store, or why it cannot be used; none is made. */
export async function existingStore(
  where: string,
  limits: Partial<StoreLimits> = {},
): Promise<{ readonly kind: "store"; readonly store: Store } | Refusal> {
  try {
    return { kind: "store", store: await openStore(where, { mustExist: true, limits }) };
  } catch (error) {
    const refusal = unusableStore(error, where, "name the one that temperc serve prints as its store");
    if (refusal === undefined) throw error;
    return refusal;
  }
}

/** What a person is told of a failure to open a store; undefined where it is a mistake of ours. */
export function unusableStore(error: unknown, where: string, hint: string): Refusal | undefined {
  if (error instanceof TypeError) return unusable(error.message, hint);
  const known = error instanceof StoreUnavailable || error instanceof NewerSchema || systemCode(error) !== "";
  return known ? impossible(`cannot use the store ${shownStore(where)}: ${reasonOf(error)}`, hint) : undefined;
}
