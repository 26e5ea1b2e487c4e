/** One run: servers on one store, clients, and faults that a seed chooses, with every oracle asked after every step. */
import type { Commit, Failed, ServiceDefinition, Write, Written } from "@temperc/runtime";
import type { Runtime } from "../runtime.ts";
import { Chance } from "../simulated/chance.ts";
import { Schedule, settled } from "../simulated/schedule.ts";
import type { StoreFaults } from "../simulated/store.ts";
import { clientsMax, contextOf, type Request, type Served } from "./clients.ts";
import { checkCommit, type Oracle } from "./commit-oracles.ts";
import { type Fault, probabilities } from "./faults.ts";
import { History } from "./history.ts";
import { Server } from "./processes.ts";
import { checkReply, isPassing } from "./reply-oracles.ts";
import { randomWrite } from "./requests.ts";
import { type SimulatedRevision, simulatedRevision } from "./revisions.ts";

export interface StormInput {
  readonly definition: ServiceDefinition;
  readonly runtime: Runtime;
  readonly seed: number;
  readonly steps: number;
  readonly faults: ReadonlySet<Fault>;
  /** `Automaton.invariant`, refuted by another level: broken here too, and not for a fault of the runtime. */
  readonly refuted: ReadonlySet<string>;
}

export interface Failure {
  readonly seed: number;
  readonly oracle: Oracle;
  readonly message: string;
}

export interface Storm {
  readonly failure: Failure | undefined;
  /** Not all that was owed after the storm was done within the steps for it. */
  readonly isCut: boolean;
  /** What happened, one line each. */
  readonly log: readonly string[];
  readonly counts: Counts;
}

export type Counts = Readonly<
  Record<"requests" | "commits" | "crashes" | "redeliveries" | "swaps" | "virtualMs", number>
>;

/** 1 January 2030, in UTC. */
const epoch = 1_893_456_000_000;

const patienceMs = 2_000;
const sendsMax = 5;
const delayMsMax = 1_500;
const skewMsMax = 5_000;
const settleMs = 10_000;
const drainMs = 120_000;
/** Of the steps after the storm, which take as long as there is something left to be done. */
const drainStepsMax = 5_000;

export async function storm(input: StormInput): Promise<Storm> {
  const run = new Run(input);
  await run.steps();
  if (run.failure === undefined) await run.calm();
  const { failure, counts, schedule, isCut } = run;
  return { failure, isCut, log: schedule.log, counts: { ...counts, virtualMs: schedule.now - epoch } };
}

interface Sent extends Request {
  sends: number;
  isOver: boolean;
}

class Run {
  readonly #input: StormInput;
  readonly #chance: Chance;
  readonly #history = new History();
  readonly #revisions = new Map<string, SimulatedRevision>();
  readonly #servers: readonly Server[];
  readonly #served: Served[] = [];
  readonly #store;
  readonly schedule: Schedule;
  readonly counts = { requests: 0, commits: 0, crashes: 0, redeliveries: 0, swaps: 0 };
  #isCalm = false;
  /** Clients ask no more. */
  #isSilent = false;
  #drained = 0;
  #busy = 0;
  #policies = 0;
  #number = 0;
  failure: Failure | undefined;

  constructor(input: StormInput) {
    this.#input = input;
    this.#chance = new Chance(input.seed);
    this.schedule = new Schedule(this.#chance, epoch);
    this.#store = input.runtime.openMemoryStore();
    const grounds = {
      runtime: input.runtime,
      store: this.#store,
      schedule: this.schedule,
      chance: this.#chance,
      ids: { value: 0 },
      faults: () => this.#storeFaults(),
      onCommitted: (commit: Commit, live: readonly string[]) => this.#committed(commit, live),
      onFault: () => undefined,
      onInternalError: (error: unknown) =>
        this.#fail("internal-error", error instanceof Error ? error.message : String(error)),
    };
    const revision = this.#revision();
    this.#servers = ["north", "south"].map((name) => new Server(name, revision, grounds));
  }

  #storeFaults(): StoreFaults {
    const [error, ambiguous, slow] = (["store-error", "ambiguous", "slow"] as const).map((fault) => this.#odds(fault));
    return { error: error ?? 0, ambiguous: ambiguous ?? 0, slow: slow ?? 0 };
  }

  #odds(fault: Fault): number {
    return !this.#isCalm && this.#input.faults.has(fault) ? probabilities[fault] : 0;
  }

