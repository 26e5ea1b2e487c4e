/** What holds between entities: hard and eventual properties, and what a deletion means for those that refer to the deleted. */

import { printPredicate } from "../ir/print.ts";
import type { Program } from "../ir/program.ts";
import type { DeleteRules } from "../ir/reaction.ts";
import type { EmittedFile } from "./emitted.ts";
import { array, type Literal, layOutLiteral, object, optional } from "./literal.ts";
import { conditionLiteral } from "./reactions.ts";
import { render, type Templates } from "./render.ts";
import { comment, kernelImport, quote } from "./text.ts";

/** `generated/across.ts`; a program that says nothing of the kind has no such module. */
export function acrossFile(program: Program, templates: Templates): readonly EmittedFile[] {
  if (!hasAcross(program)) return [];
  const { crossInvariants, deleteRules, contract } = program;
  const uses = new Set<string>();
  const invariants = crossInvariants.map(({ name, kind, windowMs, entityType, action, assert }) => {
    const entity = contract.entities.find((each) => each.name === entityType);
    const statusProperty = entity?.properties.find(({ role }) => role === "status")?.name ?? "status";
    const { references = array([]), holds } = conditionLiteral(assert, { statusProperty, uses });
    return object({
      name: quote(name),
      kind: quote(kind),
      windowMs: optional(windowMs),
      entityType: quote(entityType),
      action: optional(action),
      references,
      text: quote(printPredicate(assert)),
      holds,
    });
  });
  const rules = deleteRules && rulesLiteral(deleteRules);
  const text = render(templates, "across.ts.hbs", {
    file: comment(crossInvariants[0]?.file ?? deleteRules?.overrides[0]?.span.file ?? "cross-invariants.toml"),
    crossInvariants: layOutLiteral(array(invariants), { indent: "", taken: 67 }),
    deleteRules: rules === undefined ? "" : layOutLiteral(rules, { indent: "", taken: 41 }),
    types: ["CrossInvariantDescriptor", ...(rules === undefined ? [] : ["DeleteRules"])].join(", "),
    uses: uses.size === 0 ? "" : kernelImport(uses),
  });
  return [{ path: "generated/across.ts", text }];
}

function rulesLiteral({ byDefault, overrides, references }: DeleteRules): Literal {
  return object({
    byDefault: byDefault && quote(byDefault),
    overrides: array(
      overrides.map(({ entityType, navigation, policy }) =>
        object({ entityType: quote(entityType), navigation: quote(navigation), policy: quote(policy) }),
      ),
    ),
    references:
      references.length === 0
        ? undefined
        : array(
            references.map(({ entityType, variable, target, policy }) =>
              object({
                entityType: quote(entityType),
                property: quote(variable),
                target: quote(target),
                policy: quote(policy),
              }),
            ),
          ),
  });
}

/** True where the program has properties across entities or delete rules. */
export function hasAcross({ crossInvariants, deleteRules }: Program): boolean {
  return crossInvariants.length > 0 || deleteRules !== undefined;
}
