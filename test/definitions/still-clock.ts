/** A clock that a test reads off as it likes, and by which nobody is ever woken. */
import { type Clock, systemClock } from "@temperc/runtime";

export function stillClock(now: () => number): Clock {
  return { now, wakeAt: () => () => undefined, turn: systemClock.turn };
}
