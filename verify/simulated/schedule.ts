/** The scheduler: everything that waits for the world waits here, and one seeded choice after the other says what goes on. */
import type { Chance } from "./chance.ts";

/** One life of a process, from its start to its crash. What waits for a dead one never comes. */
export interface Life {
  readonly name: string;
  isAlive: boolean;
  /** How far its clock is ahead of true time, in milliseconds. */
  skewMs: number;
}

export interface Job {
  /** Whose it is; null where it is on the network or a client's, which no crash takes away. */
  readonly life: Life | null;
  readonly label: string;
  /** Virtual milliseconds since the epoch. */
  readonly readyAt: number;
  readonly run: () => void;
  /** What may have happened all the same, when the life ends before the job has run. */
  readonly lost?: () => void;
}

export class Schedule {
  readonly #chance: Chance;
  readonly log: string[] = [];
  #jobs: Job[] = [];
  now: number;

  constructor(chance: Chance, now: number) {
    this.#chance = chance;
    this.now = now;
  }

  /** Gives a function that takes the job away again. */
  add(job: Job): () => void {
    this.#jobs.push(job);
    return () => {
      this.#jobs = this.#jobs.filter((each) => each !== job);
    };
  }

  note(line: string): void {
    this.log.push(`${this.now} ${line}`);
  }

  /** Runs one of the jobs that are ready, whichever chance says: false where there is none. */
  runOne(): boolean {
    const job = this.#chance.one(this.#jobs.filter(({ readyAt }) => readyAt <= this.now));
    if (job === undefined) return false;
    this.#jobs.splice(this.#jobs.indexOf(job), 1);
    this.note(job.label);
    job.run();
    return true;
  }

  /** Goes on to the time of the next job, but not past `end`: false where there is none until then. */
  advance(end = Number.POSITIVE_INFINITY): boolean {
    const at = Math.min(...this.#jobs.map(({ readyAt }) => readyAt));
    if (at > end || at === Number.POSITIVE_INFINITY) return false;
    this.now = Math.max(this.now, at);
    return true;
  }

  /** Ends a life at once: of what it waited for, each write has happened or has not. */
  end(life: Life): void {
    life.isAlive = false;
    const ended = this.#jobs.filter((job) => job.life === life);
    this.#jobs = this.#jobs.filter((job) => job.life !== life);
    for (const { lost, label } of ended) {
      if (lost === undefined || !this.#chance.happens(0.5)) continue;
      this.note(`${label}, as ${life.name} dies`);
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
