/** The request path on a store in memory: all that a simulation of a service needs, without servers, databases and policies' engine. */
export { openMemoryStore } from "./adapters/memory/store.ts";
export { StoreUnavailable } from "./ports/index.ts";
export { takenOver } from "./service/migration.ts";
export { Service } from "./service/service.ts";
