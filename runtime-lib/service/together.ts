/** Writes that stand or fall together: each is decided on what those before it leave, and one commit makes all durable. */
import type { ServiceDefinition, Values } from "../kernel/index.ts";
import type { Commit, EntityCommit, OutboxEntry, Principal, Reference, StoredRow } from "../ports/index.ts";
import { fittedFor } from "./actor.ts";
import type { Admissions } from "./admission.ts";
import type {
  Attempt,
  CallContext,
  Calls,
  Failed,
  Found,
  GroupSoFar,
  Listed,
  ListRead,
  MediaWanted,
  Together,
  Write,
  Written,
} from "./call.ts";
import { storableText } from "./check-values.ts";
import { crossViolation } from "./cross-invariants.ts";
import { failed, storeFailure, unknownType } from "./failures.ts";
import { outdone, overtaken, refusedCommit, tellOf } from "./handle.ts";
import { earlierReplies, type GroupReply, groupRecord } from "./idempotency.ts";
import { notBegun } from "./in-time.ts";
import { type Decided, decidedIn, type GroupEnd, tellOfGroup } from "./observed.ts";
import type { Part } from "./parts.ts";
import { type Message, permittedChange } from "./permit.ts";
import { presentOf } from "./present.ts";
import { idByKey, listEntities, mayShow, readEntity, type Standing, spelledId } from "./reading.ts";
import { type Present, Readings } from "./readings.ts";
import { told } from "./told.ts";
import { Trail } from "./trail.ts";
import { afterWhole, commitsOf, refOf, wholeOf, writtenOf } from "./whole.ts";

/** A group's ground: one revision, one caller, and the key under which its replies are kept. */
export interface GroupOptions extends Standing {
  readonly admissions: Admissions;
  readonly context: CallContext;
  readonly idempotency?: NonNullable<Write["idempotency"]>;
}

/** What the work comes to, all of it durable or none; `Conflict` where other writers were faster each time. */
export async function workTogether<T>(
  options: GroupOptions,
  work: (calls: Calls) => Promise<Together<T>>,
): Promise<T | Failed> {
  const { world, context, idempotency } = options;
  const dropped = notBegun(world, context);
  if (dropped !== undefined) return dropped;
  const earlier = idempotency && (await earlierReplies(world, context, idempotency));
  if (earlier !== undefined && "kind" in earlier) return earlier;
  for (let retry = 0; ; retry += 1) {
    const group = new Group(options, earlier);
    try {
      const { keep, value } = await work(group);
      if (!keep) group.tell("given-up");
      if (!keep) return value;
      const refused = await group.commit();
      const isLast = retry >= world.limits.conflictRetriesMax;
      const ended = refused === "conflict" && isLast ? outdone() : refused;
      group.tell(ended === "conflict" ? "outdone" : (ended ?? "durable"));
      if (ended === undefined) return value;
      if (ended !== "conflict") return told(world, context, ended);
    } catch (error) {
      group.tell(storeFailure(error, world.limits) ?? failed("InternalError", "something went wrong in the service"));
      throw error;
    } finally {
      group.leave();
    }
  }
}

/** One attempt: what has been decided so far, and the calls that decide more. */
class Group implements Calls {
  readonly #options: GroupOptions;
  readonly #readings: Readings;
  /** What was answered the first time, and what is left of it. */
  readonly #repeated: readonly GroupReply[] | undefined;
  readonly #replayed: GroupReply[] | undefined;
  readonly #parts: Part[] = [];
  readonly #commits: EntityCommit[] = [];
  readonly #outbox: OutboxEntry[] = [];
  readonly #unreferenced: Reference[] = [];
  readonly #written: GroupReply[] = [];
  readonly #decided: Decided[] = [];
  readonly #entered = new Map<string, () => void>();
  #isOutdated = false;

