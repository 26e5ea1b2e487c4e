/** `GET $events`: the journal as server-sent events, as far as the caller may read it, from any position again. */
import type { ServerResponse } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Values } from "../../kernel/index.ts";
import type { FeedEvent, FeedPosition, Principal } from "../../ports/index.ts";
import type { CallContext, Calls, EventPages, EventSource, Failed } from "../call.ts";
import { failed } from "../failures.ts";
import { collectionOfId, urlOfId } from "../odata/entity-json.ts";
import { isFailed } from "../odata/failure.ts";
import { type Routes, routesOf, type SetRoute } from "../odata/routes.ts";
import { type EventSelection, eventSelection } from "./event-options.ts";
import { headerOf } from "./exchange.ts";
import { isDrained, Wakeful } from "./stream-waits.ts";
import type { TrafficLimits } from "./traffic-limits.ts";

/** A request for a stream whose caller is known. */
export interface StreamRequest {
  /** The one that serves the caller's tenant. */
  readonly service: Calls & EventSource;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly context: CallContext;
  readonly serviceRoot: string;
  /** Whether the credential is good still. */
  readonly isStillKnown: () => Promise<boolean>;
}

/** The streams that are open. One a mount; closing it ends them all. */
export class EventStreams {
  readonly #limits: TrafficLimits;
  readonly #open = new Set<Stream>();

