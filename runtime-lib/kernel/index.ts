/** The pure kernel: what emitted code imports by value. Nothing in here touches a clock, a file or a socket. */
export * from "./automaton.ts";
export * from "./canonical.ts";
export * from "./cedar-attributes.ts";
export * from "./fold.ts";
export * from "./operators.ts";
export * from "./outcome.ts";
export * from "./reactions.ts";
export * from "./service-definition.ts";
export * from "./typed-values.ts";
export * from "./value.ts";