  constructor(options: GroupOptions, replayed: readonly GroupReply[] | undefined) {
    this.#options = options;
    this.#repeated = replayed;
    this.#replayed = replayed && [...replayed];
    this.#readings = new Readings(options.world.store, options.revision, options.context.tenant);
  }

  get definition(): ServiceDefinition {
    return this.#options.revision.definition;
  }

  get revision(): string {
    return this.#options.revision.hash;
  }

  get group(): GroupSoFar {
    const repeated = this.#repeated;
    return { written: this.#parts.map(({ ref }) => ref), ...(repeated && { repeated }) };
  }

  read(context: CallContext, entityType: string, entityId: string): Promise<Found | Failed> {
    return readEntity(this.#options, context, { entityType, entityId }, this.#readings);
  }

  idOf(context: CallContext, entityType: string, key: Values): Promise<string | Failed> {
    return idByKey(this.#options, context, entityType, key);
  }

  list(context: CallContext, read: ListRead): Promise<Listed | Failed> {
    return listEntities(this.#options, context, read);
  }

  media({ tenant }: CallContext, { property, hash, ...ref }: MediaWanted): Promise<Uint8Array | undefined> {
    return this.#options.world.store.media.find({ tenant, ...ref }, property, hash);
  }

  shows(context: CallContext, entityType: string, row: StoredRow): boolean | Promise<boolean> {
    return mayShow(this.#options, context, entityType, row);
  }

  async attempted(principal: Principal, attempt: Attempt): Promise<void> {
    await this.#options.world.governance?.refused(principal, attempt);
  }

  /** Within a group, a group is a part of it. */
  async together<T>(_context: CallContext, work: (calls: Calls) => Promise<Together<T>>): Promise<T> {
    return (await work(this)).value;
  }

  async write(context: CallContext, write: Write): Promise<Written | Failed> {
    const { entityType, entityId } = write;
    if (this.#replayed !== undefined) return this.#again(context, write);
    const decided = await this.#observed(context, write);
    const written = decided.kind === "failed" ? await told(this.#options.world, context, decided) : decided;
    if (written.kind === "written") this.#written.push({ entityType, entityId, written });
    return written;
  }

  /** What the write was answered the first time. One that was not asked for then changes nothing now. */
  async #again(context: CallContext, { entityType, entityId }: Write): Promise<Written | Failed> {
    const replies = this.#replayed ?? [];
    const at = replies.findIndex((reply) => reply.entityType === entityType && reply.entityId === entityId);
    const [reply] = at < 0 ? [] : replies.splice(at, 1);
    if (reply !== undefined) return reply.written;
    const found = await this.read(context, entityType, entityId);
    if (found.kind === "failed") return found;
    const { row, revision } = found;
    return { kind: "written", row, sequence: row.sequence, created: false, replayed: true, revision };
  }

  /** What has been decided, for telemetry to be told of once it is known what came of it. */
  async #observed(context: CallContext, write: Write): Promise<Written | Failed> {
    const { telemetry } = this.#options.world;
    if (telemetry === undefined) return this.#decide(context, write, new Trail());
    const decided = await decidedIn({ ...this.#options, telemetry }, { context, write }, (traced, trail) =>
      this.#decide(traced, write, trail),
    );
    this.#decided.push(decided);
    return decided.reply;
  }

  /** Tells telemetry of the writes, once it is known what came of them. */
  tell(ended: GroupEnd): void {
    tellOfGroup(this.#options, this.#decided, ended);
  }

  async #decide(context: CallContext, write: Write, trail: Trail): Promise<Written | Failed> {
    const { world, revision } = this.#options;
    const type = revision.type(write.entityType);
    if (type === undefined) return unknownType(write.entityType);
    const entityId = spelledId(world, type, write.entityId);
    if (entityId === undefined || !storableText(context.tenant)) {
      return failed("InvalidParameter", `this is no ${type.key.type} that can be a key`, { target: type.key.name });
    }
    const refused = this.#enter(context, write);
    if (refused !== undefined) return refused;
    const message: Message = { context, write: { ...write, entityId }, type, revision };
    const present = await this.#present(message);
    const change = await permittedChange(world, message, present, this.#readings);
    if (change.kind === "failed") return change;
    const own: Part = { ref: refOf(message), type, present, change };
    const whole = await wholeOf(world, message, own, this.#readings);
    if (whole.kind === "failed") return whole;
    this.#parts.push(own, ...whole.parts);
    const { commits, outbox } = await commitsOf(world, message, whole, this.#readings);
    const [first, ...also] = commits;
    trail.evaluations = 1;
    trail.committed = first && { ...first, also, outbox };
    this.#commits.push(...commits);
    this.#outbox.push(...outbox);
    this.#unreferenced.push(...whole.unreferenced);
    return writtenOf(message, own, afterWhole(whole));
  }

  /** A slot of the type's admission, held until the group is over; a second write of the kind needs no other. */
  #enter({ tenant }: CallContext, { entityType, change }: Write): Failed | undefined {
    const { revision, admissions } = this.#options;
    const admission = revision.type(entityType)?.descriptor.reactions?.admission;
    const key = JSON.stringify([entityType, change.kind, change.kind === "action" ? change.action : ""]);
    if (admission === undefined || this.#entered.has(key)) return undefined;
    const entered = admissions.enter(admission, { tenant, entityType, change });
    if (typeof entered !== "function") return entered;
    this.#entered.set(key, entered);
    return undefined;
  }

  /** Gives back what admission gave. */
  leave(): void {
    for (const leave of this.#entered.values()) leave();
    this.#entered.clear();
  }

  /** As the group has left it, else as its history has it: a deleted entity goes on where it ended. */
  async #present(message: Message): Promise<Present> {
    const ref = refOf(message);
    const pending = this.#readings.pending(ref);
    if (pending !== undefined) return pending;
    const { values, sequence } = await presentOf(this.#options.world, ref);
    const seen = await this.#readings.present(ref.entityType, ref.entityId);
    if ((seen?.sequence ?? 0) !== (values === undefined ? 0 : sequence)) this.#isOutdated = true;
    return values === undefined ? { sequence } : { sequence, values: fittedFor(this.#options.world, message, values) };
  }

  /** Undefined when all is durable. */
  async commit(): Promise<Failed | "conflict" | undefined> {
    const { world, revision, context, idempotency } = this.#options;
    const [first, ...also] = this.#commits;
    if (this.#isOutdated) return "conflict";
    if (first === undefined) return undefined;
    const parts = this.#finalParts();
    const violation = await crossViolation(revision, parts, this.#readings);
    if (violation !== undefined) return violation;
    const { succession } = world;
    const isPermitted = succession.isSettled(revision) || (await succession.permits(revision, parts, this.#readings));
    if (!isPermitted) return overtaken();
    const reads = this.#readings.marks;
    const outboxMax = world.limits.outboxPendingMax;
    const commit: Commit = {
      ...first,
      ...(idempotency && { idempotency: groupRecord(world, context, idempotency, this.#written) }),
      ...(also.length > 0 && { also }),
      ...(reads.length > 0 && { reads }),
      ...(this.#unreferenced.length > 0 && { unreferenced: this.#unreferenced }),
      ...(this.#outbox.length > 0 && { outbox: this.#outbox, outboxMax }),
    };
    const appended = await world.store.append(commit);
    if (appended === "conflict") return "conflict";
    if (appended !== "committed") return refusedCommit(world, { context, revision }, commit, appended);
    tellOf(world, commit);
    return undefined;
  }

  /** What is asked of properties across entities is asked of how the group leaves them. */
  #finalParts(): readonly Part[] {
    return this.#parts.map((part) => {
      const { after: _after, ...change } = part.change;
      const values = this.#readings.pending(part.ref)?.values;
      return { ...part, change: values === undefined ? change : { ...change, after: values } };
    });
  }
}
