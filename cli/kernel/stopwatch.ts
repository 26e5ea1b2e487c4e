/** Measures the stages of a run on the monotonic clock. */

/** Milliseconds by stage, in the order in which the stages began. */
export type Timings = Readonly<Record<string, number>>;

export interface Stopwatch {
  /** Runs a stage and adds what it took under its name. */
  readonly time: <T>(stage: string, work: () => T | Promise<T>) => Promise<T>;
  readonly timings: () => Timings;
}

export function startStopwatch(): Stopwatch {
  const spent = new Map<string, number>();
  const time = async <T>(stage: string, work: () => T | Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    spent.set(stage, spent.get(stage) ?? 0);
    try {
      return await work();
    } finally {
      spent.set(stage, (spent.get(stage) ?? 0) + performance.now() - startedAt);
    }
  };
  return { time, timings: () => Object.fromEntries([...spent].map(([stage, ms]) => [stage, rounded(ms)])) };
}

/** `compile 31 ms, emit 12 ms, …`. */
export function printTimings(timings: Timings): string {
  return Object.entries(timings)
    .map(([stage, ms]) => `${stage} ${Math.round(ms)} ms`)
    .join(", ");
}

/** Tenths of a millisecond: more digits are noise. */
function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
