/** The network between clients and servers: messages on one way keep their order, unless they are delayed, lost, repeated or overtaken. */
import type { Chance } from "./chance.ts";
import type { Misfortune } from "./misfortune.ts";
import type { Schedule } from "./schedule.ts";

export interface Message {
  /** Messages on one way arrive in the order in which they were sent. */
  readonly way: string;
  readonly label: string;
  readonly deliver: () => void;
}

interface Way {
  /** On their way, the oldest first. */
  readonly messages: Message[];
  /** When the last of them arrives. */
  until: number;
}

const delayMsMax = 1_500;

export class Network {
  readonly #schedule: Schedule;
  readonly #chance: Chance;
  readonly #misfortune: Misfortune;
  readonly #ways = new Map<string, Way>();

  constructor(schedule: Schedule, chance: Chance, misfortune: Misfortune) {
    this.#schedule = schedule;
    this.#chance = chance;
    this.#misfortune = misfortune;
  }

  send(message: Message): void {
    const copies = this.#misfortune.strikes("duplicate") ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) this.#carry(message);
  }

  #carry(message: Message): void {
    const schedule = this.#schedule;
    if (this.#misfortune.strikes("drop")) {
      schedule.note("network", `loses: ${message.label}`);
      return;
    }
    const way = this.#ways.get(message.way) ?? { messages: [], until: 0 };
    this.#ways.set(message.way, way);
    const delay = this.#misfortune.strikes("delay") ? this.#chance.below(delayMsMax) : 0;
    const arrival = schedule.now + delay;
    if (this.#misfortune.draws("reorder")) {
      this.#overtake(message, arrival, [...way.messages]);
      return;
    }
    way.until = Math.max(way.until, arrival);
    way.messages.push(message);
    const run = (): void => {
      const first = way.messages.shift();
      if (first === undefined) return;
      schedule.note("network", first.label);
      first.deliver();
    };
    schedule.add({ life: null, who: "network", label: "brings what is next", readyAt: way.until, run });
  }

  /** It has been overtaken, or has overtaken, where messages that were sent before it are still under way when it arrives. */
  #overtake({ way, label, deliver }: Message, readyAt: number, earlier: readonly Message[]): void {
    const run = (): void => {
      const behind = this.#ways.get(way)?.messages ?? [];
      if (earlier.some((message) => behind.includes(message))) this.#misfortune.met("reorder");
      deliver();
    };
    this.#schedule.add({ life: null, who: "network", label, readyAt, run });
  }
}
