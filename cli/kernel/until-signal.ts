/** Waits for the signal that ends a server. */

/** How long requests in flight may take after a signal before the process ends without them. */
const graceMs = 10_000;

/** Resolves on SIGINT or SIGTERM. From then on a second signal, or `graceMs`, ends the process at once with exit code 1. */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    const signals = ["SIGINT", "SIGTERM"] as const;
    const end = (): void => {
      for (const signal of signals) process.off(signal, end).on(signal, () => process.exit(1));
      setTimeout(() => process.exit(1), graceMs).unref();
      resolve();
    };
    for (const signal of signals) process.on(signal, end);
  });
}
