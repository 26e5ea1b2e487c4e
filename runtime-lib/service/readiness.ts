/** Whether a server should be sent requests: the answer behind `/readyz`. */
import { type Store, StoreUnavailable } from "../ports/index.ts";

/** Why the store cannot serve now, or undefined where it can. */
export async function reasonNotReady(store: Store): Promise<string | undefined> {
  try {
    // One look-up by an index: it reaches the file and costs nothing, however much the store holds.
    await store.apiKeyByHash("");
    return undefined;
  } catch (error) {
    if (error instanceof StoreUnavailable) return error.message;
    throw error;
  }
}
