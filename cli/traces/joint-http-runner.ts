/** Runs a trace of several entities against a running service: clients' steps are asked of it, and the others are waited for. */
import { setTimeout as pause } from "node:timers/promises";
import type { Snapshot, Value, Values } from "@temperc/runtime";
import {
  type AskedStep,
  differenceOf,
  isObjection,
  type JointFileStep,
  type JointRunner,
  type Objection,
  type TakenStep,
} from "../../verify/index.ts";
import { type Addressed, freshKey, type ServiceClient } from "./service-client.ts";

/** How long a step that the service takes by itself may take to show. */
const waitMs = 10_000;
const lookEveryMs = 50;

/** How long it is looked whether a step that is refused changes nothing. */
const quietMs = 1_000;

/**
 * Ids of the trace are others in the service, the same one for the same id: what is recorded is compared in the trace's
 * names. What the service makes itself is known by the reference that shows it.
 */
export class JointHttpRunner implements JointRunner {
  readonly #client: ServiceClient;
  readonly #realOf = new Map<string, Value>();

  constructor(client: ServiceClient) {
    this.#client = client;
  }

  async take(step: AskedStep, recorded: JointFileStep): Promise<TakenStep> {
    if (step.kind === "created") return this.#create(step);
    const addressed = this.#addressOf(step);
    if ("message" in addressed) return impossible(addressed);
    if (step.kind !== "asked") return this.#wait(addressed, recorded);
    const answer = await this.#client.call(addressed, step.action ?? "", this.#inService(step.params));
    return this.#taken(answer, recorded);
  }

  async #create({ type, id, params }: AskedStep): Promise<TakenStep> {
    const addressed = this.#addressOf({ type, id });
    if ("message" in addressed) return impossible(addressed);
    const key = { [addressed.type.key]: this.#realOf.get(id) ?? id };
    const made = await this.#client.create(type, { ...this.#inService(params), ...key });
    return "message" in made ? impossible(made) : { kind: "taken", after: this.#inTrace(made.snapshot) };
  }

  /** Where a key of the trace leads; one that is new to the service is chosen for it. */
  #addressOf({ type, id }: Pick<AskedStep, "type" | "id">): Addressed | Objection {
    const known = this.#realOf.get(id);
    const found = this.#client.addressOf(type, known ?? id);
    if ("message" in found || known !== undefined) return found;
    const property = found.type.properties.find(({ name }) => name === found.type.key);
    if (property !== undefined) this.#realOf.set(id, freshKey(property));
    return this.#client.addressOf(type, this.#realOf.get(id) ?? id);
  }

  /** Until the entity is as recorded. What is refused shows nowhere but in the outbox: the entity stays as it is. */
  async #wait(addressed: Addressed, recorded: JointFileStep): Promise<TakenStep> {
    const { refusal } = recorded;
    if (refusal !== undefined) await pause(quietMs);
    const end = Date.now() + (refusal === undefined ? waitMs : 0);
    for (;;) {
      const taken = this.#taken(await this.#client.read(addressed), recorded);
      const isThere = taken.kind === "taken" && isAsRecorded(taken.after, recorded.after);
      if (isThere && refusal !== undefined) return { ...taken, refusal };
      if (isThere || Date.now() >= end) return taken;
      await pause(lookEveryMs);
    }
  }

  #taken(answer: Snapshot | Objection, { after }: JointFileStep): TakenStep {
    if (!isObjection(answer)) return { kind: "taken", after: this.#inTrace(this.#learned(answer, after)) };
    const isMissing = after === undefined && /answers 404/.test(answer.message);
    return isMissing ? { kind: "taken" } : impossible(answer);
  }

  /** What the service has named itself stands where the trace has a name of its own for it. */
  #learned(found: Snapshot, recorded: Snapshot | undefined): Snapshot {
    for (const [name, value] of Object.entries(recorded ?? {})) {
      const real = found[name];
      const isNamed = typeof value === "string" && /^fresh \d+$/.test(value) && typeof real === "string";
      if (isNamed && !this.#realOf.has(value)) this.#realOf.set(value, real);
    }
    return found;
  }

  #inService(values: Values): Values {
    return mapped(values, (value) => this.#realOf.get(value) ?? value);
  }

  #inTrace({ status, ...variables }: Snapshot): Snapshot {
    const names = new Map([...this.#realOf].map(([name, real]) => [String(real), name]));
    return { status, ...mapped(variables, (value) => names.get(value) ?? value) };
  }
}

function isAsRecorded(found: Snapshot | undefined, recorded: Snapshot | undefined): boolean {
  if (found === undefined || recorded === undefined) return found === recorded;
  return differenceOf(recorded, found) === undefined;
}

function impossible({ message }: Objection): TakenStep {
  return { kind: "impossible", reason: message };
}

/** Every text in the values, also those in lists. */
function mapped(values: Values, to: (text: string) => Value): Values {
  const one = (value: Value): Value => {
    if (typeof value === "string") return to(value);
    return Array.isArray(value) ? value.map((item) => String(to(item))) : value;
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, one(value)]));
}
