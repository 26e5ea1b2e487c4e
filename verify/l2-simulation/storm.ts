/** One run: servers on one store, clients, and faults that a seed chooses, with every oracle asked after every step. */
import type { Commit, EntityRef, ServiceDefinition } from "@temperc/runtime";
import type { Runtime } from "../runtime.ts";
import { Chance } from "../simulated/chance.ts";
import type { Fault } from "../simulated/faults.ts";
import { Misfortune } from "../simulated/misfortune.ts";
import { Network } from "../simulated/network.ts";
import { type Life, type LogLine, Schedule, settled } from "../simulated/schedule.ts";
import type { StoreWatch } from "../simulated/store.ts";
import { audit } from "./audit.ts";
import { tenant } from "./clients.ts";
import { checkCommit, type Oracle } from "./commit-oracles.ts";
import type { Counts } from "./counts.ts";
import { History } from "./history.ts";
import { Ledger } from "./ledger.ts";
import { type Grounds, Server } from "./processes.ts";
import { type SimulatedRevision, simulatedRevision } from "./revisions.ts";
import { Traffic } from "./traffic.ts";

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
  /** Steps of the storm that had been made by then. */
  readonly steps: number;
}

export interface Storm {
  readonly failure: Failure | undefined;
  /** Not all that was owed after the storm was done within the steps for it. */
  readonly isCut: boolean;
  readonly log: readonly LogLine[];
  readonly counts: Counts;
}

/** 1 January 2030, in UTC. */
const epoch = 1_893_456_000_000;

/** How often a step is that of a client who asks something new. */
const askProbability = 0.2;
/** How often all sleep until the next timer is due, where one is waiting. */
const napProbability = 0.004;
const outageMsMax = 8_000;
const settleMs = 10_000;
const drainMs = 120_000;
/** Of the steps after the storm, which take as long as there is something left to be done. */
const drainStepsMax = 5_000;
/** How many sets of policies there are. */
const policiesCount = 5;

/** A function of its input: the same seed gives the same run, byte for byte. */
export async function storm(input: StormInput): Promise<Storm> {
  const run = new Run(input);
  await run.steps();
  if (run.failure === undefined) await run.calm();
  const { failure, counts, schedule, isCut } = run;
  return { failure, isCut, log: schedule.log, counts };
}

class Run {
  readonly #input: StormInput;
  readonly #chance: Chance;
  readonly #misfortune: Misfortune;
  readonly #history = new History();
  readonly #ledger: Ledger;
  readonly #revisions = new Map<string, SimulatedRevision>();
  readonly #servers: readonly Server[];
  readonly #traffic: Traffic;
  readonly #store;
  /** Entities that an append was about since they were looked at. */
  readonly #touched = new Set<EntityRef>();
  readonly #counts = { commits: 0, conflicts: 0, replays: 0, crashes: 0, swaps: 0 };
  readonly schedule: Schedule;
  #step = 0;
  #drained = 0;
  #policies = 0;
  #number = 0;
  failure: Failure | undefined;

