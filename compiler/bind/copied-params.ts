/** Parameters named like variables: those that a rule copies without being told, and those that it leaves alone. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Effect, Param } from "../ir/automaton.ts";
import { classOf } from "../ir/type-class.ts";
import type { Scope } from "./scope.ts";

/**
 * A parameter named like a variable that the rule does not write is copied into it. Counters and bools change by effects only:
 * of them `bind/param-shadows-variable` is reported here, where it is known that there is no copy. The program keeps the copies
 * and the parameters of a whole action, and of a rule neither which it declares nor what it does not copy.
 */
export function copiedParams(
  params: ReadonlyMap<string, Param>,
  written: readonly Effect[],
  scope: Scope,
  report: Report,
): readonly Effect[] {
  return [...params.values()].flatMap((param): readonly Effect[] => {
    const variable = scope.variables.get(param.name);
    if (variable === undefined || written.some((effect) => effect.variable === param.name)) return [];
    const { type } = variable;
    if (type === "counter" || type === "bool") {
      const hint = `to set it, write the effect ${param.name} = params.${param.name}`;
      report("bind/param-shadows-variable", param.span, { param: param.name, type }, { hint });
      return [];
    }
    if (classOf(type) !== classOf(param.type) || (type === "int" && param.type === "float")) {
      report("bind/effect-type", param.span, { variable: variable.name, type, value: `${param.type} parameter` });
      return [];
    }
    const value = { kind: "param", name: param.name, type: param.type, span: param.span } as const;
    return [{ kind: "assign", variable: variable.name, type, value, implied: true, span: param.span }];
  });
}
