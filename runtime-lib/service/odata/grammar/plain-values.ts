/** The query options whose value is no expression: `$top`, `$count`, `$format` and their like, as patterns. */
import { either, exactly, maybe, type Pattern, repeat, sequence, step, word } from "./patterns.ts";

const digits = repeat(step("[0-9]"), 1);
const encoded = "%[0-9A-Fa-f]{2}";
const unreserved = step("[A-Za-z0-9._~-]");
/** `pchar` and, in a query, `/` and `?`; raw characters beyond ASCII are what some clients send. */
const pchar = step(`(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|${encoded})`);
export const queryText = step(`(?:[^&#%\\x00-\\x20]|${encoded})`);
const instant = either(
  word("min"),
  word("max"),
  sequence(step("-?[0-9]"), repeat(step("[0-9TtZz:.+-]|%3[Aa]|%2[Bb]| "), 3)),
);

/** By the name without `$`, in lower case. */
export const plainValues: ReadonlyMap<string, Pattern> = new Map([
  ["top", digits],
  ["skip", digits],
  ["count", either(word("true"), word("false"))],
  ["index", sequence(maybe(step("-")), digits)],
  [
    "format",
    either(word("atom"), word("json"), word("xml"), sequence(repeat(pchar, 1), step("(?:/|%2[Ff])"), repeat(pchar, 1))),
  ],
  ["id", repeat(queryText, 1)],
  ["schemaversion", either(step("\\*"), repeat(unreserved, 1))],
  ["skiptoken", repeat(queryText, 1)],
  ["deltatoken", repeat(queryText, 1)],
  ["at", instant],
  ["from", instant],
  ["to", instant],
  ["toinclusive", instant],
]);

/** These need their `$`: without it they are names that a service may use. */
export const dollarOnly = new Set(["skiptoken", "deltatoken", "at", "from", "to", "toinclusive"]);

/** The name of an option that the service defines: no `$` and no `@` begins it. */
export const customOption = sequence(
  step(`(?:[^&#%$@=\\x00-\\x20]|${encoded})`),
  repeat(step(`(?:[^&#%=\\x00-\\x20]|${encoded})`), 0),
  maybe(sequence(exactly("="), repeat(queryText, 0))),
);
