/** One round of a collection workflow: some members are asked at a time, and when none is left the end is called back. */
import type { Deed, WorkflowMember } from "../ports/index.ts";
import { type Delivered, done, type Trial } from "./trial.ts";

type WorkflowDeed = Deed & { readonly kind: "workflow" };

/** Asks the next members. The entry then goes on as what is left, so that a killed process asks no more than one round again. */
export async function runWorkflow(trial: Trial, deed: WorkflowDeed): Promise<Delivered> {
  const { ports, entry } = trial;
  const next = deed.members.filter(({ state }) => state === "waiting").slice(0, deed.concurrencyMax);
  if (next.length === 0) return joined(trial, deed);
  const asked = new Map(
    await Promise.all(next.map(async (member) => [member.entityId, await ask(trial, deed, member)] as const)),
  );
  // Those to be tried again come after those that have not been tried at all.
  const rest = deed.members.filter(({ entityId }) => !asked.has(entityId));
  const members = [...rest, ...asked.values()];
  const retried = Math.max(0, ...members.flatMap(({ state, attempts }) => (state === "waiting" ? [attempts] : [])));
  const { retryBaseMs, retryCapMs } = ports.limits;
  const isFresh = rest.some(({ state }) => state === "waiting");
  const waitMs = isFresh || retried === 0 ? 0 : Math.min(retryCapMs, retryBaseMs * 2 ** (retried - 1));
  const dueAt = ports.now() + Math.ceil(ports.random() * waitMs);
  return { kind: "advanced", entry: { ...entry, deed: { ...deed, members }, dueAt } };
}

/** A member's action is taken once for each attempt, however often the round is delivered. */
async function ask(
  { ports, entry, token }: Trial,
  { entityType, action, attemptsMax }: WorkflowDeed,
  { entityId, attempts: before }: WorkflowMember,
): Promise<WorkflowMember> {
  const key = `${entry.key}:${entityId}:${before}`;
  const reply = await ports.write(
    {
      entityType,
      entityId,
      change: { kind: "action", action, params: {} },
      idempotency: { key, requestHash: `workflow ${action}` },
    },
    { entry, token, goesOn: true },
  );
  const attempts = before + 1;
  if (reply.kind === "written") return { entityId, attempts, state: "done" };
  return { entityId, attempts, state: attempts < attemptsMax ? "waiting" : "failed" };
}

function joined(trial: Trial, { members, onSuccess, onPartialFailure, onFailure }: WorkflowDeed): Delivered {
  const doneCount = members.filter(({ state }) => state === "done").length;
  const result = `${doneCount} of ${members.length} members are done`;
  if (doneCount === members.length) return done(trial, result, onSuccess);
  return done(trial, result, doneCount === 0 ? onFailure : onPartialFailure);
}