  constructor(input: StormInput) {
    this.#input = input;
    this.#chance = new Chance(input.seed);
    this.#misfortune = new Misfortune(this.#chance, input.faults);
    this.schedule = new Schedule(this.#chance, epoch);
    this.#ledger = new Ledger(this.schedule, this.#fail);
    this.#store = input.runtime.openMemoryStore();
    const revision = this.#revision();
    const grounds = this.#grounds();
    this.#servers = ["north", "south"].map((name) => new Server(name, revision, grounds));
    this.#traffic = this.#trafficOf();
  }

  #grounds(): Grounds {
    return {
      ...{ runtime: this.#input.runtime, store: this.#store, ids: { value: 0 } },
      ...{ schedule: this.schedule, chance: this.#chance, misfortune: this.#misfortune, watch: this.#watch() },
      onCalled: (key) => this.#ledger.called(key),
      onReached: (key) => this.#ledger.reached(key),
      onSwapped: () => (this.#counts.swaps += 1),
      onUnfinished: ({ name }, [first = ""]) =>
        this.#fail("shutdown", `${name} said that it had ended, and was still waiting for: ${first}`),
      onInternalError: (error) => this.#fail("internal-error", error instanceof Error ? error.message : String(error)),
    };
  }

  #watch(): StoreWatch {
    return {
      onAppended: (commit, appended, life) => {
        for (const { event } of [commit, ...(commit.also ?? [])]) this.#touched.add(this.#history.pastOf(event).ref);
        if (appended === "conflict") this.#counts.conflicts += 1;
        if (appended === "committed") this.#committed(commit, life);
      },
      onLeased: (request, leased, life) => this.#ledger.leased(request, leased, life),
      onSettled: (key, settlement, life) => this.#ledger.settled(key, settlement, life),
      onReplayed: () => (this.#counts.replays += 1),
      crash: (life, fault) => {
        this.#counts.crashes += 1;
        this.#servers.find((server) => server.life === life)?.crash(`dies: ${fault}`);
      },
      rival: ({ event }, life) => {
        const other = this.#servers.find((server) => server.life.name !== life.name);
        return this.#traffic.rival({ entityType: event.entityType, entityId: event.entityId }, other);
      },
    };
  }

  #trafficOf(): Traffic {
    return new Traffic({
      definition: this.#input.definition,
      network: new Network(this.schedule, this.#chance, this.#misfortune),
      ...{ chance: this.#chance, schedule: this.schedule, misfortune: this.#misfortune },
      ...{ servers: this.#servers, history: this.#history },
      oracles: { history: this.#history, revisionOf: (hash) => this.#revisions.get(hash), fail: this.#fail },
    });
  }

  #revision(): SimulatedRevision {
    const revision = simulatedRevision(this.#input.definition, this.#number, this.#policies);
    const known = this.#revisions.get(revision.hash) ?? revision;
    this.#revisions.set(known.hash, known);
    return known;
  }

  readonly #fail = (oracle: Oracle, message: string): void => {
    if (this.failure !== undefined) return;
    this.schedule.note("✗", `${oracle}: ${message}`);
    this.failure = { seed: this.#input.seed, oracle, message, steps: Math.min(this.#step + 1, this.#input.steps) };
  };

  #committed(commit: Commit, life: Life): void {
    this.#counts.commits += 1;
    const live = this.#servers.find(({ life: { name } }) => name === life.name)?.liveIn(life) ?? [];
    const revisionOf = (hash: string): SimulatedRevision | undefined => this.#revisions.get(hash);
    const { refuted } = this.#input;
    checkCommit({ history: this.#history, revisionOf, live, fail: this.#fail, refuted }, commit);
    this.#ledger.committed(commit, life);
  }

  /** There was too much left to be done after the storm. */
  get isCut(): boolean {
    return this.#drained >= drainStepsMax;
  }

  get counts(): Counts {
    const { counts: faults } = this.#misfortune;
    const { passedMs: virtualMs } = this.schedule;
    return { ...this.#counts, ...this.#traffic.counts, ...this.#ledger.counts, virtualMs, faults };
  }

  async steps(): Promise<void> {
    for (const server of this.#servers) server.start();
    for (; this.#step < this.#input.steps && this.failure === undefined; this.#step += 1) {
      this.#misfortunes();
      this.#nap();
      if (this.#chance.happens(askProbability) || !this.#next()) this.#traffic.ask();
      await this.#settled();
    }
  }

  async #settled(): Promise<void> {
    await settled();
    for (const ref of this.#touched) await audit(this.#store, this.#history, ref, this.#fail);
    this.#touched.clear();
  }

  #misfortunes(): void {
    const server = this.#chance.one(this.#servers);
    if (server === undefined) return;
    const misfortune = this.#misfortune;
    if (misfortune.strikes("crash")) this.#crash(server, "crashes");
    if (misfortune.strikes("outage")) {
      const downMs = this.#chance.below(outageMsMax);
      for (const each of this.#servers) this.#crash(each, `is without power for ${downMs} ms`, downMs);
    }
    if (misfortune.draws("restart") && server.restart()) misfortune.met("restart");
    if (misfortune.strikes("clock-jump")) server.jumpClock();
    if (misfortune.draws("reload")) {
      this.#policies = (this.#policies + 1) % policiesCount;
      if (server.swap(this.#revision())) misfortune.met("reload");
    }
    if (misfortune.draws("swap")) {
      this.#number += 1;
      if (server.swap(this.#revision())) misfortune.met("swap");
    }
    if (misfortune.draws("mailbox-full")) {
      misfortune.met("mailbox-full");
      this.#traffic.askAtOnce();
    }
  }

  /** Hours may lie between two steps: nothing happens until the next timer is due. */
  #nap(): void {
    const until = this.#ledger.nextTimer;
    if (until === undefined || !this.#chance.happens(napProbability)) return;
    this.schedule.note("time", `passes until a timer is due: ${until - this.schedule.now} ms`);
    this.schedule.now = until;
  }

  #crash(server: Server, how: string, downMs?: number): void {
    this.#counts.crashes += 1;
    server.crash(how, downMs);
  }

  /**
   * The storm is over. Either everybody is answered, or all processes are killed with what they were at; then they start
   * again, and all that is owed is done, without a call from outside that would wake them.
   */
  async calm(): Promise<void> {
    this.#misfortune.isOver = true;
    for (const { life } of this.#servers) life.skewMs = 0;
    if (this.#input.seed % 2 === 1) await this.#answered();
    this.#traffic.isSilent = true;
    await this.#done();
    for (const ref of this.#history.refs) await audit(this.#store, this.#history, ref, this.#fail);
    await this.#ledger.audit(this.#store, tenant);
  }

  async #answered(): Promise<void> {
    const end = this.schedule.now + drainMs;
    await this.#until(this.schedule.now + settleMs);
    while (!this.isCut && this.schedule.now < end && this.#traffic.unanswered !== undefined) {
      await this.#until(this.schedule.now + settleMs);
    }
    const left = this.isCut ? undefined : this.#traffic.unanswered;
    if (left !== undefined) this.#fail("answered", `${left.request.key} was never answered by ${left.life.name}`);
  }

  async #done(): Promise<void> {
    for (const server of this.#servers) server.crash("is killed, for the storm is over");
    const end = this.schedule.now + drainMs;
    await this.#until(this.schedule.now + 2 * settleMs);
    let overdue = await this.#ledger.overdue(this.#store, tenant, settleMs);
    while (this.failure === undefined && !this.isCut && this.schedule.now < end && overdue !== undefined) {
      await this.#until(this.schedule.now + settleMs);
      overdue = await this.#ledger.overdue(this.#store, tenant, settleMs);
    }
    if (overdue !== undefined && !this.isCut)
      this.#fail("delivered", `${overdue} was due for ${drainMs} ms, and nobody did it`);
  }

  /** Something that is ready happens, or the first that will be; false where there is nothing. */
  #next(end?: number): boolean {
    return this.schedule.runOne() || (this.schedule.advance(end) && this.schedule.runOne());
  }

  async #until(end: number): Promise<void> {
    while (this.failure === undefined && !this.isCut) {
      this.#drained += 1;
      if (!this.#next(end)) break;
      await this.#settled();
    }
    this.schedule.now = Math.max(this.schedule.now, end);
  }
}