  #revision(): SimulatedRevision {
    const revision = simulatedRevision(this.#input.definition, this.#number, this.#policies);
    const known = this.#revisions.get(revision.hash) ?? revision;
    this.#revisions.set(known.hash, known);
    return known;
  }

  #fail(oracle: Oracle, message: string): void {
    if (this.failure !== undefined) return;
    this.schedule.note(`✗ ${oracle}: ${message}`);
    this.failure = { seed: this.#input.seed, oracle, message };
  }

  #committed(commit: Commit, live: readonly string[]): void {
    this.counts.commits += 1;
    const fail = this.#fail.bind(this);
    const revisionOf = (hash: string) => this.#revisions.get(hash);
    checkCommit({ history: this.#history, revisionOf, live, fail, refuted: this.#input.refuted }, commit);
  }

  /** There was too much left to be done after the storm. */
  get isCut(): boolean {
    return this.#drained >= drainStepsMax;
  }

  async steps(): Promise<void> {
    for (const server of this.#servers) server.start();
    for (let step = 0; step < this.#input.steps && this.failure === undefined; step += 1) {
      this.#misfortune();
      if (this.#busy < clientsMax && this.#chance.happens(0.2)) this.#ask();
      else if (!this.schedule.runOne() && !this.schedule.advance()) this.#ask();
      await settled();
    }
  }

  #misfortune(): void {
    const server = this.#chance.one(this.#servers);
    if (server === undefined) return;
    if (this.#chance.happens(this.#odds("crash"))) {
      this.counts.crashes += 1;
      server.crash();
    }
    if (this.#chance.happens(this.#odds("clock"))) {
      server.life.skewMs = this.#chance.below(2 * skewMsMax) - skewMsMax;
      this.schedule.note(`the clock of ${server.life.name} jumps to ${server.life.skewMs} ms`);
    }
    if (this.#chance.happens(this.#odds("reload")))
      this.#change(server, () => (this.#policies = (this.#policies + 1) % 5));
    if (this.#chance.happens(this.#odds("swap"))) this.#change(server, () => (this.#number += 1));
  }

  #change(server: Server, change: () => void): void {
    change();
    if (server.swap(this.#revision())) this.counts.swaps += 1;
  }

  #ask(): void {
    const client = this.#busy;
    this.counts.requests += 1;
    const key = `request-${this.counts.requests}`;
    const context = contextOf(client, key);
    const isThere = (entityType: string, entityId: string): boolean =>
      this.#history.pastOf({ tenant: context.tenant, entityType, entityId }).values.at(-1) !== undefined;
    const asked = randomWrite(this.#input.definition, this.#chance, isThere);
    if (asked === undefined) return;
    this.#busy += 1;
    const write = { ...asked, idempotency: { key, requestHash: key } };
    const request: Sent = { key, context, write, sends: 0, isOver: false };
    this.schedule.note(`${key} asks ${nameOf(write)} ${JSON.stringify(write.change)}`);
    this.#send(request);
  }

  #send(request: Sent): void {
    request.sends += 1;
    if (request.sends > 1) this.counts.redeliveries += 1;
    const copies = this.#chance.happens(this.#odds("duplicate")) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) this.#message(`${request.key} arrives`, () => this.#serve(request));
    const readyAt = this.schedule.now + patienceMs;
    const run = (): void => {
      if (request.isOver || this.#isSilent) return;
      if (request.sends < sendsMax) this.#send(request);
      else this.#over(request);
    };
    this.schedule.add({ life: null, label: `${request.key} loses patience`, readyAt, run });
  }

  #over(request: Sent): void {
    if (request.isOver) return;
    request.isOver = true;
    this.#busy -= 1;
  }

  /** Delayed, so that it may be overtaken, or lost. */
  #message(label: string, run: () => void): void {
    if (this.#chance.happens(this.#odds("drop"))) {
      this.schedule.note(`  lost: ${label}`);
      return;
    }
    const delay = this.#chance.happens(this.#odds("delay")) ? this.#chance.below(delayMsMax) : 0;
    this.schedule.add({ life: null, label, readyAt: this.schedule.now + delay, run });
  }

  #serve(request: Sent): void {
    const server = this.#chance.one(this.#servers);
    if (this.#isSilent || server?.service === undefined) return;
    const { context, write, key } = request;
    const sequence = this.#history.pastOf({ tenant: context.tenant, ...write }).events.length;
    const wasDone = this.#history.effects.has(key);
    const served: Served = { request, server, life: server.life, sequence, wasDone, revisions: server.live };
    this.#served.push(served);
    void server.service.write(context, write).then((reply: Written | Failed) => {
      if (!served.life.isAlive) return;
      served.reply = reply;
      const said = reply.kind === "written" ? `event ${reply.sequence}` : reply.code;
      this.schedule.note(`  ${server.life.name} answers ${key}: ${said}`);
      const revisionOf = (hash: string) => this.#revisions.get(hash);
      checkReply({ history: this.#history, revisionOf, fail: this.#fail.bind(this) }, served);
      const isFinal = reply.kind === "written" || !isPassing(reply.code);
      if (isFinal) this.#message(`${key} is answered`, () => this.#over(request));
    });
  }

  /**
   * The storm is over. Either everybody is answered, or all processes are killed with what they were at; then they start
   * again, and all that is owed is done, without a call from outside that would wake them.
   */
  async calm(): Promise<void> {
    this.#isCalm = true;
    for (const { life } of this.#servers) life.skewMs = 0;
    if (this.#input.seed % 2 === 1) await this.#answered();
    this.#isSilent = true;
    await this.#done();
  }

  async #answered(): Promise<void> {
    const unanswered = (): Served | undefined =>
      this.#served.find(({ reply, life }) => reply === undefined && life.isAlive);
    const end = this.schedule.now + drainMs;
    await this.#until(this.schedule.now + settleMs);
    while (!this.isCut && this.schedule.now < end && unanswered() !== undefined) {
      await this.#until(this.schedule.now + settleMs);
    }
    const left = this.isCut ? undefined : unanswered();
    if (left !== undefined) this.#fail("answered", `${left.request.key} was never answered by ${left.life.name}`);
  }

  async #done(): Promise<void> {
    for (const server of this.#servers) server.crash();
    const end = this.schedule.now + drainMs;
    await this.#until(this.schedule.now + 2 * settleMs);
    let overdue = await this.#overdue();
    while (this.failure === undefined && !this.isCut && this.schedule.now < end && overdue !== undefined) {
      await this.#until(this.schedule.now + settleMs);
      overdue = await this.#overdue();
    }
    if (overdue !== undefined && !this.isCut)
      this.#fail("delivered", `${overdue} was due for ${drainMs} ms, and nobody did it`);
  }

  async #until(end: number): Promise<void> {
    while (this.failure === undefined && !this.isCut) {
      this.#drained += 1;
      if (!this.schedule.runOne() && !this.schedule.advance(end)) break;
      await settled();
    }
    this.schedule.now = Math.max(this.schedule.now, end);
  }

  /** The key of an entry that was due a while ago, if there is one. */
  async #overdue(): Promise<string | undefined> {
    for (const state of ["queued", "timer"] as const) {
      const records = await this.#store.outbox({ tenant: "simulated", state, top: 1_000, skip: 0 });
      const late = records.find(({ entry }) => entry.dueAt < this.schedule.now - settleMs);
      if (late !== undefined) return late.entry.key;
    }
    return undefined;
  }
}

function nameOf({ entityType, entityId }: Write): string {
  return `${entityType} ${entityId}`;
}
