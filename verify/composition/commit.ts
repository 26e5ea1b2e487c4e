/** What one request does to a joint state, as the service would commit it: the step, its sub-writes, and what they ask. */
import type {
  EntityTypeDescriptor,
  Output,
  ReferenceDescriptor,
  ServiceDefinition,
  Snapshot,
  TargetDescriptor,
  TriggerDescriptor,
  Value,
  Values,
} from "@temperc/runtime";
import { valuesOfId } from "@temperc/runtime/kernel";
import { type Delivery, type Entity, type JointState, nameOf, type Timer } from "./joint-state.ts";
import { armed, armedBy, freeSlot, slotOf, timed, timeoutCause } from "./timers.ts";

/** An action asked of one entity. */
export interface Request {
  readonly type: string;
  readonly id: string;
  readonly action: string;
  readonly params: Values;
}

/** Who asked: nobody but a client where `depth` is 0. */
export interface Asker {
  readonly depth: number;
  /** The timer that fired. */
  readonly timer?: Timer;
}

interface Part {
  readonly before: Entity;
  readonly after: Entity;
  readonly action: string;
  readonly outputs: readonly Output[];
}

/** The state after it was committed, or why it was refused. */
export type Committed = { readonly kind: "state"; readonly state: JointState } | Refusal;

export interface Refusal {
  readonly kind: "refusal";
  readonly reason: string;
  /** What was asked of the entity, where it was asked. */
  readonly action?: string;
}

/** What is known already of entities and parameters, which many joint states share and which never change. */
export class Performed {
  /** What came of an entity and the parameters of an action. */
  readonly parts = new WeakMap<Entity, WeakMap<Values, Part | Refusal>>();
  /** By the depth of who asked, what a part asks for, where nothing but the part decides it. */
  readonly deliveries = new WeakMap<Part, Map<number, readonly Delivery[]>>();
}

/** One request against one joint state; it is used once. */
export class Commit {
  readonly #service: ServiceDefinition;
  readonly #performed: Performed;
  readonly #entities: Map<string, Entity>;
  readonly #parts: Part[] = [];
  readonly #state: JointState;
  #timers: readonly Timer[];
  #fresh: number;

  constructor(service: ServiceDefinition, state: JointState, performed = new Performed()) {
    this.#service = service;
    this.#performed = performed;
    this.#state = state;
    this.#entities = new Map(state.entities);
    this.#timers = state.timers;
    this.#fresh = state.fresh;
  }

