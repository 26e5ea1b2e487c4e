/** Triggers: which of them an action sets off, and what each asks of other entities and of other people's servers. */
import type { DeedDescriptor, TriggerDescriptor, Values } from "../kernel/index.ts";
import type { OutboxEntry, Principal } from "../ports/index.ts";
import type { Asking, EntryParts } from "./asked.ts";
import { statusOf } from "./evaluate.ts";
import type { Readings } from "./readings.ts";
import { hasSecrets, marked } from "./secrets.ts";
import { argumentValues, targetsOf } from "./targets.ts";
import { webhookRequest } from "./webhook-request.ts";

type EntityDeed = DeedDescriptor & { readonly kind: "entity" };
type WebhookDeed = DeedDescriptor & { readonly kind: "webhook" };

/** The entries of the triggers whose conditions hold on the values after the action, in the order of the spec. */
export async function triggered(asking: Asking, readings: Readings): Promise<readonly OutboxEntry[]> {
  const { change, type } = asking.part;
  const { after, event, action } = change;
  if (event !== "action" || after === undefined) return [];
  const entries: OutboxEntry[] = [];
  for (const trigger of type.descriptor.reactions?.triggers ?? []) {
    if (trigger.action !== action) continue;
    if (await isSetOff(trigger, after, asking, readings)) entries.push(...entriesOf(trigger, after, asking));
  }
  return entries;
}

async function isSetOff(
  { toStatus, references, holds }: TriggerDescriptor,
  after: Values,
  { part }: Asking,
  readings: Readings,
): Promise<boolean> {
  if (toStatus !== undefined && statusOf(part.type.descriptor.statusProperty, after) !== toStatus) return false;
  return holds === undefined || holds(after, await readings.related(after, references ?? []));
}

function entriesOf({ name, deed, principal }: TriggerDescriptor, after: Values, asking: Asking): OutboxEntry[] {
  const as = principal === undefined ? {} : { principal: agentOf(principal, name, asking) };
  const parts = deed.kind === "entity" ? actionParts(deed, after, asking) : [webhookParts(deed, after, asking)];
  return parts.map((part) => asking.entry({ name, ...as, ...part }));
}

/** An agent type acts under the trigger's name; it has no roles but what policies say of its type. */
function agentOf(type: string, name: string, { part }: Asking): Principal {
  return { type, id: name, tenant: part.ref.tenant, roles: [] };
}

type OwnParts = Omit<EntryParts, "name" | "principal">;

function actionParts(deed: EntityDeed, after: Values, asking: Asking): readonly OwnParts[] {
  const { entityType, action, dropOk, target } = deed;
  const targets = targetsOf(target, after, asking.part.ref.entityId);
  const params = argumentValues(deed.params, after);
  const call = { kind: "action", entityType, action, params, dropOk } as const;
  if (targets.length > 0) {
    return targets.map(({ entityId, isMade }) => ({
      deed: { ...call, entityId: entityId ?? asking.freshId(), whereMissing: isMade ? "create" : "refuse" },
    }));
  }
  if (dropOk) return [];
  const undeliverable = `there is no target: ${"field" in target ? target.field : entityType} is not set`;
  return [{ deed: { ...call, entityId: "", whereMissing: "refuse" }, undeliverable }];
}

function webhookParts(deed: WebhookDeed, after: Values, asking: Asking): OwnParts {
  const { limits } = asking;
  const { onSuccess = null, onFailure = null, timeoutMs = limits.webhookTimeoutMs, retriesMax, routes } = deed;
  const hasSecret = hasSecrets([deed.url, deed.body ?? "", ...Object.values(deed.headers)]);
  const secretMark = hasSecret ? asking.freshId() : undefined;
  const resolved = webhookRequest(secretMark === undefined ? deed : withMarks(deed, secretMark), after);
  const request =
    resolved.kind === "request" ? resolved.request : { url: deed.url, method: deed.method, headers: {}, body: null };
  return {
    deed: {
      kind: "webhook",
      ...request,
      timeoutMs: Math.min(timeoutMs, limits.webhookTimeoutMaxMs),
      attemptsMax: retriesMax === undefined ? limits.deliveryAttemptsMax : retriesMax + 1,
      onSuccess,
      onFailure,
      ...(routes && { routes }),
      ...(secretMark !== undefined && { secretMark }),
    },
    ...(resolved.kind === "unresolvable" && { undeliverable: resolved.reason }),
  };
}

function withMarks(deed: WebhookDeed, mark: string): WebhookDeed {
  const headers = Object.fromEntries(Object.entries(deed.headers).map(([name, value]) => [name, marked(value, mark)]));
  const { body } = deed;
  return { ...deed, url: marked(deed.url, mark), headers, ...(body !== undefined && { body: marked(body, mark) }) };
}
