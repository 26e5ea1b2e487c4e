/** The runtime that emitted services stand on: the service, its adapters, and every type at their seams. */
export type { LibsqlOptions } from "./adapters/libsql/connection.ts";
export { openLibsqlStore } from "./adapters/libsql/store.ts";
export * from "./kernel/index.ts";
export * from "./ports/index.ts";
export * from "./service/call.ts";
export { insecureDevPrincipal } from "./service/http/caller.ts";
export type { Functions } from "./service/http/functions.ts";
export { type ODataPluginOptions, odataPlugin } from "./service/http/plugin.ts";
export { buildServer, defaultServerLimits, type ServerLimits, type ServerOptions } from "./service/http/server.ts";
export { defaultLimits, type Limits } from "./service/limits.ts";
export { defaultODataLimits, type ODataLimits } from "./service/odata/limits.ts";
export { Service, type ServiceOptions, StrandedEntities, type Swapped } from "./service/service.ts";
