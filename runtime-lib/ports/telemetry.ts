/** The telemetry port: what a handled action was, told once as one wide event, and the trace that it is part of. */
import type { Value } from "../kernel/index.ts";

/** One handled action: a creation, a change, a deletion or an action of the automaton, by a caller or as a delivery. */
export interface WideEvent {
  /** `Order.SubmitOrder`, `Order.create`: as many as the definition has. */
  readonly name: string;
  /** Few values each: what metrics are labelled with. */
  readonly tags: {
    readonly entityType: string;
    /** An action of the automaton, `create`, `update` or `delete`; `unknown` where the definition has none of that name. */
    readonly action: string;
    /** `ok`, or the error code. */
    readonly code: string;
    readonly source: "call" | "delivery";
    /** The status before and after, where a change was committed and the type has statuses. */
    readonly from?: string;
    readonly to?: string;
  };
  /** Many values each: what an event is found by. */
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** Milliseconds and counts. */
  readonly measurements: {
    readonly durationMs: number;
    /** In the queue of its entity. */
    readonly waitedMs: number;
    /** Until what it changed was durable. */
    readonly commitMs: number;
    /** How often it was evaluated: more than once where other writers were faster. */
    readonly evaluations: number;
    /** Events and outbox entries that were committed with it. */
    readonly events: number;
    readonly asked: number;
  };
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

export type SpanKind = "server" | "internal" | "client" | "consumer";

/** Something with a beginning and an end within a trace. */
export interface Span {
  /** What those that it causes continue (W3C Trace Context). */
  readonly traceparent: string;
  end(attributes: Readonly<Record<string, Value | undefined>>, error?: string): void;
}

/** Where telemetry goes. Everything in it is optional, and what is not there costs nothing. */
export interface Telemetry {
  /** Begins a span that continues the trace of `parent`, or begins one. */
  readonly span?: (name: string, kind: SpanKind, parent: string | undefined) => Span;
  /** Told of every handled action, after its reply is known. Must not throw and not wait. */
  readonly handled?: (event: WideEvent) => void;
}
