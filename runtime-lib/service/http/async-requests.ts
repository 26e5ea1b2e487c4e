/** `Prefer: respond-async`: the answer is fetched later, from a monitor (OData 4.01 part 1, section 11.6). */
import { randomUUID } from "node:crypto";
import type { CallContext, KeptAnswers } from "../call.ts";
import { failed, isFailed } from "../odata/failure.ts";
import { messageReply, type Outgoing, outgoingOf, outgoingText } from "./outgoing.ts";
import { errorReply } from "./replies.ts";

/** How long a caller waits for the answer itself, in milliseconds; undefined where it waits until it comes (RFC 7240, section 4). */
export function patienceOf(prefer: string | undefined): number | undefined {
  if (prefer === undefined || !/(?:^|[,;\s])respond-async\s*(?:[,;]|$)/i.test(prefer)) return undefined;
  const seconds = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,5})"?/i.exec(prefer)?.[1];
  return Number(seconds ?? 0) * 1_000;
}

export interface Run {
  readonly kept: KeptAnswers;
  readonly context: CallContext;
  readonly patienceMs: number;
  readonly serviceRoot: string;
  readonly bytesMax: number;
  /** Begins the work, which nobody waits for any more once the signal is aborted. It never rejects. */
  readonly work: (signal: AbortSignal) => Promise<Outgoing>;
}

export interface Monitor {
  readonly kept: KeptAnswers;
  readonly context: CallContext;
  readonly id: string;
  readonly serviceRoot: string;
  /** True for clients that want the whole response as a message: those of 4.0, and those that accept `application/http`. */
  readonly isMessage: boolean;
}

/** Requests of this process whose callers do not wait. */
export class AsyncRequests {
  readonly #runs = new Map<string, { readonly ended: Promise<void>; readonly aborter: AbortController }>();

  /** What the caller is told at once: the answer, where it comes in time or cannot be kept, or where it will be. */
  async begin({ kept, context, patienceMs, serviceRoot, bytesMax, work }: Run): Promise<Outgoing> {
    const aborter = new AbortController();
    const answered = work(aborter.signal);
    const early = patienceMs === 0 ? undefined : await within(patienceMs, answered);
    if (early !== undefined) return early;
    const id = randomUUID();
    // What cannot be kept is waited for: a preference is no demand.
    if ((await kept.begin(context, id)) !== true) return answered;
    const ended = answered.then(async (outgoing) => {
      await kept.finish(context, id, outgoingText(bounded(outgoing, bytesMax)));
      this.#runs.delete(id);
    });
    this.#runs.set(id, { ended, aborter });
    return workedOn(`${serviceRoot}$async/${id}`, { "preference-applied": "respond-async" });
  }

  /** What the monitor answers: 202 as long as the request is worked on, and then what came of it. */
  async read({ kept, context, id, serviceRoot, isMessage }: Monitor): Promise<Outgoing> {
    const found = await kept.find(context, id);
    if (isFailed(found)) return { reply: errorReply(found, undefined) };
    if (found.kind === "worked-on") return workedOn(`${serviceRoot}$async/${id}`, {});
    const outgoing = found.kind === "done" ? outgoingOf(found.reply) : { reply: errorReply(lost, undefined) };
    return isMessage ? { reply: messageReply(outgoing) } : resultOf(outgoing);
  }

  /** Nobody wants the answer any more: what has not begun by now is not done. */
  async cancel({ kept, context, id }: Monitor): Promise<Outgoing> {
    const dropped = await kept.drop(context, id);
    if (isFailed(dropped)) return { reply: errorReply(dropped, undefined) };
    this.#runs.get(id)?.aborter.abort();
    return { reply: { status: 204, body: undefined } };
  }

  /** Resolves when all that was begun is answered and kept. */
  async ended(): Promise<void> {
    await Promise.all([...this.#runs.values()].map(({ ended }) => ended));
  }
}

function within<T>(ms: number, answered: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms, undefined);
    answered.then((answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
}

function workedOn(location: string, headers: Readonly<Record<string, string>>): Outgoing {
  return { reply: { status: 202, body: undefined, headers: { location, "retry-after": "1", ...headers } } };
}

const lost = failed(
  "OutcomeUnknown",
  "the server that worked on this is gone: send it again with its Idempotency-Key, or read first what became of it",
);

function bounded(outgoing: Outgoing, bytesMax: number): Outgoing {
  const size = Buffer.byteLength(outgoing.reply.body ?? "");
  if (size <= bytesMax) return outgoing;
  const message = `the answer has ${size} bytes, more than ${bytesMax} (asyncAnswerBytesMax): ask for less at once`;
  return { ...outgoing, reply: errorReply(failed("InvalidRequest", message), undefined) };
}

/** The answer as that of the monitor, whose own status says only that there is one. */
function resultOf({ reply, ...served }: Outgoing): Outgoing {
  const headers = { ...reply.headers, asyncresult: String(reply.status) };
  return { ...served, reply: { ...reply, status: 200, headers } };
}
