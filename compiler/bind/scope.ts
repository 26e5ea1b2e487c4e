/** What an expression can see: the automaton's statuses and variables, and the parameters of its action. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/span.ts";
import type { Param, Variable } from "../ir/automaton.ts";
import type { ValueType } from "../ir/expression.ts";
import type { Range } from "../parse/expression-syntax.ts";
import type { TomlString } from "../parse/toml.ts";
import { spanInString } from "../parse/toml-string.ts";

export interface Scope {
  readonly automaton: string;
  readonly statuses: readonly string[];
  readonly variables: ReadonlyMap<string, Variable>;
  /** Variables that are declared but did not bind: that is told at their declaration, once. */
  readonly broken: ReadonlySet<string>;
  /** Absent in invariants: nothing calls them. */
  readonly action?: { readonly name: string; readonly params: ReadonlyMap<string, Param> };
  /** The names of the automaton's actions. */
  readonly actions: ReadonlySet<string>;
  /** Those of them that are outputs, which nobody can ask for. */
  readonly events: ReadonlySet<string>;
  /** Fields of the entity that are no variables, by name, as its contract declares them. */
  readonly fields: ReadonlyMap<string, ValueType>;
  /** True where such fields are seen: in field invariants, triggers' guards and properties across entities. */
  readonly seesFields: boolean;
  /** The statuses of every automaton of the program, by its name. */
  readonly others: ReadonlyMap<string, readonly string[]>;
  /** True where the statuses of related entities are seen. */
  readonly seesRelated: boolean;
  /** Fields and variables of related entities by type; where absent only their status is seen. */
  readonly relatedFields?: (entityType: string) => ReadonlyMap<string, ValueType>;
}

/** The scope of one expression, with the text it stands in. */
export interface Context {
  readonly scope: Scope;
  readonly text: TomlString;
  readonly report: Report;
}

/** Where a range of the expression stands in the file. */
export function spanOf({ text }: Context, range: Range): Span {
  return spanInString(text, range.start, range.end);
}

/** The expression's own text for a range. */
export function textOf({ text }: Context, range: Range): string {
  return text.value.slice(range.start, range.end);
}

/** The type of a variable or a field; undefined where there is none, or where it did not bind. */
export function typeIn({ variables, fields }: Scope, name: string): ValueType | undefined {
  return variables.get(name)?.type ?? fields.get(name);
}
