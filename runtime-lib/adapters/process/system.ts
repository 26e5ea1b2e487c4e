/** The real clock and real identifiers. */
import { uuidv7 } from "uuidv7";
import type { Clock, Ids } from "../../ports/index.ts";

/** As far as Node's timers reach; what is later is looked at again then. */
const sleepMaxMs = 2 ** 31 - 1;

/** Its timers do not keep the process alive. */
export const systemClock: Clock = { now: () => Date.now(), wakeAt };

function wakeAt(at: number, wake: () => void): () => void {
  let timer: NodeJS.Timeout;
  const sleep = (): void => {
    const ms = Math.min(Math.max(0, at - Date.now()), sleepMaxMs);
    timer = setTimeout(() => (Date.now() < at ? sleep() : wake()), ms).unref();
  };
  sleep();
  return () => clearTimeout(timer);
}

/** UUIDv7 (RFC 9562), ascending within the process. */
export const uuidv7Ids: Ids = { next: () => uuidv7() };
