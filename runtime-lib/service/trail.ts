/** How one write went, noted along its path for telemetry. */
import type { Commit } from "../ports/index.ts";

/** The one mutable value of a request: times and counts, nothing that decides. Times are of a clock that only goes forward. */
export class Trail {
  readonly beganAtMs = performance.now();
  /** When its turn came. */
  startedAtMs: number | undefined;
  commitMs = 0;
  evaluations = 0;
  committed: Commit | undefined;
  /** A policy refused it, also where the caller is told that there is nothing. */
  isDenied = false;
}
