/** A store file that is there already, for commands that look into one. */
import { access } from "node:fs/promises";
import { NewerSchema, openLibsqlStore, type Store, StoreUnavailable } from "@temperc/runtime";
import { impossible, type Refusal, reasonOf, systemCode } from "../refusal.ts";

/** The store, or why it cannot be used; none is made. */
export async function existingStore(
  path: string,
): Promise<{ readonly kind: "store"; readonly store: Store } | Refusal> {
  try {
    await access(path);
    return { kind: "store", store: await openLibsqlStore({ path }) };
  } catch (error) {
    const known = error instanceof StoreUnavailable || error instanceof NewerSchema || systemCode(error) !== "";
    if (!known) throw error;
    const hint = "name the file that temperc serve prints as its store";
    return impossible(`cannot use the store ${path}: ${reasonOf(error)}`, hint);
  }
}
