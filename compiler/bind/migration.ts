/** Binds `[migration]`: what becomes of statuses and variables of an earlier revision. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Migration, VariableMigration } from "../ir/reaction.ts";
import type { migrationForm } from "../parse/reaction-forms.ts";
import { wrongType } from "../parse/shapes.ts";
import type { Read } from "../parse/table.ts";
import type { TomlEntry, TomlString } from "../parse/toml.ts";
import { literalOf } from "./deeds.ts";
import { isField } from "./fields.ts";
import type { Scope } from "./scope.ts";
import { knownStatuses } from "./statuses.ts";

/** Names on the right must be there; those on the left are of a revision that only the store knows. */
export function bindMigration(reader: Read<typeof migrationForm>, scope: Scope, report: Report): Migration {
  const statuses = (reader.get("status") ?? []).flatMap(({ key, value }) => {
    if (value.kind !== "string") return wrongType(value, key, "the status that takes its place", report) ?? [];
    return knownStatuses([value], scope, report).map((to) => ({ from: key, to }));
  });
  const variables = (reader.get("variables") ?? []).flatMap((entry) => bindVariable(entry, scope, report) ?? []);
  return { statuses, variables, span: reader.span };
}

function bindVariable(
  { key: variable, keySpan, value }: TomlEntry,
  scope: Scope,
  report: Report,
): VariableMigration | undefined {
  if (value.kind === "string" && value.value === "drop") return { kind: "drop", variable };
  const to = value.kind === "string" ? /^rename:(.+)$/.exec(value.value)?.[1]?.trim() : undefined;
  if (to !== undefined)
    return isField({ value: to, span: value.span }, scope, report) ? { kind: "rename", variable, to } : undefined;
  const literal = literalOf(value);
  if (literal === undefined) return wrongType(value, variable, '"drop", "rename:x" or a value', report);
  const name: TomlString = { kind: "string", value: variable, source: "", span: keySpan, pieces: [] };
  return isField(name, scope, report) ? { kind: "value", variable, value: literal } : undefined;
}
