/** What clients do in a storm: they ask, lose patience, ask again, and hold every answer against what is durable. */
import type { ServiceDefinition, Values } from "@temperc/runtime";
import type { Chance } from "../simulated/chance.ts";
import type { Misfortune } from "../simulated/misfortune.ts";
import type { Network } from "../simulated/network.ts";
import type { Schedule } from "../simulated/schedule.ts";
import {
  type Asked,
  askedText,
  clientCount,
  contextOf,
  type Request,
  type Served,
  tenant,
  underWayMax,
} from "./clients.ts";
import type { History } from "./history.ts";
import type { Server } from "./processes.ts";
import { checkReply, isPassing, type ReplyInput } from "./reply-oracles.ts";
import { randomAsked, randomRival } from "./requests.ts";

export interface TrafficInput {
  readonly definition: ServiceDefinition;
  readonly chance: Chance;
  readonly schedule: Schedule;
  readonly misfortune: Misfortune;
  readonly network: Network;
  readonly servers: readonly Server[];
  readonly history: History;
  readonly oracles: ReplyInput;
}

interface Sent extends Request {
  sends: number;
  isOver: boolean;
  /** Ends the client's patience early. */
  calm: () => void;
}

const clients = Array.from({ length: clientCount }, (_, client) => client);

const patienceMs = 2_000;
const sendsMax = 5;
/** Requests of a burst, all for one entity at one server. */
const burst = 4;

export class Traffic {
  readonly #input: TrafficInput;
  readonly #served: Served[] = [];
  readonly #underWay = new Map<number, number>();
  readonly counts = { requests: 0, reads: 0, redeliveries: 0, overloads: 0 };
  /** Clients ask no more, and nobody serves what is still on the network. */
  isSilent = false;

  constructor(input: TrafficInput) {
    this.#input = input;
  }

  /** One client that has not too many under way asks something. */
  ask(): void {
    const { chance, definition } = this.#input;
    const client = chance.one(clients.filter((each) => (this.#underWay.get(each) ?? 0) < underWayMax));
    const asked = randomAsked(definition, chance, this.#present);
    if (asked === undefined || client === undefined) return;
    this.#send(this.#requestOf(client, asked));
  }

  /** More at once for one entity than its mailbox takes. */
  askAtOnce(): void {
    const { chance, definition, servers } = this.#input;
    const server = chance.one(servers);
    const asked = randomAsked(definition, chance, this.#present);
    if (asked === undefined || server === undefined) return;
    for (let count = 0; count < burst; count += 1) {
      const more = randomRival(definition, asked, chance, this.#present) ?? asked;
      const request = this.#requestOf(count, count === 0 ? asked : more);
      request.sends = sendsMax;
      this.#serve(request, server);
      this.#over(request);
    }
  }

  /** Another process than this one is asked to change the same entity, and is asked before anything else happens. */
  rival(asked: Omit<Asked, "change">, server: Server | undefined): boolean {
    const { chance, definition } = this.#input;
    const rival = randomRival(definition, asked, chance, this.#present);
    if (rival === undefined || server?.service === undefined || this.isSilent) return false;
    const request = this.#requestOf(chance.below(clientCount), rival);
    this.#serve(request, server);
    this.#over(request);
    return true;
  }

  readonly #present = (entityType: string, entityId: string): Values | undefined =>
    this.#input.history.pastOf({ tenant, entityType, entityId }).values.at(-1);

  #requestOf(client: number, asked: Asked): Sent {
    this.counts.requests += 1;
    if (asked.change.kind === "read") this.counts.reads += 1;
    this.#underWay.set(client, (this.#underWay.get(client) ?? 0) + 1);
    const key = `request-${this.counts.requests}`;
    this.#input.schedule.note(`client ${client + 1}`, `${key}: ${askedText(asked)}`);
    return { client, key, context: contextOf(client, key), asked, sends: 0, isOver: false, calm: () => {} };
  }

  #send(request: Sent): void {
    const { chance, servers, network, schedule } = this.#input;
    request.sends += 1;
    if (request.sends > 1) this.counts.redeliveries += 1;
    const server = chance.one(servers);
    if (server === undefined) return;
    const way = `${request.client} to ${server.life.name}`;
    network.send({
      way,
      label: `${request.key} arrives at ${server.life.name}`,
      deliver: () => this.#serve(request, server),
    });
    const run = (): void => {
      if (this.isSilent) return;
      if (request.sends < sendsMax) this.#send(request);
      else this.#over(request);
    };
    const who = `client ${request.client + 1}`;
    request.calm = schedule.add({
      life: null,
      who,
      label: `waits no longer for ${request.key}`,
      readyAt: schedule.now + patienceMs,
      run,
    });
  }

  #over(request: Sent): void {
    if (request.isOver) return;
    request.isOver = true;
    request.calm();
    this.#underWay.set(request.client, (this.#underWay.get(request.client) ?? 1) - 1);
  }

  #serve(request: Sent, server: Server): void {
    const { history } = this.#input;
    const { service, life, firstRevision } = server;
    if (this.isSilent || service === undefined) return;
    const { context, asked, key } = request;
    const { change, entityType, entityId } = asked;
    const sequence = history.pastOf({ tenant, entityType, entityId }).events.length;
    const served: Served = { request, server, life, sequence, wasDone: history.effects.has(key), firstRevision };
    this.#served.push(served);
    const answered =
      change.kind === "read"
        ? service.read(context, entityType, entityId)
        : service.write(context, { entityType, entityId, change, idempotency: { key, requestHash: key } });
    void answered.then((reply) => {
      if (!life.isAlive) return;
      served.reply = reply;
      this.#answered(served, request);
    });
  }

  #answered(served: Served, request: Sent): void {
    const { schedule, network, oracles } = this.#input;
    const { reply, life } = served;
    if (reply === undefined) return;
    const { key, client } = request;
    const said =
      reply.kind === "failed" ? reply.code : reply.kind === "found" ? "what it is" : `event ${reply.sequence}`;
    schedule.note(life.name, `answers ${key}: ${said}`);
    if (reply.kind === "failed" && reply.code === "Overloaded") this.counts.overloads += 1;
    checkReply(oracles, served);
    if (reply.kind === "failed" && isPassing(reply.code)) return;
    const way = `${life.name} to ${client}`;
    network.send({ way, label: `client ${client + 1} has the answer to ${key}`, deliver: () => this.#over(request) });
  }

  /** A request that a process has begun to serve, and has not answered although it lives. */
  get unanswered(): Served | undefined {
    return this.#served.find(({ reply, life }) => reply === undefined && life.isAlive);
  }
}
