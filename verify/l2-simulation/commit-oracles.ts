/** The oracles of a commit: what must be true of every event at the moment it is durable. */
import type { Commit, EntityCommit, EntityTypeDescriptor, JournalEvent, Values } from "@temperc/runtime";
import { permits, question, statusIn } from "../simulated/policies.ts";
import { checkAcross } from "./cross-oracle.ts";
import { difference, type History, snapshotIn } from "./history.ts";
import type { SimulatedRevision } from "./revisions.ts";

export type Oracle =
  | "acknowledged-durable"
  | "all-or-nothing"
  | "authorization"
  | "answered"
  | "delivered"
  | "effect-once"
  | "internal-error"
  | "invariant"
  | "legal-step"
  | "not-early"
  | "order"
  | "outbox-with-commit"
  | "outgoing"
  | "projection"
  | "refusal"
  | "replay-equal"
  | "revision"
  | "sequence"
  | "shutdown";

/** Called with what was promised and what is. */
export type Fail = (oracle: Oracle, message: string) => void;

export interface CommitInput {
  readonly history: History;
  readonly revisionOf: (hash: string) => SimulatedRevision | undefined;
  /** Revisions of the process that commits: one, or two while a swap is under way. */
  readonly live: readonly string[];
  readonly fail: Fail;
  /** Invariants that another level has refuted already. */
  readonly refuted: ReadonlySet<string>;
}

/** Checks each part and adds it to the history. */
export function checkCommit(input: CommitInput, commit: Commit): void {
  for (const part of [commit, ...(commit.also ?? [])]) {
    const revision = input.revisionOf(part.event.specHash);
    const type = revision?.definition.entityTypes.find(({ name }) => name === part.event.entityType);
    if (revision === undefined || type === undefined || !input.live.includes(part.event.specHash)) {
      input.fail("revision", `${nameOf(part.event)} was written by ${part.event.specHash}, which is not live there`);
      continue;
    }
    const before = input.history.pastOf(part.event).values.at(-1);
    checkSequence(input, part.event);
    input.history.add(part.event);
    const after = input.history.pastOf(part.event).values.at(-1);
    checkEffectOnce(input, part.event);
    checkRow(input, part, after);
    if (after !== undefined) checkInvariants(input, type, after);
    if (part === commit) checkPermitted(input, revision, { event: part.event, type, values: before ?? after ?? {} });
    if (part.event.kind !== "action" || before === undefined || after === undefined) continue;
    checkStep(input, type, { event: part.event, before, after });
    checkAsked(input, type, { part, commit, before, after });
  }
  const written = input.revisionOf(commit.event.specHash);
  if (written !== undefined) checkAcross(input, written.definition, commit);
}

export function nameOf({ entityType, entityId, sequence, action }: JournalEvent): string {
  return `${action} of ${entityType} ${entityId} (event ${sequence})`;
}

function checkSequence({ history, fail }: CommitInput, event: JournalEvent): void {
  const expected = history.pastOf(event).events.length + 1;
  if (event.sequence !== expected) fail("sequence", `${nameOf(event)} should have the sequence ${expected}`);
}

/** A key of a caller or of a delivery has one event that bears it. */
function checkEffectOnce({ history, fail }: CommitInput, event: JournalEvent): void {
  const effects = history.effects.get(event.idempotencyKey ?? "") ?? [];
  if (effects.length < 2) return;
  fail("effect-once", `${event.idempotencyKey} took effect as ${effects.map(nameOf).join(" and as ")}`);
}

function checkRow({ fail }: CommitInput, { event, row }: EntityCommit, after: Values | undefined): void {
  const differs = difference(row ?? {}, after ?? {});
  if (differs !== undefined) fail("projection", `the row of ${nameOf(event)} and its history differ in ${differs}`);
}

function checkInvariants({ refuted, fail }: CommitInput, type: EntityTypeDescriptor, after: Values): void {
  const { automaton } = type;
  const snapshot = snapshotIn(type, after);
  const broken = automaton?.invariants.find(
    (each) => !refuted.has(`${automaton.name}.${each.name}`) && !each.holds(snapshot),
  );
  if (broken !== undefined) fail("invariant", `${type.name} breaks ${broken.name}: ${broken.text} (${broken.source})`);
  const violation = type.fieldViolation?.(after);
  if (violation !== undefined) fail("invariant", `${type.name}: ${violation}`);
}

interface Permitted {
  readonly event: JournalEvent;
  readonly type: EntityTypeDescriptor;
  readonly values: Values;
}

