/** The span of one request: what it causes is a part of it. */
import type { FastifyRequest } from "fastify";
import type { Telemetry } from "../../ports/index.ts";
import type { CallContext } from "../call.ts";

export interface TracedCall {
  readonly context: CallContext;
  /** To be called with the status of the answer; undefined where nobody wants to know. */
  readonly ended?: (status: number) => void;
}

/** The call within a span of its own, where telemetry has spans; otherwise the call as it is. */
export function tracedCall(
  telemetry: Telemetry | undefined,
  { context }: { readonly context: CallContext },
  request: FastifyRequest,
): TracedCall {
  const span = telemetry?.span?.(request.method, "server", context.traceparent);
  if (span === undefined) return { context };
  const ended = (status: number): void => {
    const [path] = (request.raw.url ?? "").split("?");
    const attributes = {
      "http.request.method": request.method,
      "url.path": path,
      "http.response.status_code": status,
      "network.protocol.version": request.raw.httpVersion,
    };
    span.end(attributes, status >= 500 ? String(status) : undefined);
  };
  return { context: { ...context, traceparent: span.traceparent }, ended };
}
