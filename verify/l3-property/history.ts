/** The model of one entity: the list of actions that were accepted, and where the emitted step leads through them. */
import type { Automaton, JournalEvent, Snapshot, Value, Values } from "@temperc/runtime";
import { changes } from "../replay/replay.ts";
import type { TraceStep } from "../replay/trace.ts";

/** The service does not do what the emitted step says, or what a service has to do. */
export class Disagreement extends Error {
  readonly steps: readonly TraceStep[];
  /** The broken invariant's index among the automaton's; absent where something else is wrong. */
  readonly invariant: number | undefined;

  constructor(message: string, steps: readonly TraceStep[], invariant?: number) {
    super(message);
    this.name = "Disagreement";
    this.steps = steps;
    this.invariant = invariant;
  }
}

export class History {
  readonly #automaton: Automaton;
  readonly #statusProperty: string;
  readonly #steps: TraceStep[] = [];
  /** The number of the last event. */
  sequence = 0;
  /** Absent before the entity is created. */
  present: Snapshot | undefined;

  constructor(automaton: Automaton, statusProperty: string) {
    this.#automaton = automaton;
    this.#statusProperty = statusProperty;
  }

  fail(message: string, invariant?: number): never {
    throw new Disagreement(message, this.#steps, invariant);
  }

  /** What the step says of this call now; undefined where the service adds parameters that nobody else knows. */
  foretold(action: string, params: Values): ReturnType<Automaton["step"]> | undefined {
    if (this.present === undefined || this.#isFilled(action)) return undefined;
    return this.#automaton.step(this.present, action, params);
  }

  /** One event further. Throws a `Disagreement` where the step does not lead there. */
  take(event: JournalEvent): void {
    if (event.sequence !== this.sequence + 1) this.fail(`event ${event.sequence} follows event ${this.sequence}`);
    this.sequence = event.sequence;
    if (event.kind === "created") this.#create(event);
    else if (event.kind === "action") this.#move(event);
    else this.fail(`nobody asked for the event "${event.kind}"`);
    this.#checkInvariants();
  }

  #create({ delta }: JournalEvent): void {
    this.present = this.snapshotOf(delta);
    if (!isSame(this.present, this.#automaton.initial)) this.fail("the new entity is not in its initial state");
  }

  #move({ action, params, delta }: JournalEvent): void {
    const before = this.present;
    if (before === undefined) this.fail(`${action} moved an entity that does not exist`);
    const outcome = this.foretold(action, params);
    const after = this.snapshotOf({ ...this.#valuesOf(before), ...delta });
    const rule = outcome?.kind === "moved" ? outcome.rule : this.#ruleOf(action, before, after);
    const { source = "" } = this.#automaton.rules[rule] ?? {};
    const changed = changes(this.#automaton, before, after);
    this.#steps.push({ action, params, rule, source, before, after, changed });
    this.present = after;
    if (outcome?.kind === "refused") this.fail(`${action} was recorded, and its step refuses it: ${outcome.detail}`);
    if (outcome?.kind === "moved" && !isSame(outcome.after, after))
      this.fail(`${action} was recorded with another result than that of its step`);
  }

  #checkInvariants(): void {
    const { present } = this;
    const broken = this.#automaton.invariants.findIndex((each) => present !== undefined && !each.holds(present));
    const { name } = this.#automaton.invariants[broken] ?? {};
    if (name !== undefined) this.fail(`the invariant ${name} is broken`, broken);
  }

  #isFilled(action: string): boolean {
    const { filled = [] } = this.#automaton.actions.find(({ name }) => name === action) ?? {};
    return filled.length > 0;
  }

  /** A rule of the action that leads from the one status to the other. */
  #ruleOf(action: string, before: Snapshot, after: Snapshot): number {
    return this.#automaton.rules.findIndex(
      (rule) =>
        rule.action === action && rule.from.includes(before.status) && (rule.to ?? before.status) === after.status,
    );
  }

  /** The status and variables among an entity's values. */
  snapshotOf(values: Values): Snapshot {
    const variables = this.#automaton.variables.map(({ name }): [string, Value] => [name, values[name] ?? null]);
    const status = values[this.#statusProperty];
    return { ...Object.fromEntries(variables), status: typeof status === "string" ? status : "" };
  }

  #valuesOf({ status, ...variables }: Snapshot): Values {
    return { ...variables, [this.#statusProperty]: status };
  }
}

/** Whether status and variables are equal; lists item by item. */
export function isSame(one: Snapshot, other: Snapshot): boolean {
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => one[name] === other[name] || JSON.stringify(one[name]) === JSON.stringify(other[name]))
  );
}
