/** The service under test, on its store and its clock, beside the model of each of its entities. */
import type {
  AuthorizerFactory,
  EntityRef,
  EntityTypeDescriptor,
  Failed,
  Service,
  ServiceDefinition,
  Store,
  Write,
  Written,
} from "@temperc/runtime";
import { valuesOfId } from "@temperc/runtime/kernel";
import { assert } from "../assert.ts";
import type { Call } from "../replay/trace.ts";
import type { Runtime } from "../runtime.ts";
import { JumpingClock } from "./clock.ts";
import { History, isSame } from "./history.ts";
import { fillings, requiredFields } from "./values.ts";

/** What came of the requests of all cases. */
export interface Tally {
  requests: number;
  accepted: number;
}

export interface Setting {
  readonly runtime: Runtime;
  readonly definition: ServiceDefinition;
  readonly type: EntityTypeDescriptor;
  readonly tally: Tally;
}

/** What a service answers that works and was asked for something that it does not do; whatever else it says is a fault of its own. */
const refusals: ReadonlySet<Failed["code"]> = new Set([
  ...([
    "ActionNotAllowed",
    "GuardFailed",
    "InvalidParameter",
    "InvariantViolated",
    "NotFound",
    "EntityExists",
  ] as const),
  ...(["AlternateKeyTaken", "EntityReferenced", "UnknownAction", "Conflict"] as const),
]);

const tenant = "default";
/** Whom the spec's policies permit is not asked here: everybody may do everything. */
const principal = { type: "Admin", id: "tester", tenant, roles: [] };
const everybody: AuthorizerFactory = () => ({
  authorize: () => ({ allowed: true, reasons: [], errors: [] }),
  readable: () => ({ kind: "all" }),
});

export class Subject {
  readonly #setting: Setting;
  readonly #store: Store;
  readonly #clock = new JumpingClock();
  readonly #histories = new Map<string, History>();
  #service: Service | undefined;
  /** What an exception in the service said; a caller is not told. */
  #fault = "";
  #ids = 0;

  constructor(setting: Setting) {
    this.#setting = setting;
    this.#store = setting.runtime.openMemoryStore();
  }

