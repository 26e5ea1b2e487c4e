/** Preloaded into a process whose clock a test sets: the time of day is as many milliseconds off as the file says. Timers are as ever. */
import { readFileSync } from "node:fs";

const file = process.env.TEMPERC_TEST_CLOCK;
const lookedAtEveryMs = 5;
const RealDate = globalThis.Date;
let [offset, lookedAt] = [0, Number.NEGATIVE_INFINITY];

function now() {
  if (performance.now() - lookedAt >= lookedAtEveryMs) {
    lookedAt = performance.now();
    offset = Number(readFileSync(file, "utf8"));
  }
  return RealDate.now() + offset;
}

if (file !== undefined) {
  globalThis.Date = class extends RealDate {
    constructor(...given) {
      if (given.length === 0) super(now());
      else super(...given);
    }

    static now() {
      return now();
    }
  };
}
