/** The values that variables, parameters and properties hold, and the types that describe them. */

/** A JSON value of the kinds that the spec language has. Counters and ints are integers within 2^53 − 1. */
export type Value = string | number | boolean | null | readonly string[];

/** A set of named values: the parameters of a call, the fields of an entity. Never has a prototype that matters. */
export type Values = Readonly<Record<string, Value>>;

export type VariableType = "counter" | "bool" | "list" | "set" | "string" | "int" | "float" | "ref";