  /** Opens the service on what the store holds. */
  async start(): Promise<void> {
    const { runtime, definition } = this.#setting;
    this.#service = await runtime.Service.open(definition, "under test", {
      store: this.#store,
      authorizer: everybody,
      clock: this.#clock,
      ids: { next: () => this.#freshId() },
      random: () => 0.5,
      http: async () => ({ kind: "answered", status: 200 }),
      secrets: () => "secret",
      onInternalError: (error) => {
        this.#fault = error instanceof Error ? error.message : String(error);
      },
    });
    await this.#service.quiet();
  }

  /** Closes the service and opens another on the same store: what was acknowledged must still be there. */
  async restart(): Promise<void> {
    await this.#service?.close();
    await this.start();
    for (const [id, history] of this.#histories) await this.#compare(id, history);
  }

  /** Lets time go by, and everything happen that is due. */
  async wait(ms: number): Promise<void> {
    await this.#clock.jump(ms, async () => this.#service?.quiet());
    await this.#catchUp();
  }

  async end(): Promise<void> {
    await this.#service?.close();
  }

  /** Makes what an entity of that id is contained in, where it is contained: it is no part of what is tested. */
  async surround(entityId: string, type: EntityTypeDescriptor = this.#setting.type): Promise<void> {
    const place = type.identity?.containments?.[0];
    const outer = this.#setting.definition.entityTypes.find(({ name }) => name === place?.parent);
    const around = place && valuesOfId(type, entityId)?.[place.property];
    if (outer === undefined || around === undefined || around === null) return;
    await this.surround(String(around), outer);
    const context = { principal, tenant, correlationId: "surroundings" };
    for (let filling = 0; filling < fillings; filling += 1) {
      const change = { kind: "create", values: requiredFields(outer, filling) } as const;
      const reply = await this.#service?.write(context, { entityType: outer.name, entityId: String(around), change });
      if (reply?.kind === "written") break;
    }
    await this.#service?.quiet();
  }

  /** Those of the calls that the step accepts now, or that nobody but the service can tell of. */
  possible(entityId: string, calls: readonly Call[]): readonly Call[] {
    const history = this.#historyOf(entityId);
    if (history.present === undefined) return [];
    return calls.filter(({ action, params }) => history.foretold(action, params)?.kind !== "refused");
  }

  /** Sends one request about one entity. Throws a `Disagreement` where the answer or what is recorded is wrong. */
  async send(entityId: string, change: Write["change"]): Promise<Written | Failed> {
    assert(this.#service !== undefined, "the service is not started");
    const { type, tally } = this.#setting;
    const history = this.#historyOf(entityId);
    const sequence = history.sequence;
    const foretold = change.kind === "action" ? history.foretold(change.action, change.params) : undefined;
    const context = { principal, tenant, correlationId: String(tally.requests) };
    const reply = await this.#service.write(context, { entityType: type.name, entityId, change });
    tally.requests += 1;
    if (reply.kind === "written") tally.accepted += 1;
    await this.#service.quiet();
    await this.#catchUp();
    this.#judge(reply, history, {
      sequence,
      foretold,
      hasParts: change.kind === "action" && this.#hasParts(change.action),
    });
    return reply;
  }

  /** Parts on other entities may refuse what the entity's own step accepts. */
  #hasParts(action: string): boolean {
    const { composites = [] } = this.#setting.type.reactions ?? {};
    return composites.some((each) => each.action === action);
  }

  #judge(reply: Written | Failed, history: History, { sequence, foretold, hasParts }: Before): void {
    if (reply.kind === "written") {
      if (reply.sequence < sequence || reply.sequence > history.sequence)
        history.fail(`the reply tells of event ${reply.sequence}, and ${history.sequence} are recorded`);
      if (foretold?.kind === "refused") history.fail("a call was accepted that its step refuses");
      return;
    }
    if (!refusals.has(reply.code)) history.fail(`the service answered ${reply.code}: ${this.#fault || reply.message}`);
    const isStep = reply.code === "GuardFailed" || reply.code === "ActionNotAllowed";
    if (isStep && foretold?.kind === "moved" && !hasParts)
      history.fail(`a call was refused that its step accepts: ${reply.message}`);
  }

  /** Takes what has been recorded into the models, and holds each against what the service says. */
  async #catchUp(): Promise<void> {
    for (const [id, history] of this.#histories) {
      const events = await this.#store.events(this.#refOf(id));
      for (const event of events.slice(history.sequence)) history.take(event);
      await this.#compare(id, history);
    }
  }

  async #compare(id: string, history: History): Promise<void> {
    const row = await this.#store.row(this.#refOf(id));
    const { present } = history;
    if (present === undefined) return row === undefined ? undefined : history.fail("there is a row without an event");
    const read = await this.#service?.read({ principal, tenant, correlationId: "read" }, this.#setting.type.name, id);
    const values = read?.kind === "found" ? read.row.values : undefined;
    for (const found of [row?.values, values])
      if (found === undefined || !isSame(history.snapshotOf(found), present))
        history.fail("what is read is not what the recorded actions lead to");
  }

  /** A UUIDv7 of the beginning of time. */
  #freshId(): string {
    this.#ids += 1;
    return `00000000-0000-7000-8000-${this.#ids.toString(16).padStart(12, "0")}`;
  }

  #refOf(entityId: string): EntityRef {
    return { tenant, entityType: this.#setting.type.name, entityId };
  }

  #historyOf(entityId: string): History {
    const { automaton, statusProperty } = this.#setting.type;
    assert(automaton !== undefined && statusProperty !== undefined, "what is tested has an automaton");
    const history = this.#histories.get(entityId) ?? new History(automaton, statusProperty);
    this.#histories.set(entityId, history);
    return history;
  }
}

/** The entity before a request, and what the step says of it. */
interface Before {
  readonly sequence: number;
  readonly foretold: ReturnType<History["foretold"]>;
  readonly hasParts: boolean;
}
