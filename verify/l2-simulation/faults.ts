/** The faults that a simulation can put in, by name, and how often each comes. */

export const faultNames = [
  "delay",
  "drop",
  "duplicate",
  "crash",
  "store-error",
  "ambiguous",
  "slow",
  "clock",
  "reload",
  "swap",
] as const;

export type Fault = (typeof faultNames)[number];

/** How often, as probabilities of one choice: a message, a call of the store, or a step. */
export const probabilities: Readonly<Record<Fault, number>> = {
  delay: 0.3,
  drop: 0.08,
  duplicate: 0.1,
  crash: 0.006,
  "store-error": 0.015,
  ambiguous: 0.02,
  slow: 0.08,
  clock: 0.006,
  reload: 0.01,
  swap: 0.01,
};
