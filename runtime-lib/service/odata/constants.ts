/** Calls whose value is known before any row is seen. */
import type { Call } from "./grammar/syntax.ts";
import type { Operand } from "./operand-types.ts";

/** `now()`, `mindatetime()`, `maxdatetime()`; undefined for another function. */
export function constantCall({ name }: Call, at: number): Operand | undefined {
  switch (name) {
    case "now":
      return instant(new Date().toISOString(), at);
    case "mindatetime":
      return instant("0001-01-01T00:00:00Z", at);
    case "maxdatetime":
      return instant("9999-12-31T23:59:59.999999999999Z", at);
    default:
      return undefined;
  }
}

function instant(value: string, at: number): Operand {
  return { kind: "literal", family: "instant", value, at };
}
