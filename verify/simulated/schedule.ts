/** The scheduler: everything that waits for the world waits here, and one seeded choice after the other says what goes on. */
import type { Chance } from "./chance.ts";

/** One life of a process, from its start to its crash. What waits for a dead one never comes. */
export interface Life {
  readonly name: string;
  isAlive: boolean;
  /** How far its clock is ahead of true time, in milliseconds. */
  skewMs: number;
  /** Every revision that it began to serve, in order. */
  readonly revisions: string[];
}

export interface Job {
  /** Whose it is; null where it is on the network or a client's, which no crash takes away. */
  readonly life: Life | null;
  /** Whom the log names, and what happens to it. */
  readonly who: string;
  readonly label: string;
  /** Virtual milliseconds since the epoch. */
  readonly readyAt: number;
  readonly run: () => void;
  /** What may have happened all the same, when the life ends before the job has run. */
  readonly lost?: () => void;
}

/** One line of what happened in a run. */
export interface LogLine {
  /** Virtual milliseconds since the beginning of the run. */
  readonly atMs: number;
  readonly who: string;
  readonly text: string;
}

export class Schedule {
  readonly #chance: Chance;
  readonly #begunAt: number;
  readonly log: LogLine[] = [];
  #jobs: Job[] = [];
  now: number;

  constructor(chance: Chance, now: number) {
    this.#chance = chance;
    this.#begunAt = now;
    this.now = now;
  }

  /** Gives a function that takes the job away again. */
  add(job: Job): () => void {
    this.#jobs.push(job);
    return () => {
      const index = this.#jobs.indexOf(job);
      if (index >= 0) this.#jobs.splice(index, 1);
    };
  }

  note(who: string, text: string): void {
    this.log.push({ atMs: this.now - this.#begunAt, who, text });
  }

  get passedMs(): number {
    return this.now - this.#begunAt;
  }

  /** Runs one of the jobs that are ready, whichever chance says: false where there is none. */
  runOne(): boolean {
    const job = this.#chance.one(this.#jobs.filter(({ readyAt }) => readyAt <= this.now));
    if (job === undefined) return false;
    this.#jobs.splice(this.#jobs.indexOf(job), 1);
    this.note(job.who, job.label);
    job.run();
    return true;
  }

  /** Goes on to the time of the next job, but not past `end`: false where there is none until then. */
  advance(end = Number.POSITIVE_INFINITY): boolean {
    const at = this.#jobs.reduce((least, { readyAt }) => Math.min(least, readyAt), Number.POSITIVE_INFINITY);
    if (at > end || at === Number.POSITIVE_INFINITY) return false;
    this.now = Math.max(this.now, at);
    return true;
  }

  /** What a life has sent to be written, and has not been told of. */
  writesOf(life: Life): readonly string[] {
    return this.#jobs.filter((job) => job.life === life && job.lost !== undefined).map(({ label }) => label);
  }

  /** Ends a life at once: of what it waited for, each write has happened or has not. */
  end(life: Life): void {
    life.isAlive = false;
    const ended = this.#jobs.filter((job) => job.life === life);
    this.#jobs = this.#jobs.filter((job) => job.life !== life);
    for (const { lost, label } of ended) {
      if (lost === undefined || !this.#chance.happens(0.5)) continue;
      this.note(life.name, `${label} arrives, as it dies`);
      lost();
    }
  }
}

/** How many turns of the microtask queue a step gives to whoever has been answered: any number is as repeatable as any other. */
const turnsMax = 30;

/** Lets everybody who has been answered go on, until they wait for the schedule again. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < turnsMax; turn += 1) await undefined;
}