/** By the policies of the revision that wrote it, on the values that the action found; a migration is asked for by nobody. */
function checkPermitted(input: CommitInput, { policies }: SimulatedRevision, { event, type, values }: Permitted): void {
  if (event.kind === "migrated") return;
  const gate = type.reactions?.composites.find(({ action }) => action === event.action)?.gate;
  const verb = { created: "create", patched: "update", deleted: "delete", action: gate ?? event.action }[event.kind];
  const status = statusIn(values, type.statusProperty);
  if (permits(String(policies), question(event.principal, event.entityType, verb, status))) return;
  input.fail("authorization", `no policy of ${event.specHash} permits ${nameOf(event)} to ${event.principal}`);
}

interface Moved {
  readonly event: JournalEvent;
  readonly before: Values;
  readonly after: Values;
}

/** The recorded action, taken again from the recorded values, leads to the recorded values; not where the service filled in more. */
function checkStep({ fail }: CommitInput, type: EntityTypeDescriptor, { event, before, after }: Moved): void {
  const { automaton } = type;
  const action = automaton?.actions.find(({ name }) => name === event.action);
  if (automaton === undefined || action === undefined || (action.filled ?? []).length > 0) return;
  const outcome = automaton.step(snapshotIn(type, before), event.action, event.params);
  if (outcome.kind === "refused") {
    fail("legal-step", `${nameOf(event)} is recorded, and ${outcome.reason} (${outcome.detail}) where it began`);
    return;
  }
  const differs = difference(outcome.after, snapshotIn(type, after));
  if (differs !== undefined) fail("legal-step", `${nameOf(event)} recorded another ${differs} than its step gives`);
}

interface Asking {
  readonly part: EntityCommit;
  readonly commit: Commit;
  readonly before: Values;
  readonly after: Values;
}

/** What the spec says is asked of the world is in the same commit: entries for triggers, timers for statuses, parts of a composite. */
function checkAsked(input: CommitInput, type: EntityTypeDescriptor, asking: Asking): void {
  checkTriggers(input, type, asking);
  checkTimers(input, type, asking);
  checkParts(input, type, asking);
}

function checkTriggers({ fail }: CommitInput, type: EntityTypeDescriptor, { part, commit, after }: Asking): void {
  const { event } = part;
  const to = statusIn(after, type.statusProperty);
  const triggers = type.reactions?.triggers ?? [];
  const owed = triggers.filter(({ action, toStatus, references, holds, deed }) => {
    if (action !== event.action || (toStatus !== undefined && toStatus !== to)) return false;
    if ((references ?? []).length > 0 || (deed.kind === "entity" && deed.dropOk)) return false;
    return holds === undefined || holds(after, {});
  });
  const asked = (commit.outbox ?? []).filter(({ causationId }) => causationId === event.eventId);
  const missing = owed.find(({ name }) => !asked.some(({ origin }) => origin.name === name));
  if (missing !== undefined) fail("outbox-with-commit", `${nameOf(event)} was durable without its ${missing.name}`);
  const places = asked.map(({ origin }) => triggers.findIndex(({ name }) => name === origin.name));
  if (places.some((place, index) => place >= 0 && place < Math.max(-1, ...places.slice(0, index))))
    fail("order", `${nameOf(event)} asked in another order than that of the spec`);
}

function checkTimers({ fail }: CommitInput, type: EntityTypeDescriptor, { part, before, after }: Asking): void {
  const { event, timers = [] } = part;
  const from = statusIn(before, type.statusProperty);
  const to = statusIn(after, type.statusProperty);
  if (to === from) return;
  const timeouts = type.reactions?.timeouts ?? [];
  const isArmed = timers.some((change) => change.kind === "arm" && change.entry.deed.kind === "action");
  if (timeouts.some(({ status }) => status === to) && !isArmed)
    fail("outbox-with-commit", `${nameOf(event)} was durable without the timer of ${String(to)}`);
  const isCancelled = timers.some(({ kind }) => kind === "cancel" || kind === "cancel-all");
  if (timeouts.some(({ status }) => status === from) && !isCancelled)
    fail("outbox-with-commit", `${nameOf(event)} left the timer of ${String(from)} running`);
}

/** The actions of a composite on other entities stand or fall with it. */
function checkParts({ fail }: CommitInput, type: EntityTypeDescriptor, { part, commit, after }: Asking): void {
  const composite = type.reactions?.composites.find(({ action }) => action === part.event.action);
  if (composite === undefined || part !== commit) return;
  const events = (commit.also ?? []).map(({ event }) => event);
  const missing = composite.subWrites.find(
    ({ entityType, action, target }) =>
      !(target.kind === "field" && Array.isArray(after[target.field])) &&
      !events.some((event) => event.entityType === entityType && event.action === action),
  );
  if (missing === undefined) return;
  fail("all-or-nothing", `${nameOf(part.event)} was durable without ${missing.action} of its ${missing.entityType}`);
}
