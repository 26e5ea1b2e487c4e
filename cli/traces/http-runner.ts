/** Runs the calls of a trace against a service behind HTTP: real requests, by the key of somebody who may make them. */
import type { Snapshot, Values } from "@temperc/runtime";
import { type Objection, objection, type Runner } from "../../verify/index.ts";
import type { Addressed, ServiceClient } from "./service-client.ts";

/** Each entity of the trace is a fresh one of the service. */
export class HttpRunner implements Runner {
  readonly #client: ServiceClient;
  readonly #entities = new Map<string, Addressed>();

  constructor(client: ServiceClient) {
    this.#client = client;
  }

  async start(entity: string, automaton: string): Promise<Snapshot | Objection> {
    const made = await this.#client.create(automaton);
    if ("message" in made) return made;
    this.#entities.set(entity, made);
    return made.snapshot;
  }

  async call(entity: string, action: string, params: Values): Promise<Snapshot | Objection> {
    const addressed = this.#entities.get(entity);
    return addressed === undefined
      ? objection(`${entity} has not begun`)
      : this.#client.call(addressed, action, params);
  }
}
