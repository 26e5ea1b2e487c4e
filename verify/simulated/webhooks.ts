/** Other people's servers in a simulation: they answer, fail, time out, and take their time. */
import type { HttpOutcome, HttpSender } from "@temperc/runtime";
import type { Chance } from "./chance.ts";
import type { Life, Schedule } from "./schedule.ts";

const answerMsMax = 400;

const outcomes: readonly HttpOutcome[] = [
  { kind: "answered", status: 200 },
  { kind: "answered", status: 204 },
  { kind: "answered", status: 404 },
  { kind: "answered", status: 503 },
  { kind: "failed", reason: "the connection was reset" },
  { kind: "failed", reason: "timed out", timedOut: true },
];

export function simulatedWebhooks(schedule: Schedule, life: Life, chance: Chance): HttpSender {
  return ({ method }) =>
    new Promise((resolve) => {
      if (!life.isAlive) return;
      const outcome = chance.one(outcomes) ?? { kind: "refused", reason: "nobody is there" };
      const readyAt = schedule.now + chance.below(answerMsMax);
      schedule.add({ life, label: `${life.name} is answered ${method}`, readyAt, run: () => resolve(outcome) });
    });
}
