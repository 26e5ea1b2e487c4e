/** Hard properties across entities, asked of every part of a commit before it is written. */
import type { CrossInvariantDescriptor } from "../kernel/index.ts";
import type { Failed } from "./call.ts";
import { failed } from "./failures.ts";
import type { Part } from "./parts.ts";
import type { Readings } from "./readings.ts";
import type { Revision } from "./revision.ts";

/** Why the parts must not be committed together, or undefined; related entities are read as the commit leaves them. */
export function crossViolation(
  { definition }: Revision,
  parts: readonly Part[],
  readings: Readings,
): Promise<Failed | undefined> | undefined {
  const hard = (definition.crossInvariants ?? []).filter(({ kind }) => kind === "hard");
  return hard.length === 0 ? undefined : violationAmong(hard, parts, readings);
}

async function violationAmong(
  hard: readonly CrossInvariantDescriptor[],
  parts: readonly Part[],
  readings: Readings,
): Promise<Failed | undefined> {
  for (const { ref, change } of parts) {
    const { after, action } = change;
    if (after === undefined) continue;
    for (const invariant of hard) {
      const isAsked = invariant.action === undefined || invariant.action === action;
      if (invariant.entityType !== ref.entityType || !isAsked) continue;
      const related = await readings.related(after, invariant.references);
      if (!invariant.holds(after, related)) {
        const message = `${action} would break ${invariant.name}: ${invariant.text}`;
        return failed("InvariantViolated", message, { details: { action, invariant: invariant.name } });
      }
    }
  }
  return undefined;
}
