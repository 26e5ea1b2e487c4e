export * from "./kernel/index.ts";
export * from "./ports/index.ts";
