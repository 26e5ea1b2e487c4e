/** Binds what a deletion means for the entities that refer to the deleted: along navigations, and by variables of type ref. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/did-you-mean.ts";
import { onDeleteRule } from "../ir/on-delete.ts";
import type { DeletePolicy, DeleteRules, ReferenceRule } from "../ir/reaction.ts";
import { type CrossSyntax, deletePolicies } from "../parse/cross-invariants.ts";
import type { TomlString } from "../parse/toml.ts";
import type { CrossContext } from "./cross-invariants.ts";
import { oneOf } from "./deeds.ts";

type Rule = DeleteRules["overrides"][number];

/**
 * The rules of all files, and of `OnDelete` where no file says otherwise; undefined where there are neither. What a file leaves
 * open is not deleted while it is referred to.
 */
export function bindDeleteRules(
  syntaxes: readonly CrossSyntax[],
  context: CrossContext,
  report: Report,
): DeleteRules | undefined {
  const { entities } = context.contract;
  const published = entities.flatMap((entity) =>
    entity.navigations.flatMap((navigation) => onDeleteRule(entity, navigation, entities) ?? []),
  );
  if (syntaxes.length === 0) return published.length === 0 ? undefined : { overrides: published, references: [] };
  const written = syntaxes.find((each) => each.byDefault !== undefined)?.byDefault;
  const byDefault = (written && policyOf(written, report)) ?? "restrict";
  const references = referencesIn(context, byDefault === "set-null" ? "restrict" : byDefault);
  const own = syntaxes.flatMap((syntax) =>
    syntax.overrides.flatMap((reader) => bindOverride(reader, { ...context, references }, report) ?? []),
  );
  const others = published.filter((rule) => !own.some((each) => isSame(each, rule)));
  return {
    byDefault,
    overrides: [...own.filter((rule) => !references.some((each) => isOf(rule, each))), ...others],
    references: references.map((each) => ({
      ...each,
      policy: own.find((rule) => isOf(rule, each))?.policy ?? each.policy,
    })),
  };
}

function isSame(one: Rule, other: Rule): boolean {
  return one.entityType === other.entityType && one.navigation === other.navigation;
}

function isOf({ entityType, navigation }: Rule, reference: ReferenceRule): boolean {
  return reference.entityType === entityType && reference.variable === navigation;
}

/** Variables that name the type that they refer to, but for those that a navigation leads along: that has the rule then. */
function referencesIn({ automata, contract }: CrossContext, policy: DeletePolicy): readonly ReferenceRule[] {
  return automata.flatMap(({ name: entityType, variables }) => {
    const navigations = contract.entities.find(({ name }) => name === entityType)?.navigations ?? [];
    return variables.flatMap(({ name: variable, type, entityType: target }): readonly ReferenceRule[] => {
      if (type !== "ref" || target === undefined || !contract.entities.some(({ name }) => name === target)) return [];
      const isLed = navigations.some((each) => each.target === target && each.constraints[0]?.property === variable);
      return isLed ? [] : [{ entityType, variable, target, policy }];
    });
  });
}

interface RelationContext extends CrossContext {
  readonly references: readonly ReferenceRule[];
}

function bindOverride(
  reader: CrossSyntax["overrides"][number],
  context: RelationContext,
  report: Report,
): Rule | undefined {
  const [entity, relation, name] = [
    reader.get("from_entity"),
    reader.get("navigation_property"),
    reader.get("delete_policy"),
  ];
  const policy = name && policyOf(name, report);
  if (entity === undefined || relation === undefined || name === undefined || policy === undefined) return undefined;
  if (!isRelation(entity, relation, context, report)) return undefined;
  const rule = { entityType: entity.value, navigation: relation.value, policy, span: relation.span };
  if (policy !== "set-null" || !context.references.some((each) => isOf(rule, each))) return rule;
  const range = "restrict or cascade where a variable refers, because it changes by actions only";
  report("bind/out-of-range", name.span, { key: "delete_policy", range });
  return undefined;
}

/** A navigation property, or a variable that refers. Reports `bind/unknown-field`. */
function isRelation(
  entity: TomlString,
  relation: TomlString,
  { contract, references }: RelationContext,
  report: Report,
): boolean {
  const navigations = contract.entities.find(({ name }) => name === entity.value)?.navigations ?? [];
  const variables = references.filter(({ entityType }) => entityType === entity.value);
  const names = [...navigations.map(({ name }) => name), ...variables.map(({ variable }) => variable)];
  if (names.includes(relation.value)) return true;
  const facts = { entity: entity.value, field: relation.value };
  report("bind/unknown-field", relation.span, facts, { hint: didYouMean(relation.value, names) });
  return false;
}

function policyOf(written: TomlString, report: Report): DeletePolicy | undefined {
  const policy = oneOf(written, deletePolicies, report);
  return policy === "set_null" ? "set-null" : policy;
}
