/** The port to other people's servers: one request, one answer, within limits. */

export interface HttpRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly timeoutMs: number;
  /** Ends the request early. */
  readonly signal: AbortSignal;
}

/** `refused`: it was not sent, and never will be as it is. `failed`: it may or may not have arrived. */
export type HttpOutcome =
  | { readonly kind: "answered"; readonly status: number }
  | { readonly kind: "failed" | "refused"; readonly reason: string; readonly timedOut?: boolean };

/** Follows no redirects, reads no more of an answer than it must, never rejects. */
export type HttpSender = (request: HttpRequest) => Promise<HttpOutcome>;