  constructor(limits: TrafficLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Answers with the stream, which goes on after this resolves; or says why there is none, and nothing is sent yet. */
  async serve(asked: StreamRequest): Promise<Failed | undefined> {
    const { request, context, service } = asked;
    const full = this.#refusal(context.principal);
    if (full !== undefined) return full;
    const accept = headerOf(request.headers, "accept") ?? "*/*";
    if (!/text\/event-stream|text\/\*|\*\/\*/.test(accept)) {
      return failed("NotAcceptable", "a stream of events is text/event-stream", { target: "Accept" });
    }
    const selection = eventSelection(request, routesOf(service.definition));
    if (isFailed(selection)) return selection;
    const after = selection.after ?? (await service.eventsEnd());
    if (typeof after !== "string") return after;
    const stream = new Stream({ limits: this.#limits, asked, selection, after });
    // Counted before anything is awaited, so that no burst of requests gets past the limit.
    this.#open.add(stream);
    const refused = await stream.begin();
    if (refused === undefined) void stream.run().finally(() => this.#open.delete(stream));
    else this.#open.delete(stream);
    return refused;
  }

  #refusal(principal: Principal): Failed | undefined {
    const { eventStreamsMax, eventStreamsPerPrincipalMax } = this.#limits;
    const own = [...this.#open].filter((stream) => stream.isOf(principal)).length;
    const reached =
      this.#open.size >= eventStreamsMax
        ? `${eventStreamsMax} streams are open already (eventStreamsMax)`
        : own >= eventStreamsPerPrincipalMax
          ? `the caller has ${eventStreamsPerPrincipalMax} streams open already (eventStreamsPerPrincipalMax)`
          : undefined;
    return reached === undefined ? undefined : failed("Overloaded", reached, { retryAfterSeconds: 5 });
  }

  /** Ends every stream; each reader can come back with the last id that it saw. */
  close(): void {
    for (const stream of this.#open) stream.end("the service is closing");
  }
}

interface StreamSetting {
  readonly limits: TrafficLimits;
  readonly asked: StreamRequest;
  readonly selection: EventSelection;
  readonly after: FeedPosition;
}

class Stream {
  readonly #setting: StreamSetting;
  readonly #raw: ServerResponse;
  readonly #reader: EventPages;
  readonly #wakeful = new Wakeful();
  #position: FeedPosition;
  /** The last position that the reader was told. */
  #told: FeedPosition;
  #isEnded = false;

  constructor(setting: StreamSetting) {
    this.#setting = setting;
    this.#raw = setting.asked.reply.raw;
    this.#reader = setting.asked.service.events(setting.asked.context, setting.selection.filter);
    this.#position = setting.after;
    this.#told = setting.after;
  }

  isOf({ tenant, type, id }: Principal): boolean {
    const { principal } = this.#setting.asked.context;
    return principal.id === id && principal.type === type && principal.tenant === tenant;
  }

  /** Sends the head, once the position is known to be one. */
  async begin(): Promise<Failed | undefined> {
    const { asked } = this.#setting;
    const first = await this.#reader.next(this.#position, 1);
    if (first.kind === "failed") return first;
    asked.reply.hijack();
    this.#raw.on("close", () => this.#close());
    this.#raw.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      // So that a proxy in front of us does not collect what is meant to arrive now.
      "x-accel-buffering": "no",
      "temperc-revision": asked.service.revision,
    });
    this.#raw.write(`retry: 1000\nid: ${this.#position}\n\n`);
    return undefined;
  }

  /** Resolves when the stream has ended. */
  async run(): Promise<void> {
    const { asked, limits } = this.#setting;
    const quiet = asked.service.onCommitted(() => this.#wakeful.wake());
    const beat = setInterval(() => void this.#beat(), limits.streamHeartbeatMs);
    try {
      while (!this.#isEnded) await this.#turn();
    } catch {
      // What the journal holds cannot be read; that is told where it happens, and here the reader must not wait for more.
      this.end("the journal cannot be read");
    } finally {
      quiet();
      clearInterval(beat);
    }
  }

  /** One page, and where that was the last, the wait for more. */
  async #turn(): Promise<void> {
    const { limits } = this.#setting;
    const page = await this.#reader.next(this.#position, limits.streamPageMax);
    if (page.kind === "failed") return this.end(page.message);
    for (const event of page.events) await this.#send(event);
    const isLast = page.through === this.#position;
    this.#position = page.through;
    if (isLast && !this.#isEnded) await this.#wakeful.wait(limits.streamBatchMs);
  }

  async #send(each: FeedEvent): Promise<void> {
    if (this.#isEnded) return;
    const text = eventText(each, routesOf(this.#setting.asked.service.definition), this.#setting.asked.serviceRoot);
    if (text === undefined) return;
    this.#told = each.position;
    if (this.#raw.write(`id: ${each.position}\ndata: ${text}\n\n`)) return;
    if (!(await isDrained(this.#raw, this.#setting.limits.streamStallMs))) this.#raw.destroy();
  }

  /** Shows that the stream is alive and where it stands, and ends it where the credential is good no longer. */
  async #beat(): Promise<void> {
    const isKnown = await this.#setting.asked.isStillKnown().catch(() => true);
    if (!isKnown) return this.end("the credential is not good any more");
    if (this.#isEnded || this.#raw.writableNeedDrain) return;
    const moved = this.#told === this.#position ? "" : `id: ${this.#position}\n`;
    this.#told = this.#position;
    this.#raw.write(`: alive\n${moved}\n`);
  }

  /** Says why, and ends. */
  end(reason: string): void {
    if (this.#isEnded) return;
    this.#raw.end(`event: end\ndata: ${JSON.stringify({ reason })}\n\n`);
    this.#close();
    // Whoever reads nothing would keep the connection for as long as it likes.
    setTimeout(() => this.#raw.destroy(), 1_000).unref();
  }

  #close(): void {
    this.#isEnded = true;
    this.#wakeful.wake();
  }
}

/** What is told of an event; undefined where no set has its entities any more. */
function eventText({ event }: FeedEvent, routes: Routes, serviceRoot: string): string | undefined {
  const set = routes.types.get(event.entityType);
  if (set === undefined) return undefined;
  const { eventId, entityId, sequence, kind, action, from, to, outputs, at } = event;
  const { correlationId, causationId, specHash: revision } = event;
  const changes = shownChanges(event.delta, set);
  const url = urlOfId(serviceRoot, set, entityId);
  const what = {
    eventId,
    set: collectionOfId(set, entityId),
    key: entityId,
    "@odata.id": url,
    sequence,
    kind,
    action,
    from,
    to,
  };
  return JSON.stringify({ ...what, changes, outputs, correlationId, causationId, revision, at });
}

/** Of the properties that the type has today; parameters and who asked are nobody's business but the journal's. */
function shownChanges(delta: Values, { properties }: SetRoute): Values {
  return Object.fromEntries(Object.entries(delta).filter(([name]) => properties.has(name)));
}
