/** What `OnDelete` says: a rule about the reference by which the related entities lead back (CSDL 4.01, section 8.6.1). */

import type { DeletePolicy, DeleteRules } from "./reaction.ts";
import type { Entity, Navigation } from "./schema.ts";

const policies: Readonly<Record<NonNullable<Navigation["onDelete"]>, DeletePolicy | undefined>> = {
  Cascade: "cascade",
  None: "restrict",
  SetNull: "set-null",
  SetDefault: undefined,
};

/** The rule that one navigation property gives, where it says something and its partner is a reference that can be followed. */
export function onDeleteRule(
  { name, key }: Entity,
  { onDelete, target, partner, span }: Navigation,
  entities: readonly Entity[],
): DeleteRules["overrides"][number] | undefined {
  const policy = onDelete && policies[onDelete];
  const back = entities.find((each) => each.name === target)?.navigations.find((each) => each.name === partner);
  const isReference = back?.target === name && !back.collection && back.constraints[0]?.referencedProperty === key;
  if (policy === undefined || back === undefined || !isReference) return undefined;
  return { entityType: target, navigation: back.name, policy, span };
}
