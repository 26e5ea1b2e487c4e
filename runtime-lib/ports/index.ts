/** The ports: what the service needs of the world, as interfaces. */
export * from "./answers.ts";
export * from "./authorizer.ts";
export * from "./clock.ts";
export * from "./decisions.ts";
export * from "./feed.ts";
export * from "./http.ts";
export * from "./media.ts";
export * from "./outbox.ts";
export * from "./patterns.ts";
export * from "./policies.ts";
export * from "./quarantine.ts";
export * from "./query.ts";
export * from "./revisions.ts";
export * from "./secrets.ts";
export * from "./store.ts";
export * from "./telemetry.ts";
export * from "./tokens.ts";
