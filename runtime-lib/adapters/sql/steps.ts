/** Work on a database as steps, one statement after the other: how it is run, at once in a file or in turn on a server, they do not say. */
import type { Cell } from "./columns.ts";

export interface Statement {
  readonly sql: string;
  readonly cells: readonly Cell[];
}

/** Gives its statements one after the other, and is given the first column of each one's rows. */
export type Steps<T> = Generator<Statement, T, readonly string[]>;

export function statement(sql: string, ...cells: readonly Cell[]): Statement {
  return { sql, cells };
}

/** Runs the steps where every statement is answered at once. */
export function runAtOnce<T>(steps: Steps<T>, run: (statement: Statement) => readonly string[]): T {
  let step = steps.next();
  while (step.done !== true) step = steps.next(run(step.value));
  return step.value;
}

/** Runs the steps, each when the one before has been answered. */
export async function runInTurn<T>(
  steps: Steps<T>,
  run: (statement: Statement) => Promise<readonly string[]>,
): Promise<T> {
  let step = steps.next();
  while (step.done !== true) step = steps.next(await run(step.value));
  return step.value;
}
