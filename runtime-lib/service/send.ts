/** Webhooks on their way: one request, and what its answer means for the entry and for the entity that asked. */
import type { Deed, HttpOutcome, Settlement } from "../ports/index.ts";
import { withSecrets } from "./secrets.ts";
import { again, done, type Trial } from "./trial.ts";

type WebhookDeed = Deed & { readonly kind: "webhook" };

/** Sends the request. A failure that another attempt may mend is tried again before it is called one. */
export async function send(trial: Trial, deed: WebhookDeed): Promise<Settlement> {
  const { ports, entry } = trial;
  if (ports.http === undefined) return { kind: "dead", reason: "this service sends no webhooks" };
  const request = withSecrets(deed, ports.secrets);
  if (request.kind === "unset") return { kind: "dead", reason: `the secret ${request.name} is not set` };
  const { url, body } = request;
  const { method, timeoutMs } = deed;
  const span = ports.telemetry?.span?.(`webhook ${method}`, "client", entry.traceparent);
  const traceparent = span?.traceparent ?? entry.traceparent;
  const headers = { ...request.headers, "idempotency-key": entry.key, ...(traceparent && { traceparent }) };
  const outcome = await ports.http({ url, method, headers, body, timeoutMs, signal: ports.signal });
  span?.end(spanAttributes(url, method, outcome), outcome.kind === "answered" ? undefined : outcome.reason);
  if (ports.signal.aborted && outcome.kind === "failed") return { kind: "released" };
  return sent(trial, deed, outcome);
}

/** The host, and neither path nor query: secrets may stand in those. */
function spanAttributes(url: string, method: string, outcome: HttpOutcome): Readonly<Record<string, string | number>> {
  const status = outcome.kind === "answered" ? { "http.response.status_code": outcome.status } : {};
  const host = URL.canParse(url) ? new URL(url).hostname : "";
  return { "http.request.method": method, "server.address": host, ...status };
}

function sent(trial: Trial, { onSuccess, onFailure, routes = [] }: WebhookDeed, outcome: HttpOutcome): Settlement {
  const result = outcome.kind === "answered" ? `HTTP ${outcome.status}` : outcome.reason;
  if (outcome.kind === "answered" && outcome.status >= 200 && outcome.status < 300)
    return done(trial, result, onSuccess);
  const retry = isWorthRetrying(outcome) ? again(trial, result) : undefined;
  if (retry !== undefined) return retry;
  const categories = categoriesOf(outcome);
  const route = routes.find(({ category }) => categories.includes(category));
  const action = route?.action ?? onFailure;
  return action === null ? { kind: "dead", reason: result } : done(trial, result, action);
}

/** What a failure is called in `failure_routes`. */
function categoriesOf(outcome: HttpOutcome): readonly string[] {
  if (outcome.kind === "answered") return [`http_${outcome.status}`, `http_${Math.floor(outcome.status / 100)}xx`];
  if (outcome.kind === "refused") return ["refused"];
  return [outcome.timedOut === true ? "timeout" : "network"];
}

/** A 4xx says that the same request will be refused again (RFC 9110, section 15.5), but for those that say when or how fast. */
function isWorthRetrying(outcome: HttpOutcome): boolean {
  if (outcome.kind !== "answered") return outcome.kind === "failed";
  return outcome.status >= 500 || [408, 425, 429].includes(outcome.status);
}
