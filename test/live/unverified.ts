/** A service of a spec folder that need not keep its promises, in this process behind HTTP: neither build nor serve takes such a spec. */
import {
  apiKeyAuthenticator,
  buildServer,
  cedarAuthorizer,
  createApiKey,
  openMemoryStore,
  Service,
  systemClock,
  uuidv7Ids,
} from "@temperc/runtime";
import { defaultFolderLimits } from "../../cli/folder/limits.ts";
import { loadFolder } from "../../cli/kernel/load-folder.ts";

export interface Unverified {
  readonly url: string;
  /** The API key of a customer. */
  readonly key: string;
  readonly end: () => Promise<void>;
}

export async function serveUnverified(folder: string): Promise<Unverified> {
  const loaded = await loadFolder(folder, { limits: defaultFolderLimits, purpose: "run" });
  if (loaded.kind !== "loaded") throw new Error("the spec does not load");
  const store = openMemoryStore();
  const world = { store, authorizer: cedarAuthorizer, clock: systemClock, ids: uuidv7Ids };
  const service = await Service.open(loaded.definition, loaded.specHash, world);
  const grant = { tenant: "default", principalType: "Customer", principalId: "a", roles: [], kind: "caller" } as const;
  const { secret } = await createApiKey(store, grant);
  const app = await buildServer({ service, authenticate: apiKeyAuthenticator(store) });
  const url = await app.listen({ port: 0 });
  const end = async () => {
    await app.close();
    await service.close();
  };
  return { url, key: secret, end };
}
