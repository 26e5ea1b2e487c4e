/** The oracles of a reply: what was acknowledged is durable, one key has one answer, and what was said was true when it was said. */
import type { EntityTypeDescriptor, Failed, Found, Values, Written } from "@temperc/runtime";
import { permits, principalOf, question, statusIn } from "../simulated/policies.ts";
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
    checkSame(input, served, reply);
    return;
  }
  if (reply.kind === "found") {
    checkFound(input, served, reply);
    return;
  }
  if (isPassing(reply.code)) return;
  if (served.wasDone) {
    input.fail("replay-equal", `${request.key} was done already, and asked again it is answered ${reply.code}`);
  }
  if (request.asked.change.kind === "read") checkUnreadable(input, served, reply);
  else checkPresence(input, served, reply);
  if (reply.code === "ActionNotAllowed" || reply.code === "GuardFailed") checkRefusal(input, served, reply);
}

function checkAcknowledged({ history, fail }: ReplyInput, { request }: Served, reply: Written): void {
  const { key, asked, context } = request;
  const past = history.pastOf({ tenant: context.tenant, ...asked });
  const event = past.events[reply.sequence - 1];
  const isComposite = event !== undefined && event.idempotencyKey === null;
  if (event === undefined || (event.idempotencyKey !== key && !isComposite && history.effects.has(key))) {
    fail("acknowledged-durable", `${key} was acknowledged as event ${reply.sequence}, which is not its own`);
    return;
  }
  const differs = difference(reply.row?.values ?? {}, past.values[reply.sequence] ?? {});
  if (differs !== undefined) fail("acknowledged-durable", `${key} was answered another ${differs} than is durable`);
}

/** All replies to one key tell of the same event. */
function checkSame({ history, fail }: ReplyInput, { request }: Served, { sequence, revision, created }: Written): void {
  const said = JSON.stringify({ sequence, revision, created });
  const earlier = history.replies.get(request.key) ?? said;
  history.replies.set(request.key, earlier);
  if (earlier !== said) fail("replay-equal", `${request.key} was answered ${earlier}, and then ${said}`);
}

/** Somebody may read it, and these were its values, at some moment between request and reply. */
function checkFound(input: ReplyInput, served: Served, { row }: Found): void {
  const { asked, key } = served.request;
  const equal = valuesSince(input, served).filter(
    (values) => values !== undefined && difference(row.values, values) === undefined,
  );
  const whom = `${asked.entityType} ${asked.entityId}`;
  if (equal.length === 0) {
    input.fail("projection", `${key} was shown values of ${whom} that it did not have meanwhile`);
    return;
  }
  if (equal.some((values) => values !== undefined && mayRead(input, served, values))) return;
  input.fail("authorization", `${key} was shown ${whom}, and no policy permits that`);
}

/** Who is told that there is nothing: there was nothing, or nothing that they may read. */
function checkUnreadable(input: ReplyInput, served: Served, { code }: Failed): void {
  const isTrue = valuesSince(input, served).some(
    (values) => values === undefined || !mayRead(input, served, values, "always"),
  );
  if (code === "NotFound" && isTrue) return;
  input.fail("refusal", `${served.request.key} was answered ${code}, and may read it`);
}

/** Under one of the revisions that may have decided, or under every one of them. */
function mayRead(input: ReplyInput, served: Served, values: Values, when: "once" | "always" = "once"): boolean {
  const { context, asked } = served.request;
  const who = principalOf(context.principal);
  const answers = revisionsOf(input, served).map(({ policies, definition }) => {
    const type = definition.entityTypes.find(({ name }) => name === asked.entityType);
    return permits(String(policies), question(who, asked.entityType, "read", statusIn(values, type?.statusProperty)));
  });
  return when === "once" ? answers.includes(true) : !answers.includes(false);
}

function revisionsOf({ revisionOf }: ReplyInput, { life, firstRevision }: Served): readonly SimulatedRevision[] {
  return [...new Set(life.revisions.slice(firstRevision))].flatMap((hash) => revisionOf(hash) ?? []);
}

function valuesSince({ history }: ReplyInput, { request, sequence }: Served): readonly (Values | undefined)[] {
  return history.pastOf({ tenant: request.context.tenant, ...request.asked }).values.slice(sequence);
}

/** Who is told that an entity is missing, or there already: it was, at some moment between request and reply. */
function checkPresence(input: ReplyInput, served: Served, { code }: Failed): void {
  if (code !== "NotFound" && code !== "EntityExists") return;
  if (valuesSince(input, served).some((values) => (values === undefined) === (code === "NotFound"))) return;
  const { asked, key } = served.request;
  const { change } = asked;
  if (change.kind === "action" && typesOf(input, served).some((type) => hasParts(type, change.action))) return;
  input.fail("refusal", `${key} was answered ${code}, which ${asked.entityType} ${asked.entityId} never was meanwhile`);
}

/** The entity's type in each revision that may have decided. */
function typesOf(input: ReplyInput, served: Served): readonly EntityTypeDescriptor[] {
  return revisionsOf(input, served).flatMap(({ definition }) =>
    definition.entityTypes.filter(({ name }) => name === served.request.asked.entityType),
  );
}

/** Parts on other entities may refuse what the entity itself accepts. */
function hasParts({ reactions }: EntityTypeDescriptor, name: string): boolean {
  return (reactions?.composites ?? []).some(({ action }) => action === name);
}

/** A roster that is too long is a guard of the service's own. */
function hasRoster({ reactions }: EntityTypeDescriptor, name: string): boolean {
  return (reactions?.workflows ?? []).some(({ startAction }) => startAction === name);
}

/** There is a moment between request and reply at which the entity refused the action. */
function checkRefusal(input: ReplyInput, served: Served, reply: Failed): void {
  const { asked, key } = served.request;
  const { change } = asked;
  if (change.kind !== "action") return;
  const seen = valuesSince(input, served);
  const isTrue = typesOf(input, served).some((type) => {
    const action = type.automaton?.actions.find(({ name }) => name === change.action);
    if ((action?.filled ?? []).length > 0 || hasParts(type, change.action) || hasRoster(type, change.action))
      return true;
    return seen.some((values) => {
      if (values === undefined || type.automaton === undefined) return false;
      return type.automaton.step(snapshotIn(type, values), change.action, change.params).kind === "refused";
    });
  });
  if (!isTrue)
    input.fail("refusal", `${key} was answered ${reply.code}, and ${change.action} was possible all the time`);
}
