/** The runtime that emitted services stand on: the service, its adapters, and every type at their seams. */
export type { LibsqlOptions } from "./adapters/libsql/connection.ts";
export { openLibsqlStore } from "./adapters/libsql/store.ts";
export * from "./kernel/index.ts";
export * from "./ports/index.ts";
export * from "./service/call.ts";
export { defaultLimits, type Limits } from "./service/limits.ts";
export { Service, type ServiceOptions, StrandedEntities, type Swapped } from "./service/service.ts";
