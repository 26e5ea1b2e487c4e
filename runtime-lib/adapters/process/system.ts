/** The real clock and real identifiers. */
import { uuidv7 } from "uuidv7";
import type { Clock, Ids } from "../../ports/index.ts";

export const systemClock: Clock = { now: () => Date.now() };

/** UUIDv7 (RFC 9562), ascending within the process. */
export const uuidv7Ids: Ids = { next: () => uuidv7() };
