/** Clock and ids of a simulated process: virtual time, seen through a clock that is skewed and jumps, and wake-ups that are not on time. */
import type { Clock, Ids } from "@temperc/runtime";
import type { Chance } from "./chance.ts";
import type { Misfortune } from "./misfortune.ts";
import type { Life, Schedule } from "./schedule.ts";

/** Any wake-up comes late by up to this, in milliseconds. */
const jitterMsMax = 20;
const lateMsMax = 5_000;
const earlyMsMax = 500;

export function simulatedClock(schedule: Schedule, life: Life, chance: Chance, misfortune: Misfortune): Clock {
  const offset = (): number => {
    if (misfortune.strikes("timer-late")) return chance.below(lateMsMax);
    return misfortune.strikes("timer-early") ? -chance.below(earlyMsMax) : chance.below(jitterMsMax);
  };
  return {
    now: () => schedule.now + life.skewMs,
    wakeAt: (at, wake) => {
      if (!life.isAlive) return () => undefined;
      return schedule.add({ life, who: life.name, label: "wakes", readyAt: at - life.skewMs + offset(), run: wake });
    },
    // Others have one at each answer of the store already.
    turn: async () => undefined,
  };
}

/** UUIDv7 (RFC 9562) of virtual time and a number that counts up: all lives share `count`, so no two are alike. */
export function simulatedIds(schedule: Schedule, count: { value: number }): Ids {
  return {
    next: () => {
      count.value += 1;
      const time = schedule.now.toString(16).padStart(12, "0");
      const tail = count.value.toString(16).padStart(12, "0");
      return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${tail}`;
    },
  };
}