  /** Makes an entity; false where it is there already. */
  create(type: string, id: string, values: Values): boolean {
    const descriptor = this.#type(type);
    const name = nameOf(type, id);
    if (descriptor === undefined || id === "" || this.#entities.has(name)) return false;
    const entity = { type, id, values: newValues(descriptor, id, values) };
    this.#entities.set(name, entity);
    this.#armFirst(entity);
    return true;
  }

  /** A creation arms the timers of the status that it begins in. */
  #armFirst(entity: Entity): void {
    const { reactions, statusProperty = "" } = this.#type(entity.type) ?? {};
    for (const timeout of reactions?.timeouts ?? []) {
      if (timeout.status !== entity.values[statusProperty]) continue;
      const slot = slotOf(entity, timeout);
      this.#timers = armed(this.#timers, {
        slot,
        delivery: timed(slot, entity, timeoutCause(entity, timeout)),
        occurrence: 1,
      });
    }
  }

  /** The action, with the writes that stand or fall with it. */
  request(request: Request, asker: Asker): Committed {
    const first = this.#perform(request);
    if ("reason" in first) return first;
    const refusal = this.#subWrites(first) ?? this.#broken();
    return refusal ?? { kind: "state", state: this.#after(asker) };
  }

  /** The state as creations alone leave it. */
  created(): JointState {
    return { ...this.#state, entities: this.#entities, timers: this.#timers, fresh: this.#fresh };
  }

  #type(name: string): EntityTypeDescriptor | undefined {
    return this.#service.entityTypes.find((type) => type.name === name);
  }

  #perform({ type, id, action, params }: Request): Part | Refusal {
    const before = this.#entities.get(nameOf(type, id));
    const descriptor = this.#type(type);
    if (before === undefined) return refusal(`there is no ${type} ${id}`);
    if (descriptor === undefined) return refusal(`there is no type ${type}`);
    const filled = descriptor.automaton?.actions.find(({ name }) => name === action)?.filled ?? [];
    const part =
      filled.length > 0
        ? this.#step(descriptor, before, action, { ...params, ...this.#filled(filled, before) })
        : this.#known(descriptor, before, action, params);
    if ("reason" in part) return part;
    this.#entities.set(nameOf(type, id), part.after);
    this.#parts.push(part);
    return part;
  }

  /** Where the service fills nothing in, the entity alone decides. */
  #known(descriptor: EntityTypeDescriptor, before: Entity, action: string, params: Values): Part | Refusal {
    const byParams = this.#performed.parts.get(before) ?? new WeakMap<Values, Part | Refusal>();
    this.#performed.parts.set(before, byParams);
    const known = byParams.get(params);
    if (known !== undefined && known.action === action) return known;
    const part = this.#step(descriptor, before, action, params);
    byParams.set(params, part);
    return part;
  }

  #step(descriptor: EntityTypeDescriptor, before: Entity, action: string, params: Values): Part | Refusal {
    const { automaton, statusProperty, name } = descriptor;
    if (automaton === undefined || statusProperty === undefined)
      return { ...refusal(`${name} has no actions`), action };
    const snapshot: Record<string, Value> & { status: string } = { status: String(before.values[statusProperty]) };
    for (const variable of automaton.variables) snapshot[variable.name] = before.values[variable.name] ?? null;
    const outcome = automaton.step(snapshot, action, params);
    if (outcome.kind === "refused") return { ...refusal(`${outcome.reason}: ${outcome.detail}`), action };
    const values = moved(before.values, outcome.after, statusProperty);
    const violation = descriptor.fieldViolation?.(values);
    if (violation !== undefined) return { ...refusal(violation), action };
    return { before, after: { ...before, values }, action, outputs: outcome.outputs };
  }

  #filled(
    wanted: NonNullable<NonNullable<EntityTypeDescriptor["automaton"]>["actions"][number]["filled"]>,
    of: Entity,
  ) {
    const params: Record<string, Value> = {};
    for (const filled of wanted) {
      if (filled.kind === "fresh") params[filled.name] = this.#freshId();
      else if (filled.kind === "field") params[filled.name] = of.values[filled.field] ?? null;
      else params[filled.name] = this.#statuses(of.values, filled);
    }
    return params;
  }

  #statuses(values: Values, { entityType, reference }: { readonly entityType: string; readonly reference: string }) {
    const found = this.#read(values, { name: "", entityType, reference, property: "status" });
    return found.map((status) => (typeof status === "string" ? status : ""));
  }

  #freshId(): string {
    this.#fresh += 1;
    return `fresh ${this.#fresh}`;
  }

  #read(values: Values, { entityType, reference, property }: ReferenceDescriptor): readonly Value[] {
    const name = property === "status" ? (this.#type(entityType)?.statusProperty ?? property) : property;
    return readIds(values[reference]).map((id) => {
      const there = id === null ? undefined : this.#entities.get(nameOf(entityType, id));
      return there?.values[name] ?? null;
    });
  }

  #related(values: Values, references: readonly ReferenceDescriptor[]) {
    return Object.fromEntries(references.map((each) => [each.name, this.#read(values, each)]));
  }

  #subWrites({ after, action }: Part): Refusal | undefined {
    const composites = this.#type(after.type)?.reactions?.composites ?? [];
    for (const { entityType: type, action: asked, target, params } of composites.find((each) => each.action === action)
      ?.subWrites ?? []) {
      const targets = this.#targets(target, after);
      if (targets.length === 0) return refusal(`its part ${asked} on ${type} has no target`);
      for (const { id, isMade } of targets) {
        if (isMade) this.create(type, id, {});
        const part = this.#perform({ type, id, action: asked, params: argumentsOf(params, after.values) });
        if ("reason" in part) return refusal(`its part ${asked} on ${type} is refused: ${part.reason}`);
      }
    }
    return undefined;
  }

  #targets(target: TargetDescriptor, source: Entity): readonly { readonly id: string; readonly isMade: boolean }[] {
    switch (target.kind) {
      case "field":
      case "create-if-missing": {
        const isMade = target.kind === "create-if-missing";
        const ids = readIds(source.values[target.field]).flatMap((id) => (id === null || id === "" ? [] : [id]));
        return ids.map((id) => ({ id, isMade }));
      }
      case "same-id":
        return [{ id: source.id, isMade: false }];
      case "static":
        return [{ id: target.entityId, isMade: false }];
      case "create":
        return [{ id: this.#freshId(), isMade: true }];
    }
  }

  /** Hard properties are asked of the entities that the commit writes, as it leaves all others. */
  #broken(): Refusal | undefined {
    for (const { after, action } of this.#parts) {
      for (const each of this.#service.crossInvariants ?? []) {
        if (each.kind !== "hard" || each.entityType !== after.type) continue;
        if (each.action !== undefined && each.action !== action) continue;
        if (!this.holds(each, after)) return refusal(`it would break ${each.name}`);
      }
    }
    return undefined;
  }

  /** Whether a property across entities is true of one of them. */
  holds(invariant: NonNullable<ServiceDefinition["crossInvariants"]>[number], { values }: Entity): boolean {
    return invariant.holds(values, this.#related(values, invariant.references));
  }

  #deliveries(part: Part, asker: Asker): readonly Delivery[] {
    const triggers = this.#type(part.after.type)?.reactions?.triggers ?? [];
    const isDecided = triggers.every(({ references = [], deed }) => {
      return references.length === 0 && (deed.kind !== "entity" || deed.target.kind !== "create");
    });
    const known = isDecided ? this.#performed.deliveries.get(part)?.get(asker.depth) : undefined;
    if (known !== undefined) return known;
    const asked = [...this.#spawned(part, asker), ...this.#triggered(part, asker)];
    if (!isDecided) return asked;
    const byDepth = this.#performed.deliveries.get(part) ?? new Map<number, readonly Delivery[]>();
    this.#performed.deliveries.set(part, byDepth.set(asker.depth, asked));
    return asked;
  }

  #after(asker: Asker): JointState {
    const waiting = [...this.#state.waiting];
    for (const part of this.#parts) {
      waiting.push(...this.#deliveries(part, asker));
      this.#timers = this.#posted(part, asker, this.#armedBy(part, asker, this.#timers));
    }
    return { entities: this.#entities, waiting, timers: this.#timers, owed: this.#owed(), fresh: this.#fresh };
  }

  #spawned({ after, outputs }: Part, { depth }: Asker): readonly Delivery[] {
    return outputs.flatMap((output): readonly Delivery[] => {
      if (output.kind !== "spawn") return [];
      const { entityType: type, entityId, action, copies } = output;
      const given = Object.fromEntries(copies.map((name) => [name, after.values[name] ?? null]));
      const { fields: values, params } = this.#madeBy(type, action, given);
      const first = { type, id: typeof entityId === "string" ? entityId : "", params, ...(action && { action }) };
      const from = `${after.type} ${after.id}: spawn ${type}`;
      const cause = { type: after.type, kind: "spawn", name: type } as const;
      return [{ from, cause, ...first, whereMissing: "spawn", values, dropOk: false, depth: depth + 1 }];
    });
  }

  #triggered(part: Part, { depth }: Asker): readonly Delivery[] {
    const { after } = part;
    const triggers = this.#type(after.type)?.reactions?.triggers ?? [];
    return triggers.flatMap((trigger): readonly Delivery[] => {
      const { deed, name } = trigger;
      if (deed.kind !== "entity" || !this.#isSetOff(trigger, part)) return [];
      const { entityType: type, action, dropOk } = deed;
      const targets = this.#targets(deed.target, after);
      if (targets.length === 0 && dropOk) return [];
      const given = argumentsOf(deed.params, after.values);
      const cause = { type: after.type, kind: "trigger", name } as const;
      const asked = { from: `${after.type} ${after.id}: ${name}`, cause, type, action, dropOk, depth: depth + 1 };
      const all = targets.length === 0 ? [{ id: "", isMade: false }] : targets;
      return all.map(({ id, isMade }) => {
        if (!isMade) return { ...asked, id, whereMissing: "refuse", params: given, values: {} };
        const { fields: values, params } = this.#madeBy(type, action, given);
        return { ...asked, id, whereMissing: "create", params, values };
      });
    });
  }

  /** What is given to an action that makes its entity: fields of the type for the entity, all but those for the action. */
  #madeBy(
    type: string,
    action: string | undefined,
    given: Values,
  ): { readonly fields: Values; readonly params: Values } {
    const { properties = [], automaton } = this.#type(type) ?? {};
    const isField = (name: string) => properties.some((each) => each.name === name && each.role === "field");
    const taken = automaton?.actions.find(({ name }) => name === action)?.params.map(({ name }) => name) ?? [];
    const fields = Object.entries(given).filter(([name]) => isField(name));
    const params = Object.entries(given).filter(([name]) => !isField(name) || taken.includes(name));
    return { fields: Object.fromEntries(fields), params: Object.fromEntries(params) };
  }

  /** The answers that webhooks wait for, each with the call-backs that it can lead to. */
  #posted(part: Part, { depth }: Asker, waiting: readonly Timer[]): readonly Timer[] {
    const { after } = part;
    let timers = waiting;
    for (const trigger of this.#type(after.type)?.reactions?.triggers ?? []) {
      const { deed, name } = trigger;
      if (deed.kind !== "webhook" || !this.#isSetOff(trigger, part)) continue;
      const answers = [deed.onSuccess, deed.onFailure, ...(deed.routes ?? []).map(({ action }) => action)];
      if (answers.every((each) => each === undefined)) continue;
      const from = `${after.type} ${after.id}: ${name}`;
      const slot = freeSlot(from, timers);
      const cause = { type: after.type, kind: "trigger", name } as const;
      const delivery = { ...timed(from, after, { cause, action: "", params: {} }), depth: depth + 1 };
      timers = armed(timers, { slot, delivery, answers: [...new Set(answers)] });
    }
    return timers;
  }

  #isSetOff({ action, toStatus, references, holds }: TriggerDescriptor, { after, action: done }: Part): boolean {
    const statusProperty = this.#type(after.type)?.statusProperty ?? "";
    if (action !== done || (toStatus !== undefined && after.values[statusProperty] !== toStatus)) return false;
    return holds === undefined || holds(after.values, this.#related(after.values, references ?? []));
  }

  #armedBy(part: Part, asker: Asker, waiting: readonly Timer[]): readonly Timer[] {
    const { reactions, statusProperty = "" } = this.#type(part.after.type) ?? {};
    return armedBy({ ...part, timeouts: reactions?.timeouts ?? [], statusProperty }, asker.timer, waiting);
  }

  /** Debts that are paid are dropped; an action that leaves an eventual property broken makes a new one. */
  #owed(): JointState["owed"] {
    const eventual = (this.#service.crossInvariants ?? []).filter(({ kind }) => kind === "eventual");
    if (eventual.length === 0) return this.#state.owed;
    const made = eventual.flatMap((each) =>
      this.#parts
        .filter(({ after }) => after.type === each.entityType)
        .filter(({ action }) => each.action === undefined || each.action === action)
        .map(({ after }): readonly [string, string] => [nameOf(after.type, after.id), each.name]),
    );
    const known = new Map([...this.#state.owed, ...made].map((debt) => [JSON.stringify(debt), debt]));
    return [...known.values()].filter(([name, invariant]) => {
      const entity = this.#entities.get(name);
      const asked = eventual.find((each) => each.name === invariant);
      return entity !== undefined && asked !== undefined && !this.holds(asked, entity);
    });
  }
}

function refusal(reason: string): Refusal {
  return { kind: "refusal", reason };
}

function newValues(type: EntityTypeDescriptor, id: string, given: Values) {
  const { key, identity, properties, statusProperty, automaton } = type;
  const values: Record<string, Value> = {};
  for (const { name, defaultValue } of properties) {
    const initial = name === statusProperty ? automaton?.initial.status : automaton?.initial[name];
    values[name] = given[name] ?? initial ?? defaultValue ?? null;
  }
  return Object.assign(values, identity === undefined ? { [key]: id } : valuesOfId(type, id));
}

/** In the order of the old values, so that equal values are equal texts. */
function moved(before: Values, { status, ...variables }: Snapshot, statusProperty: string): Values {
  return { ...before, ...variables, [statusProperty]: status };
}

function readIds(value: Value | undefined): readonly (string | null)[] {
  if (typeof value === "object" && value !== null) return value;
  return value === undefined || value === null || value === "" ? [null] : [String(value)];
}

function argumentsOf(
  given: readonly ({ readonly param: string } & ({ readonly value: Value } | { readonly field: string }))[],
  source: Values,
): Values {
  return Object.fromEntries(
    given.map((each) => [each.param, "field" in each ? (source[each.field] ?? null) : each.value]),
  );
}
