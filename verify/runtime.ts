/** What serves requests: the real request path on a store in memory. Levels that send requests are not available without it. */
import type { Service, ServiceDefinition, ServiceOptions, Store } from "@temperc/runtime";

export interface Runtime {
  readonly Service: {
    open(definition: ServiceDefinition, revision: string, options: ServiceOptions): Promise<Service>;
  };
  readonly openMemoryStore: () => Store;
  /** What a store that is away rejects with. */
  readonly StoreUnavailable: new (
    message: string,
  ) => Error;
}
