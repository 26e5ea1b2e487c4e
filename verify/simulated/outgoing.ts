/** Calls to code that is not ours: what becomes of one is chosen here, whatever carries it. */
import type { Chance } from "./chance.ts";
import type { Misfortune } from "./misfortune.ts";

/** What carries the call turns this into its own errors. `ambiguous`: it took effect there, and the answer is lost. */
export type Fate = "answered" | "fails" | "times-out" | "ambiguous";

export interface OutgoingCall {
  readonly fate: Fate;
  /** How long the answer, or the end of patience, takes. */
  readonly tookMs: number;
}

const answerMsMax = 400;

export function outgoingCall(chance: Chance, misfortune: Misfortune, timeoutMs: number): OutgoingCall {
  const tookMs = Math.min(timeoutMs, chance.below(answerMsMax));
  if (misfortune.strikes("call-times-out")) return { fate: "times-out", tookMs: timeoutMs };
  if (misfortune.strikes("call-ambiguous")) return { fate: "ambiguous", tookMs };
  return { fate: misfortune.strikes("call-fails") ? "fails" : "answered", tookMs };
}
