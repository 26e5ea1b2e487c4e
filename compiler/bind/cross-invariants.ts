/** Binds properties across entities: which changes they are asked on, and what they say of the related entities. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { Automaton } from "../ir/automaton.ts";
import type { ValueType } from "../ir/expression.ts";
import type { Program } from "../ir/program.ts";
import type { CrossInvariant } from "../ir/reaction.ts";
import type { DataContract } from "../ir/schema.ts";
import { type CrossInvariantSyntax, type CrossSyntax, crossKinds } from "../parse/cross-invariants.ts";
import type { TomlString } from "../parse/toml.ts";
import { oneOf } from "./deeds.ts";
import { bindDeleteRules } from "./delete-rules.ts";
import { distinct } from "./names.ts";
import { bindPredicate } from "./predicate.ts";
import type { Scope } from "./scope.ts";

export interface CrossContext {
  readonly automata: readonly Automaton[];
  readonly contract: DataContract;
  readonly fieldsOf: (entityType: string) => ReadonlyMap<string, ValueType>;
}

/** The properties of all files together, and the rules about deletions. */
export function bindAcross(
  syntaxes: readonly CrossSyntax[],
  context: CrossContext,
  report: Report,
): Pick<Program, "crossInvariants" | "deleteRules"> {
  const all = syntaxes.flatMap(({ file, invariants }) =>
    invariants.flatMap((syntax) => {
      const name = syntax.reader.get("name");
      return name === undefined ? [] : [{ name, syntax, file }];
    }),
  );
  const crossInvariants = distinct("the property", all, report).flatMap(
    ({ name, syntax, file }) => bindInvariant(name, syntax, { file, ...context }, report) ?? [],
  );
  const deleteRules = bindDeleteRules(syntaxes, context, report);
  return { crossInvariants, ...(deleteRules && { deleteRules }) };
}

function bindInvariant(
  name: TomlString,
  { reader, assert }: CrossInvariantSyntax,
  context: CrossContext & { readonly file: string },
  report: Report,
): CrossInvariant | undefined {
  const [on, written, window] = [reader.get("on"), reader.get("kind"), reader.get("window_ms")];
  const kind = written && oneOf(written, crossKinds, report);
  const asked = on && bindOn(on, context.automata, report);
  if (kind === undefined || asked === undefined) return undefined;
  const told = reader.entries.find(({ key }) => key === "window_ms");
  if (kind === "hard" && told !== undefined)
    report("bind/key-without-effect", told.keySpan, { key: "window_ms", what: "a hard [[invariant]]" }, hardHint);
  if (kind === "eventual" && window === undefined) {
    if (told === undefined)
      report("parse/missing-key", reader.span, { key: "window_ms", table: "an eventual [[invariant]]" });
    return undefined;
  }
  const scope = scopeOf(asked.automaton, context);
  const predicate = bindPredicate(assert.syntax, { scope, text: assert.text, report });
  return (
    predicate && {
      name: name.value,
      kind,
      entityType: asked.automaton.name,
      assert: predicate,
      file: context.file,
      span: name.span,
      ...(window && { windowMs: window.value }),
      ...(asked.action !== undefined && { action: asked.action }),
    }
  );
}

const hardHint = { hint: 'take it out, or let it be broken for a while: kind = "eventual"' };

interface Asked {
  readonly automaton: Automaton;
  readonly action?: string;
}

/** `Entity.Action` or `Entity.*`. */
function bindOn(on: TomlString, automata: readonly Automaton[], report: Report): Asked | undefined {
  const [entity = "", ...rest] = on.value.split(".");
  const action = rest.length === 0 ? "*" : rest.join(".");
  const automaton = automata.find(({ name }) => name === entity);
  if (automaton === undefined) {
    report(
      "bind/unknown-automaton",
      on.span,
      { name: entity },
      {
        hint: didYouMean(
          entity,
          automata.map(({ name }) => name),
        ),
      },
    );
    return undefined;
  }
  if (action === "*") return { automaton };
  if (automaton.actions.some(({ name }) => name === action)) return { automaton, action };
  const hint = didYouMean(
    action,
    automaton.actions.map(({ name }) => name),
  );
  report("bind/unknown-action", on.span, { automaton: entity, action }, { hint });
  return undefined;
}

/** Everything is seen: fields of the entity, and fields of those that it refers to. */
function scopeOf(automaton: Automaton, { automata, fieldsOf }: CrossContext): Scope {
  const fields = (entityType: string): ReadonlyMap<string, ValueType> => {
    const variables = automata.find(({ name }) => name === entityType)?.variables ?? [];
    return new Map([...fieldsOf(entityType), ...variables.map(({ name, type }) => [name, type] as const)]);
  };
  return {
    automaton: automaton.name,
    statuses: automaton.statuses.map(({ name }) => name),
    variables: new Map(automaton.variables.map((variable) => [variable.name, variable])),
    broken: new Set(),
    actions: new Set(automaton.actions.map(({ name }) => name)),
    events: new Set(),
    fields: fieldsOf(automaton.name),
    seesFields: true,
    others: new Map(automata.map(({ name, statuses }) => [name, statuses.map((status) => status.name)])),
    seesRelated: true,
    relatedFields: fields,
  };
}
