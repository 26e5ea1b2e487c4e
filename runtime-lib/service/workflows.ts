/** Collection workflows: the action that starts one asks every member of a roster, and the one that cancels it takes it back. */
import type { Reactions, Values, WorkflowDescriptor } from "../kernel/index.ts";
import type { Deed, TimerChange } from "../ports/index.ts";
import type { Asking } from "./asked.ts";
import type { Failed } from "./call.ts";
import { failed } from "./failures.ts";

export type WorkflowDeed = Deed & { readonly kind: "workflow" };

/** The workflows that the action starts or ends early. */
export function workflowsOf(reactions: Reactions | undefined, action: string): readonly WorkflowDescriptor[] {
  return (reactions?.workflows ?? []).filter((each) => roleOf(each, action) !== undefined);
}

function roleOf(
  { startAction, cancelAction, timeoutAction }: WorkflowDescriptor,
  action: string,
): "start" | "cancel" | "timeout" | undefined {
  if (action === startAction) return "start";
  if (action === cancelAction) return "cancel";
  return action === timeoutAction ? "timeout" : undefined;
}

/** A workflow has one run at a time. What ends it early takes its place, so that it does not go on meanwhile. */
export function workflowChanges(asking: Asking): readonly TimerChange[] {
  const { part, now: dueAt } = asking;
  const { after, action, event } = part.change;
  if (after === undefined || event !== "action") return [];
  return workflowsOf(part.type.descriptor.reactions, action).map((workflow): TimerChange => {
    const slot = `workflow: ${workflow.name}`;
    const role = roleOf(workflow, action);
    const deed = role === "start" ? startDeed(workflow, after) : endDeed(workflow, after, role === "cancel");
    const entry = asking.entry({ name: slot, deed, dueAt });
    return { kind: role === "start" ? "arm" : "replace", slot, entry };
  });
}

function startDeed(workflow: WorkflowDescriptor, values: Values): WorkflowDeed {
  const { memberEntity, memberAction, concurrencyMax, attemptsMax } = workflow;
  const { onSuccess = null, onFailure = null, onPartialFailure = null } = workflow;
  return {
    kind: "workflow",
    entityType: memberEntity,
    action: memberAction,
    members: waiting(rosterOf(workflow, values)),
    concurrencyMax,
    attemptsMax,
    onSuccess,
    onPartialFailure: onPartialFailure ?? onFailure,
    onFailure,
  };
}

/** The members are told, where there is an action to tell them with; then the end is called back, whatever they said. */
function endDeed(workflow: WorkflowDescriptor, values: Values, isCancelled: boolean): WorkflowDeed {
  const { memberCancelAction, onCancelled, onTimedOut } = workflow;
  const end = (isCancelled ? onCancelled : onTimedOut) ?? null;
  return {
    ...startDeed(workflow, values),
    action: memberCancelAction ?? "",
    members: memberCancelAction === undefined ? [] : waiting(rosterOf(workflow, values)),
    onSuccess: end,
    onPartialFailure: end,
    onFailure: end,
  };
}

/** The ids of the members, each once, in the order of the list. */
function rosterOf({ rosterField }: WorkflowDescriptor, values: Values): readonly string[] {
  const roster = values[rosterField];
  const ids = typeof roster === "object" && roster !== null ? roster : [];
  return [...new Set(ids)].filter((id) => id !== "");
}

function waiting(ids: readonly string[]): WorkflowDeed["members"] {
  return ids.map((entityId) => ({ entityId, state: "waiting", attempts: 0 }));
}

/** Why the action must not start a workflow: its roster has more members than the spec allows. */
export function rosterFault(reactions: Reactions | undefined, action: string, after: Values): Failed | undefined {
  for (const workflow of workflowsOf(reactions, action)) {
    const count = rosterOf(workflow, after).length;
    if (workflow.startAction !== action || count <= workflow.membersMax) continue;
    const message = `${workflow.rosterField} names ${count} members, and ${workflow.name} takes ${workflow.membersMax} at most`;
    return failed("GuardFailed", message, { details: { action, members: count, membersMax: workflow.membersMax } });
  }
  return undefined;
}
