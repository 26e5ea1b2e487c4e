/** Clock and ids of a simulated process: virtual time, seen through a clock that is skewed and jumps. */
import type { Clock, Ids } from "@temperc/runtime";
import type { Chance } from "./chance.ts";
import type { Life, Schedule } from "./schedule.ts";

/** A wake-up may come late by as much, in milliseconds; a clock that has been set back makes it come early. */
const lateMsMax = 400;

export function simulatedClock(schedule: Schedule, life: Life, chance: Chance): Clock {
  return {
    now: () => schedule.now + life.skewMs,
    wakeAt: (at, wake) => {
      if (!life.isAlive) return () => undefined;
      const readyAt = at - life.skewMs + chance.below(lateMsMax);
      return schedule.add({ life, label: `${life.name} wakes`, readyAt, run: wake });
    },
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
