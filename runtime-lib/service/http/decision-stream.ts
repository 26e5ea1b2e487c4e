/** `…/decisions/stream`: server-sent events, one for each decision that is new or has changed; resumable by the last event's id. */
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { DecisionQuery } from "../../ports/index.ts";
import { timeOf } from "../decisions/decide.ts";
import { failed } from "../odata/failure.ts";
import { RequestCredentials } from "./caller.ts";
import { published } from "./decision-json.ts";
import type { ApiAnswer, ApiCall } from "./tenant-api.ts";

const batchMax = 100;
/** How long nothing may be said, so that proxies keep the connection. */
const silenceMs = 15_000;

/** The connection ends with the stream: kept alive, it would keep a closing server waiting. */
const streamHeaders = {
  "content-type": "text/event-stream",
  "cache-control": "no-store",
  "x-accel-buffering": "no",
  connection: "close",
};

export class DecisionStreams {
  readonly #open = new Set<AbortController>();

  /** Begins with what is there; from then on each change, those of other processes after `decisionPollMs`. */
  open(call: ApiCall, seen: Pick<DecisionQuery, "principal">): ApiAnswer {
    const { limits } = call.governance.world;
    if (this.#open.size >= limits.decisionStreamsMax) {
      return failed("Overloaded", `${limits.decisionStreamsMax} streams are open (decisionStreamsMax)`);
    }
    const last = call.request.headers["last-event-id"];
    const mark = typeof last === "string" && /^\d{1,15}$/.test(last) ? Number(last) : 0;
    const ending = new AbortController();
    const raw = call.reply.hijack().raw;
    this.#open.add(ending);
    raw.on("close", () => ending.abort());
    raw.writeHead(200, streamHeaders);
    raw.flushHeaders();
    follow(call, { raw, seen, mark, ending: ending.signal })
      .catch((error: Error) => call.request.log.error({ err: error }, "a stream of decisions ended early"))
      .finally(() => {
        this.#open.delete(ending);
        raw.end();
      });
    return undefined;
  }

  /** Ends all of them, so that the server can close. */
  async end(): Promise<void> {
    for (const ending of this.#open) ending.abort();
  }
}

interface Following {
  readonly raw: ServerResponse;
  readonly seen: Pick<DecisionQuery, "principal">;
  readonly mark: number;
  readonly ending: AbortSignal;
}

async function follow(call: ApiCall, { raw, seen, mark, ending }: Following): Promise<void> {
  const { governance, context } = call;
  const { store, limits } = governance.world;
  let after = mark;
  let saidAt = performance.now();
  const say = async (text: string): Promise<void> => {
    saidAt = performance.now();
    if (!raw.write(text)) await once(raw, "drain", { signal: ending });
  };
  while (!ending.aborted) {
    const query = { tenant: context.tenant, now: timeOf(governance), afterMark: after, top: batchMax, ...seen };
    const changed = await store.decisions.decisions(query);
    if (changed.length > 0 && !(await isStillKnown(call))) return;
    for (const decision of changed) {
      await say(
        `id: ${decision.mark}\nevent: decision\ndata: ${JSON.stringify(published(decision, call.identity.kind))}\n\n`,
      );
      after = decision.mark;
    }
    if (changed.length === batchMax) continue;
    if (performance.now() - saidAt >= silenceMs) await say(": still here\n\n");
    await news(call, limits.decisionPollMs, ending);
  }
}

/** A key that was revoked meanwhile is told nothing more. */
async function isStillKnown({ authenticate, request, identity }: ApiCall): Promise<boolean> {
  const now = await authenticate(new RequestCredentials(request));
  return now?.kind === identity.kind;
}

/** Resolves when a decision of the tenant has changed in this process, after the time, or when the stream ends. */
function news({ governance, context }: ApiCall, pollMs: number, ending: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      silence();
      ending.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, pollMs).unref();
    const silence = governance.listen((tenant) => {
      if (tenant === context.tenant) done();
    });
    ending.addEventListener("abort", done);
    if (ending.aborted) done();
  });
}
