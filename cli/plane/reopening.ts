/** Tenants whose store was away when the host started: they are tried again until it is back, and nobody has to restart the host. */

export interface ReopeningPorts {
  readonly everyMs: number;
  /** False where the tenant's store is away still. */
  readonly reopen: (tenant: string) => Promise<boolean>;
}

/** The answer ends it, once what is under way has ended. */
export function reopening(waiting: readonly string[], { everyMs, reopen }: ReopeningPorts): () => Promise<void> {
  let left = waiting;
  let isOver = false;
  let round: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const again = async (): Promise<void> => {
    const away: string[] = [];
    for (const tenant of left) if (isOver || !(await reopen(tenant))) away.push(tenant);
    left = away;
    plan();
  };
  const plan = (): void => {
    if (left.length === 0 || isOver) return;
    timer = setTimeout(() => {
      round = again();
    }, everyMs).unref();
  };
  plan();
  return () => {
    isOver = true;
    clearTimeout(timer);
    return round;
  };
}
