/** The intermediate representation's types: the inner door of `compiler`, open to `verify` as types only. */

export type * from "../diagnostics/span.ts";
export type * from "./automaton.ts";
export type * from "./cedar.ts";
export type * from "./expression.ts";
export type * from "./program.ts";
export type * from "./reaction.ts";
export type * from "./schema.ts";
