/** Other people's servers in a simulation: they answer, fail, time out, take their time, and remember what reached them. */
import type { HttpOutcome, HttpSender } from "@temperc/runtime";
import type { Chance } from "./chance.ts";
import type { Misfortune } from "./misfortune.ts";
import { type Fate, outgoingCall } from "./outgoing.ts";
import type { Life, Schedule } from "./schedule.ts";

export interface Partner {
  readonly schedule: Schedule;
  readonly chance: Chance;
  readonly misfortune: Misfortune;
  /** Told of each request that is sent, by its idempotency key. */
  readonly onCalled: (key: string) => void;
  /** Told of each that took effect at the partner's. */
  readonly onReached: (key: string) => void;
}

const answers: readonly HttpOutcome[] = [
  { kind: "answered", status: 200 },
  { kind: "answered", status: 204 },
];

/** The first of them is not tried again, the others are. */
const failures: readonly HttpOutcome[] = [
  { kind: "answered", status: 404 },
  { kind: "answered", status: 503 },
  { kind: "failed", reason: "the connection was refused" },
];

export function simulatedWebhooks(life: Life, partner: Partner): HttpSender {
  const { schedule, chance, misfortune, onCalled, onReached } = partner;
  return ({ method, headers, timeoutMs }) =>
    new Promise((resolve) => {
      if (!life.isAlive) return;
      const key = headers["idempotency-key"] ?? "";
      onCalled(key);
      const { fate, tookMs } = outgoingCall(chance, misfortune, timeoutMs);
      const outcome = outcomeOf(fate, chance);
      if (fate === "answered" || fate === "ambiguous") onReached(key);
      const label = `is answered ${method}: ${outcome.kind === "answered" ? outcome.status : outcome.reason}`;
      const run = (): void => resolve(outcome);
      schedule.add({ life, who: life.name, label, readyAt: schedule.now + tookMs, run });
    });
}

function outcomeOf(fate: Fate, chance: Chance): HttpOutcome {
  switch (fate) {
    case "answered":
      return chance.one(answers) ?? { kind: "answered", status: 200 };
    case "fails":
      return chance.one(failures) ?? { kind: "answered", status: 503 };
    case "times-out":
      return { kind: "failed", reason: "timed out", timedOut: true };
    case "ambiguous":
      return { kind: "failed", reason: "the connection was reset" };
  }
}
