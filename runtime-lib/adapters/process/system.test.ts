/** The real clock, where somebody sets it while a sleeper sleeps. */
import { afterEach, expect, test } from "vitest";
import { systemClock } from "./system.ts";

const realNow = Date.now;
const dayMs = 86_400_000;

afterEach(() => {
  Date.now = realNow;
});

/** How long somebody sleeps that is to be woken in so many milliseconds, where the clock is set at once. */
function slept(ms: number, setByMs: number): Promise<number> {
  const from = performance.now();
  return new Promise((resolve) => {
    systemClock.wakeAt(systemClock.now() + ms, () => resolve(performance.now() - from));
    Date.now = () => realNow() + setByMs;
    // The clock's timers keep no process alive.
    setTimeout(() => resolve(Number.POSITIVE_INFINITY), 5_000);
  });
}

test("whoever sleeps is woken in its time, and no later where the clock is set back by a day", async () => {
  for (const setByMs of [0, -dayMs]) {
    const ms = await slept(50, setByMs);
    Date.now = realNow;
    expect(ms).toBeGreaterThanOrEqual(49);
    expect(ms).toBeLessThan(5_000);
  }
});
