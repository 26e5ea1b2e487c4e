/** The faults that a simulation can put in, by name, and how often each comes. */

export const faultNames = [
  ...(["delay", "drop", "duplicate", "reorder"] as const),
  ...(["crash", "crash-before-commit", "crash-before-reply", "crash-before-dispatch", "restart", "outage"] as const),
  ...(["store-error", "ambiguous", "torn-batch", "slow", "conflict"] as const),
  ...(["timer-late", "timer-early", "clock-skew", "clock-jump"] as const),
  ...(["call-fails", "call-times-out", "call-ambiguous"] as const),
  ...(["reload", "swap", "mailbox-full"] as const),
] as const;

export type Fault = (typeof faultNames)[number];

/** How often, as probabilities of one choice: a message, a call of the store, a wake-up, a start, a call to others, or a step. */
export const probabilities: Readonly<Record<Fault, number>> = {
  delay: 0.3,
  drop: 0.06,
  duplicate: 0.1,
  reorder: 0.15,
  crash: 0.002,
  "crash-before-commit": 0.03,
  "crash-before-reply": 0.03,
  "crash-before-dispatch": 0.15,
  restart: 0.004,
  outage: 0.0015,
  "store-error": 0.015,
  ambiguous: 0.02,
  "torn-batch": 0.1,
  slow: 0.06,
  conflict: 0.08,
  "timer-late": 0.1,
  "timer-early": 0.1,
  "clock-skew": 0.4,
  "clock-jump": 0.006,
  "call-fails": 0.3,
  "call-times-out": 0.3,
  "call-ambiguous": 0.3,
  reload: 0.008,
  swap: 0.01,
  "mailbox-full": 0.006,
};
