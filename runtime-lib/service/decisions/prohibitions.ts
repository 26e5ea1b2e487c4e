/** What no approval lifts: the policies that forbid what a decision is about, as far as they are in force now. */
import type { PolicyText } from "../../kernel/index.ts";
import type { DecisionRecord } from "../../ports/index.ts";
import type { Governance } from "./governance.ts";

/** Those that denied it and are there still, by their ids and texts. */
export async function prohibitionsOf(
  { judge, policies, revision }: Governance,
  { tenant, session, policies: denied }: DecisionRecord,
): Promise<readonly PolicyText[]> {
  const inForce = await policies.texts(revision(), { tenant, ...(session !== null && { sessionId: session }) });
  const forbids = inForce.filter(({ id, text }) => denied.includes(id) && judge.outlineOf(text)?.effect !== "permit");
  return forbids.map(({ id, text }) => ({ id, text }));
}
