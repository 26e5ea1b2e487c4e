/** The shop's service on its store: what the web server mounts and what the nightly job calls. */
import { cedarAuthorizer, openLibsqlStore, Service, systemClock, uuidv7Ids } from "@temperc/runtime";
import { service as definition } from "./generated/index.js";

export interface Shop {
  readonly service: Service;
  readonly close: () => Promise<void>;
}

/** What the journal says wrote an event: this app's own release. */
const release = "embedded-shop-1";

/** Opens the libSQL file, makes it where it is missing, and serves from it until it is closed. */
export async function openShop(storePath: string): Promise<Shop> {
  const store = await openLibsqlStore({ path: storePath });
  const world = { store, authorizer: cedarAuthorizer, clock: systemClock, ids: uuidv7Ids };
  const service = await Service.open(definition, release, world);
  const close = async (): Promise<void> => {
    await service.close();
    await store.close();
  };
  return { service, close };
}
