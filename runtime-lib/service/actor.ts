/** One entity's actor: a bounded mailbox, one message at a time, its values folded from the journal. */
import { fitValues } from "../kernel/index.ts";
import type { EntityRef } from "../ports/index.ts";
import type { Failed, Written } from "./call.ts";
import { failed, storeFailure } from "./failures.ts";
import { type Handled, handleWrite, refusalOf } from "./handle.ts";
import { Mailbox } from "./mailbox.ts";
import type { Message } from "./permit.ts";
import { presentOf } from "./present.ts";
import type { Present } from "./readings.ts";
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
      next.answer(await this.#serve(next.message));
    }
    this.#running = false;
  }

  async #serve(message: Message): Promise<Written | Failed> {
    const { deadlineAt } = message.context;
    if (message.trail !== undefined) message.trail.startedAtMs = performance.now();
    if (deadlineAt !== undefined && this.#world.clock.now() > deadlineAt) {
      return failed("DeadlineExceeded", "the deadline passed before the request could start", {
        retryAfterSeconds: this.#world.limits.retryAfterSeconds,
      });
    }
    try {
      return await this.#attempts(message);
    } catch (error) {
      this.#present = undefined;
      return this.#answerTo(error, message);
    }
  }

  async #attempts(message: Message): Promise<Written | Failed> {
    for (let retry = 0; retry <= this.#world.limits.conflictRetriesMax; retry += 1) {
      const wasKept = this.#present !== undefined;
      const handled: Handled = await handleWrite(this.#world, message, await this.#load(message));
      const isOutdated = handled.kind === "conflict" || (wasKept && (await this.#isOutdated(handled.reply)));
      if (!isOutdated && handled.kind === "answered") {
        if (handled.after !== undefined) this.#present = handled.after;
        return handled.reply;
      }
      this.#present = undefined;
    }
    return refusalOf(this.#world.limits, "conflict");
  }

  /** A refusal is only as good as what it was decided on: another process, or a composite action, may have moved the entity. */
  async #isOutdated(reply: Written | Failed): Promise<boolean> {
    if (reply.kind === "written") return false;
    const row = await this.#world.store.row(this.#ref);
    return (row?.sequence ?? 0) !== (this.#present?.values === undefined ? 0 : this.#present.sequence);
  }

  async #load(message: Message): Promise<Present> {
    // A history that cannot be read is asked for again at each message: once it is repaired the entity goes on, and never before.
    this.#present ??= await presentOf(this.#world, this.#ref);
    const { values, sequence } = this.#present;
    if (values !== undefined && this.#fitted !== message.revision.hash) {
      this.#present = { sequence, values: fitValues(message.type.descriptor, values) };
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
