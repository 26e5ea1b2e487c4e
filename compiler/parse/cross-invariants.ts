/** Reads `cross-invariants.toml`: properties across entities, and what deletions mean for those that refer to the deleted. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { parseCondition, type Written } from "./expression.ts";
import type { ConditionSyntax } from "./expression-syntax.ts";
import { lowered, type Piece } from "./lowering.ts";
import { integerFrom, text, word } from "./shapes.ts";
import { optional, type Read, readTable, required, tables } from "./table.ts";
import type { TomlString, TomlTable } from "./toml.ts";
import { spanInString } from "./toml-string.ts";

export const crossKinds = ["hard", "eventual"] as const;
export const deletePolicies = ["restrict", "cascade", "set_null"] as const;

const invariantForm = {
  name: "[[invariant]]",
  says: "A property across entities.",
  keys: {
    name: required(text, "The name that a violation is told by."),
    kind: required(word(crossKinds), "Whether it is checked in the commit or watched for a while."),
    window_ms: optional(integerFrom(1), "How long an eventual property may be broken."),
    on: required(text, "When it is asked: Entity.Action, or Entity.* for every change."),
    assert: required(text, "What must hold."),
  },
};

const overrideForm = {
  name: "[[relation_override]]",
  says: "What a deletion means along one navigation property.",
  keys: {
    from_entity: required(text, "The type that refers."),
    navigation_property: required(text, "The navigation property by which it refers."),
    delete_policy: required(word(deletePolicies), "What becomes of it."),
  },
};

const fileForm = {
  name: "the file",
  says: "Properties across entities.",
  keys: {
    version: optional(integerFrom(1, 1), "The version of the format, 1."),
    default_delete_policy: optional(word(deletePolicies), "What a deletion means where no override says otherwise."),
    invariant: optional(tables(invariantForm), "Properties across entities."),
    relation_override: optional(tables(overrideForm), "Deletions along one navigation property."),
  },
};

export interface CrossInvariantSyntax {
  readonly reader: Read<typeof invariantForm>;
  readonly assert: Written<ConditionSyntax>;
}

export interface CrossSyntax {
  readonly file: string;
  readonly byDefault?: TomlString;
  readonly invariants: readonly CrossInvariantSyntax[];
  readonly overrides: readonly Read<typeof overrideForm>[];
}

/** The file as written; assertions in today's grammar. */
export function parseCrossInvariants(root: TomlTable, report: Report): CrossSyntax {
  const reader = readTable(root, fileForm, report);
  const byDefault = reader.get("default_delete_policy");
  const invariants = (reader.get("invariant") ?? []).flatMap((each) => {
    const written = each.get("assert");
    const assert = written && parseCondition(modern(written), report);
    return assert === undefined ? [] : [{ reader: each, assert }];
  });
  return {
    file: root.span.file,
    invariants,
    overrides: reader.get("relation_override") ?? [],
    ...(byDefault && { byDefault }),
  };
}

/** `related(Type, field)` is `Type[field]` today, and double quotes are single ones. */
function modern(written: TomlString): TomlString {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of written.value.matchAll(/related\s*\(\s*(\w+)\s*,\s*(\w+)\s*\)|"((?:[^"\\]|\\.)*)"/g)) {
    const [whole, type, field, string = ""] = match;
    if (match.index > at) pieces.push(part(written, at, match.index));
    const value = type === undefined ? `'${string.replaceAll("'", "''")}'` : `${type}[${field}]`;
    pieces.push({ text: value, span: spanInString(written, match.index, match.index + whole.length) });
    at = match.index + whole.length;
  }
  if (at === 0) return written;
  pieces.push(part(written, at, written.value.length));
  return lowered(written, pieces).text;
}

function part(written: TomlString, start: number, end: number): Piece {
  return { text: written.value.slice(start, end), span: spanInString(written, start, end) };
}

export const crossFile = "cross-invariants.toml";
