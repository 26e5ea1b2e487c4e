/** The oracle of properties between entities: a hard one holds of every part of a commit at the moment it is durable. */
import type { Commit, ReferenceDescriptor, ServiceDefinition, Value, Values } from "@temperc/runtime";
import { type CommitInput, nameOf } from "./commit-oracles.ts";
import type { History } from "./history.ts";

/** Asked once all parts are in the history. */
export function checkAcross({ history, fail }: CommitInput, definition: ServiceDefinition, commit: Commit): void {
  const hard = (definition.crossInvariants ?? []).filter(({ kind }) => kind === "hard");
  for (const { event } of [commit, ...(commit.also ?? [])]) {
    const after = history.pastOf(event).values.at(-1);
    for (const { name, entityType, action, references, holds, text } of hard) {
      if (after === undefined || entityType !== event.entityType || (action ?? event.action) !== event.action) continue;
      const related = references.map((reference) => [
        reference.name,
        relatedValues({ history, definition, tenant: event.tenant }, after, reference),
      ]);
      if (!holds(after, Object.fromEntries(related)))
        fail("invariant", `${nameOf(event)} breaks ${name} between entities: ${text}`);
    }
  }
}

interface Known {
  readonly history: History;
  readonly definition: ServiceDefinition;
  readonly tenant: string;
}

/** One value an id, null where there is no entity; who names nobody names one that there is not. */
function relatedValues({ history, definition, tenant }: Known, values: Values, of: ReferenceDescriptor): Value[] {
  const { entityType, reference, property } = of;
  const type = definition.entityTypes.find(({ name }) => name === entityType);
  const name = property === "status" ? (type?.statusProperty ?? property) : property;
  const named = values[reference] ?? null;
  const ids = typeof named === "object" && named !== null ? named : [named];
  return ids.map((id) => {
    if (id === null || id === "") return null;
    return history.pastOf({ tenant, entityType, entityId: String(id) }).values.at(-1)?.[name] ?? null;
  });
}
