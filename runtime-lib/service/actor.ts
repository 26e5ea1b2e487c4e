/** One entity's actor: a bounded mailbox, one message at a time, its values folded from the journal. */
import { fitValues, type Values } from "../kernel/index.ts";
import { type EntityRef, OutcomeUnknown, StoreUnavailable } from "../ports/index.ts";
import type { Failed, Written } from "./call.ts";
import { failed, storeFailure } from "./failures.ts";
import { handleWrite, outdone } from "./handle.ts";
import { notBegun } from "./in-time.ts";
import { Mailbox } from "./mailbox.ts";
import type { Message } from "./permit.ts";
import { presentOf } from "./present.ts";
import type { Present } from "./readings.ts";
import { commitSharing, decideSharing, mayShare } from "./shared-commit.ts";
import type { World } from "./world.ts";

interface Waiting {
  readonly message: Message;
  readonly answer: (reply: Written | Failed) => void;
}

export class Actor {
  readonly #ref: EntityRef;
  readonly #world: World;
  readonly #mailbox: Mailbox<Waiting>;
  #running = false;
  #present: Present | undefined;
  /** The hash of the revision that `#present` fits: a revision that is gone is not kept for the sake of an idle actor. */
  #fitted = "";
  /** Until a message that waited with others wanted more than its event recorded. */
  #shares = true;

  constructor(ref: EntityRef, world: World) {
    this.#ref = ref;
    this.#world = world;
    this.#mailbox = new Mailbox(world.limits.mailboxMax);
  }

  /** No message is waiting or being served: the actor may be forgotten and folded again later. */
  get idle(): boolean {
    return !this.#running;
  }

  /** Messages that wait for the one that is being served. */
  get waiting(): number {
    return this.#mailbox.length;
  }

  /** Answers when the message has been served, or at once that the mailbox is full. */
  post(message: Message): Promise<Written | Failed> {
    return new Promise((answer) => {
      if (!this.#mailbox.put({ message, answer })) {
        answer(this.#overloaded());
        return;
      }
      if (!this.#running) void this.#run();
    });
  }

  #overloaded(): Failed {
    const { entityType, entityId } = this.#ref;
    const { mailboxMax, retryAfterSeconds } = this.#world.limits;
    const message = `${mailboxMax} requests are waiting for ${entityType} ${JSON.stringify(entityId)} already`;
    return failed("Overloaded", message, { retryAfterSeconds });
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (let next = this.#mailbox.take(); next !== undefined; next = this.#mailbox.take()) {
      const waiting = [next, ...this.#sharingWith(next.message)];
      const replies = waiting.length > 1 ? await this.#serveTogether(waiting) : undefined;
      for (const [index, { message, answer }] of waiting.entries())
        answer(replies?.[index] ?? (await this.#serve(message)));
    }
    this.#running = false;
  }

  /** Those behind a message that may share its commit, out of the mailbox. */
  #sharingWith(first: Message): readonly Waiting[] {
    const sharing: Waiting[] = [];
    if (!this.#shares || !mayShare(first)) return sharing;
    while (sharing.length + 1 < this.#world.limits.sharedCommitMax) {
      const { first: next } = this.#mailbox;
      if (next === undefined || next.message.revision !== first.revision || !mayShare(next.message)) break;
      sharing.push(next);
      this.#mailbox.take();
    }
    return sharing;
  }

  /** Their answers in order; undefined where nothing has been written and each is to be served by itself. */
  async #serveTogether(waiting: readonly Waiting[]): Promise<readonly (Written | Failed)[] | undefined> {
    const messages = waiting.map(({ message }) => message);
    if (messages.some(({ context }) => notBegun(this.#world, context) !== undefined)) return undefined;
    for (const { trail } of messages) if (trail !== undefined) trail.startedAtMs = performance.now();
    try {
      return await this.#decideTogether(messages);
    } catch (error) {
      this.#present = undefined;
      const isOfAll = error instanceof StoreUnavailable || error instanceof OutcomeUnknown;
      return isOfAll ? messages.map((message) => this.#answerTo(error, message)) : undefined;
    }
  }

  async #decideTogether(messages: readonly Message[]): Promise<readonly (Written | Failed)[] | undefined> {
    const [first] = messages;
    if (first === undefined) return [];
    const wasKept = this.#present !== undefined;
    const sharing = await decideSharing(this.#world, messages, await this.#load(first));
    this.#shares = sharing !== undefined;
    if (sharing === undefined) return undefined;
    const isDurable = await commitSharing(this.#world, sharing);
    // A commit confirms what the refusals rest on; where there is none, they are held to what is stored.
    const isOutdated = sharing.commit === undefined && wasKept && (await this.#isMoved());
    this.#present = isDurable && !isOutdated ? sharing.after : undefined;
    return this.#present && sharing.replies;
  }

  async #serve(message: Message): Promise<Written | Failed> {
    if (message.trail !== undefined) message.trail.startedAtMs = performance.now();
    const dropped = notBegun(this.#world, message.context);
    if (dropped !== undefined) return dropped;
    try {
      for (let retry = 0; retry <= this.#world.limits.conflictRetriesMax; retry += 1) {
        const wasKept = this.#present !== undefined;
        const handled = await handleWrite(this.#world, message, this.#kept(message) ?? (await this.#load(message)));
        if (handled.kind === "answered" && !(wasKept && (await this.#isOutdated(handled.reply)))) {
          if (handled.after !== undefined) this.#present = handled.after;
          return handled.reply;
        }
        this.#present = undefined;
      }
      return outdone();
    } catch (error) {
      this.#present = undefined;
      return this.#answerTo(error, message);
    }
  }

  /** A refusal is only as good as what it was decided on: another process, or a composite action, may have moved the entity. */
  #isOutdated(reply: Written | Failed): boolean | Promise<boolean> {
    return reply.kind !== "written" && this.#isMoved();
  }

  async #isMoved(): Promise<boolean> {
    const row = await this.#world.store.row(this.#ref);
    return (row?.sequence ?? 0) !== (this.#present?.values === undefined ? 0 : this.#present.sequence);
  }

  /** The entity as it is in memory and as the revision knows it; undefined where it has to be read. */
  #kept({ revision }: Message): Present | undefined {
    return this.#fitted === revision.hash ? this.#present : undefined;
  }

  async #load(message: Message): Promise<Present> {
    // A history that cannot be read is asked for again at each message: once it is repaired the entity goes on, and never before.
    this.#present ??= await presentOf(this.#world, this.#ref);
    const { values, sequence } = this.#present;
    if (values !== undefined && this.#fitted !== message.revision.hash) {
      this.#present = { sequence, values: fittedFor(this.#world, message, values) };
    }
    this.#fitted = message.revision.hash;
    return this.#present;
  }

  #answerTo(error: unknown, { write }: Message): Failed {
    const known = storeFailure(error, this.#world.limits, write);
    if (known !== undefined) return known;
    this.#world.onInternalError(error);
    return failed("InternalError", "something went wrong in the service; nothing was changed");
  }
}

/** What only the revision that has taken over meanwhile knows of stays as it is. */
export function fittedFor({ succession }: World, { revision, type }: Message, values: Values): Values {
  const fitted = fitValues(type.descriptor, values);
  return revision === succession.current ? fitted : { ...values, ...fitted };
}
