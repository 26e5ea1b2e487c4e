/** The runtime that emitted services stand on: the service, its adapters, and every type at their seams. */
export { cedarAuthorizer } from "./adapters/cedar/authorizer.ts";
export { cedarJudge } from "./adapters/cedar/judge.ts";
export {
  type AuthorizerChoice,
  type AuthorizerDifference,
  type AuthorizerEngine,
  authorizerEngines,
  chosenAuthorizer,
  differenceText,
  shadowed,
} from "./adapters/cedar/shadow.ts";
export { cedarWasmAuthorizer } from "./adapters/cedar/wasm-authorizer.ts";
export { type HttpSenderOptions, httpSender } from "./adapters/http/sender.ts";
export { type Issuer, issuersFrom } from "./adapters/jwt/issuers.ts";
export { tokenVerifier, type VerifierLimits } from "./adapters/jwt/verifier.ts";
export type { LibsqlOptions } from "./adapters/libsql/connection.ts";
export { openLibsqlStore } from "./adapters/libsql/store.ts";
export { openMemoryStore } from "./adapters/memory/store.ts";
export { openStore, type StoreChoice, shownStore } from "./adapters/open-store.ts";
export { asksForTelemetry, startTelemetry, TelemetryNotInstalled } from "./adapters/otel/start.ts";
export { otelTelemetry } from "./adapters/otel/telemetry.ts";
export type { PostgresOptions } from "./adapters/postgres/connections.ts";
export { openPostgresStore } from "./adapters/postgres/store.ts";
export { type LogLevel, loggingTelemetry, logLevels, processLogger } from "./adapters/process/logger.ts";
export {
  environmentSecrets,
  secretVariable,
  tenantSecrets,
  tenantSecretsIn,
  tenantSecretsVariable,
} from "./adapters/process/secrets.ts";
export { systemClock, uuidv7Ids } from "./adapters/process/system.ts";
export type { StoreLimits } from "./adapters/store-limits.ts";
export * from "./kernel/index.ts";
export { defaultServiceLimits, type ServiceLimits, serviceLimits } from "./limits.ts";
export { Operating, type OperatingSettings, WrongSetting } from "./operating.ts";
export * from "./ports/index.ts";
export { runService } from "./run-service.ts";
export {
  type ApiKeyGrant,
  apiKeyAuthenticator,
  createApiKey,
  defaultTenant,
  ensureOperatorKey,
  type NewApiKey,
  revokeApiKey,
} from "./service/api-keys.ts";
export * from "./service/call.ts";
export type { Swapped } from "./service/changeover.ts";
export { type Governance, type GovernanceOptions, watched } from "./service/decisions/governance.ts";
export { failed as failure } from "./service/failures.ts";
export { type ApiKeyRouteOptions, apiKeyRoutes } from "./service/http/api-key-routes.ts";
export { insecureDevPrincipal } from "./service/http/caller.ts";
export type { Actions, Functions } from "./service/http/functions.ts";
export { type GovernanceRouteOptions, governanceRoutes } from "./service/http/governance-routes.ts";
export { type ODataPluginOptions, odataPlugin } from "./service/http/plugin.ts";
export { buildServer, defaultServerLimits, type ServerLimits, type ServerOptions } from "./service/http/server.ts";
export { defaultSpecLimits, type SpecLimits } from "./service/http/spec-body.ts";
export { type SpecRouteOptions, specAuthorRole, specRoutes } from "./service/http/spec-routes.ts";
export { defaultTrafficLimits, type TrafficLimits } from "./service/http/traffic-limits.ts";
export { type WebhookRouteOptions, webhookRoutes } from "./service/http/webhook-routes.ts";
export { defaultLimits, type Limits } from "./service/limits.ts";
export { ServiceMetrics, type Watched } from "./service/metrics/service-metrics.ts";
export { namesInUrl } from "./service/odata/grammar/check-names.ts";
export { defaultGrammarLimits, type GrammarLimits } from "./service/odata/grammar/limits.ts";
export type { NameError, Role, Vocabulary } from "./service/odata/grammar/names.ts";
export { checkRule, ruleNames } from "./service/odata/grammar/rules.ts";
export type {
  Expression,
  OptionSyntax,
  PathSyntax,
  Segment,
  SelectItem,
  Transformation,
  UrlSyntax,
} from "./service/odata/grammar/syntax.ts";
export type { GrammarError } from "./service/odata/grammar/text.ts";
export { type Reading, readUrl } from "./service/odata/grammar/url.ts";
export { defaultODataLimits, type ODataLimits } from "./service/odata/limits.ts";
export type { Permission, PreflightQuestion } from "./service/preflight.ts";
export { mayOperate, parsePrincipal } from "./service/principal.ts";
export { reasonNotReady } from "./service/readiness.ts";
export { type Otherwise, type Rehearsal, type RehearsalRequest, rehearse } from "./service/rehearse.ts";
export { isScope } from "./service/scopes.ts";
export { SecretsUnset } from "./service/secrets.ts";
export {
  type DeadLetters,
  Service,
  type ServiceOptions,
} from "./service/service.ts";
export * from "./service/spec-plane.ts";
export { type Stranded, StrandedEntities, strandedText } from "./service/stranded.ts";
export { allTelemetry } from "./service/telemetries.ts";
export { tokenAuthenticator } from "./service/token-identity.ts";
export { addressBlocks, proxyAuthenticator } from "./service/trusted-proxies.ts";
export type { Vitals } from "./service/vitals.ts";
