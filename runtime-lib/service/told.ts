/** What a caller is told of a denial: the clause, and the decision that waits for a person because of it. */
import type { CallContext, Failed } from "./call.ts";
import type { World } from "./world.ts";

/** The refusal without what is only for the record. Where it is not `NotFound` it names the decision, or why there is none. */
export async function told({ governance }: World, context: CallContext, refusal: Failed): Promise<Failed> {
  const { denial, ...shown } = refusal;
  if (denial === undefined || governance === undefined) return shown;
  if (context.principal.tenant !== context.tenant) {
    await governance.crossed(context.principal, context.tenant);
    return shown;
  }
  const decision = await governance.denied(context, denial);
  if (shown.code !== "AuthorizationDenied" || denial.state === "refused") return shown;
  if (decision !== undefined) return { ...shown, details: { ...shown.details, decisionId: decision.id } };
  const full = "as many decisions wait already as may (decisionsPerPrincipalMax, decisionsPerTenantMax)";
  return { ...shown, message: `${shown.message}; nobody is asked about it, because ${full}` };
}
