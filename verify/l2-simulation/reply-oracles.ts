/** The oracles of a reply: what was acknowledged is durable, one key has one answer, and a refusal was true when it was given. */
import type { EntityTypeDescriptor, Failed, Written } from "@temperc/runtime";
import type { Served } from "./clients.ts";
import type { Fail } from "./commit-oracles.ts";
import { difference, type History, snapshotIn } from "./history.ts";
import type { SimulatedRevision } from "./revisions.ts";

export interface ReplyInput {
  readonly history: History;
  readonly revisionOf: (hash: string) => SimulatedRevision | undefined;
  readonly fail: Fail;
}

const passing: readonly Failed["code"][] = ["StoreUnavailable", "Overloaded", "DeadlineExceeded"];

/** What may be answered at any time, whatever has been done before: try again. */
export function isPassing(code: Failed["code"]): boolean {
  return passing.includes(code);
}

export function checkReply(input: ReplyInput, served: Served): void {
  const { reply, request } = served;
  if (reply === undefined) return;
  if (reply.kind === "written") {
    checkAcknowledged(input, served, reply);
    return;
  }
  if (isPassing(reply.code)) return;
  if (served.wasDone) {
    input.fail("replay-equal", `${request.key} was done already, and asked again it is answered ${reply.code}`);
  }
  checkPresence(input, served, reply);
  if (reply.code === "ActionNotAllowed" || reply.code === "GuardFailed") checkRefusal(input, served, reply);
}

function checkAcknowledged({ history, fail }: ReplyInput, { request }: Served, reply: Written): void {
  const { key, write, context } = request;
  const past = history.pastOf({ tenant: context.tenant, ...write });
  const event = past.events[reply.sequence - 1];
  const isComposite = event !== undefined && event.idempotencyKey === null;
  if (event === undefined || (event.idempotencyKey !== key && !isComposite && history.effects.has(key))) {
    fail("acknowledged-durable", `${key} was acknowledged as event ${reply.sequence}, which is not its own`);
    return;
  }
  const differs = difference(reply.row?.values ?? {}, past.values[reply.sequence] ?? {});
  if (differs !== undefined) fail("acknowledged-durable", `${key} was answered another ${differs} than is durable`);
}

/** Who is told that an entity is missing, or there already: it was, at some moment between request and reply. */
function checkPresence({ history, fail }: ReplyInput, { request, sequence }: Served, { code }: Failed): void {
  if (code !== "NotFound" && code !== "EntityExists") return;
  const { write, context, key } = request;
  const seen = history.pastOf({ tenant: context.tenant, ...write }).values.slice(sequence);
  if (seen.some((values) => (values === undefined) === (code === "NotFound"))) return;
  fail("refusal", `${key} was answered ${code}, which ${write.entityType} ${write.entityId} never was meanwhile`);
}

/** Parts on other entities may refuse what the entity itself accepts. */
function hasParts({ reactions }: EntityTypeDescriptor, name: string): boolean {
  return (reactions?.composites ?? []).some(({ action }) => action === name);
}

/** There is a moment between request and reply at which the entity refused the action. */
function checkRefusal({ history, revisionOf, fail }: ReplyInput, served: Served, reply: Failed): void {
  const { request, sequence, server } = served;
  const { write, context } = request;
  const { change } = write;
  if (change.kind !== "action") return;
  const seen = history.pastOf({ tenant: context.tenant, ...write }).values.slice(sequence);
  const types = [...new Set([...served.revisions, ...server.live])].flatMap(
    (hash) => revisionOf(hash)?.definition.entityTypes.filter(({ name }) => name === write.entityType) ?? [],
  );
  const isTrue = types.some((type) => {
    const action = type.automaton?.actions.find(({ name }) => name === change.action);
    if ((action?.filled ?? []).length > 0 || hasParts(type, change.action)) return true;
    return seen.some((values) => {
      if (values === undefined || type.automaton === undefined) return false;
      return type.automaton.step(snapshotIn(type, values), change.action, change.params).kind === "refused";
    });
  });
  if (!isTrue)
    fail("refusal", `${request.key} was answered ${reply.code}, and ${change.action} was possible all the time`);
}
