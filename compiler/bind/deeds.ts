/** What triggers and composite actions ask of other entities: the target, and the parameters that it is given. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { Literal } from "../ir/expression.ts";
import type { Argument, Target } from "../ir/reaction.ts";
import { type targetForm, targetKinds } from "../parse/reaction-forms.ts";
import { wordAs, wrongType } from "../parse/shapes.ts";
import type { Read } from "../parse/table.ts";
import type { TomlEntry, TomlNode, TomlString } from "../parse/toml.ts";
import { isField } from "./fields.ts";
import type { Scope } from "./scope.ts";
import { type KeysOfKinds, reportWithoutEffect } from "./without-effect.ts";

/** The word in its one spelling, whatever its case and whether it has underscores. Reports `bind/unknown-word`. */
export function oneOf<W extends string>(written: TomlString, words: readonly W[], report: Report): W | undefined {
  const found = wordAs(written.value, words);
  if (found !== undefined) return found;
  report("bind/unknown-word", written.span, { word: written.value }, { hint: didYouMean(written.value, words) });
  return undefined;
}

const keysOfTargets: KeysOfKinds<(typeof targetForm)["keys"], (typeof targetKinds)[number]> = {
  field: ["field"],
  same_id: [],
  static: ["entity_id"],
  create_if_missing: ["field", "id_field"],
  create: [],
};

/** The target; without a table it is the entity of the same id. */
export function bindTarget(
  reader: Read<typeof targetForm> | undefined,
  scope: Scope,
  report: Report,
): Target | undefined {
  if (reader === undefined) return { kind: "same-id" };
  const type = reader.get("type");
  const kind = type && oneOf(type, targetKinds, report);
  if (kind !== undefined) reportWithoutEffect(reader, kind, { what: "a target", keys: keysOfTargets }, report);
  switch (kind) {
    case undefined:
      return undefined;
    case "same_id":
      return { kind: "same-id" };
    case "create":
      return { kind: "create" };
    case "static": {
      const entityId = needed(reader, "entity_id", report);
      if (entityId?.value === "")
        report("bind/out-of-range", entityId.span, { key: "entity_id", range: "the id of an entity" });
      return entityId && { kind: "static", entityId: entityId.value };
    }
    case "field": {
      const field = needed(reader, "field", report);
      return field && isField(field, scope, report) ? { kind: "field", field: field.value } : undefined;
    }
    case "create_if_missing": {
      const field =
        reader.get("id_field") ?? needed(reader, reader.get("field") === undefined ? "id_field" : "field", report);
      return field && isField(field, scope, report) ? { kind: "create-if-missing", field: field.value } : undefined;
    }
  }
}

function needed(
  reader: Read<typeof targetForm>,
  key: "field" | "entity_id" | "id_field",
  report: Report,
): TomlString | undefined {
  const found = reader.get(key);
  if (found === undefined) report("parse/missing-key", reader.span, { key, table: "resolve_target" });
  return found;
}

/** Parameters with literal values, and parameters that are taken from fields. */
export function bindArguments(
  params: readonly TomlEntry[],
  paramsFrom: readonly TomlEntry[],
  scope: Scope,
  report: Report,
): readonly Argument[] {
  const taken = paramsFrom.flatMap(({ key, keySpan, value }): readonly Argument[] => {
    if (value.kind !== "string") return wrongType(value, key, "the name of a field", report) ?? [];
    return isField(value, scope, report) ? [{ kind: "field", param: key, field: value.value, span: keySpan }] : [];
  });
  return [...bindLiterals(params, report), ...taken];
}

/** Parameters with literal values. */
export function bindLiterals(
  params: readonly TomlEntry[],
  report: Report,
): readonly (Argument & { readonly kind: "literal" })[] {
  return params.flatMap(({ key, keySpan, value }) => {
    const literal = literalOf(value);
    if (literal === undefined)
      return wrongType(value, key, "a string, a number, a bool or a list of strings", report) ?? [];
    return [{ kind: "literal", param: key, value: literal, span: keySpan } as const];
  });
}

/** A list of strings or a scalar, where the node is one. */
export function literalOf(node: TomlNode): Literal | readonly string[] | undefined {
  if (node.kind !== "array") return scalarOf(node);
  const texts = node.items.flatMap((item) => (item.kind === "string" ? [item.value] : []));
  return texts.length === node.items.length ? texts : undefined;
}

/** A string, a finite number or a bool, where the node is one. */
export function scalarOf(node: TomlNode): string | number | boolean | undefined {
  if (node.kind === "string" || node.kind === "boolean") return node.value;
  return node.kind === "number" && Number.isFinite(node.value) ? node.value : undefined;
}
