/** Takes a joint run again, step by step, on the emitted code alone: nothing is reported that does not come out the same. */
import type { ServiceDefinition, Snapshot, Value } from "@temperc/runtime";
import { Commit } from "./commit.ts";
import { type JointState, nameOf, nextInLine, nothingYet, type Timer } from "./joint-state.ts";
import { JointMoves, type JointStep, type Move, nameOfDropped } from "./moves.ts";

/** As the service's own where nothing else is configured: a deeper cascade is a dead letter. */
export const cascadeDepthMax = 8;

/** What is asked of a run: the rest of a step is what comes of it. */
export type AskedStep = Pick<JointStep, "kind" | "type" | "id" | "action" | "params" | "from">;

/** What came of a step, or why it cannot be taken. */
export type TakenStep =
  /** `after` is absent where the entity is not there; a refusal is of what was delivered. */
  | { readonly kind: "taken"; readonly after?: Snapshot; readonly refusal?: string }
  | { readonly kind: "impossible"; readonly reason: string };

/** A run from no entities at all; each step is taken in the state that the one before has left. */
export class JointRerun {
  /** What was dropped so far, under the names of the properties that forbid it: in which step, from 1 on, and why. */
  readonly dropped = new Map<string, { readonly step: number; readonly reason: string }>();
  /** Steps that were taken. */
  steps = 0;
  readonly #service: ServiceDefinition;
  readonly #moves: JointMoves;
  #state: JointState = nothingYet;

  constructor(service: ServiceDefinition) {
    this.#service = service;
    this.#moves = new JointMoves(service, { instances: Number.POSITIVE_INFINITY, cascadeDepthMax });
  }

  take(step: AskedStep): TakenStep {
    const move = this.#moveOf(step);
    if (move === undefined) return { kind: "impossible", reason: this.#nothingSuch(step) };
    if (move.kind === "refused" || move.kind === "left-out") return { kind: "impossible", reason: move.reason };
    this.#state = move.state;
    this.steps += 1;
    const after = snapshotOf(this.#service, move.state, step);
    if (move.kind === "reached") return { kind: "taken", ...(after && { after }) };
    const { refusal } = move.step;
    const name = nameOfDropped(move);
    if (!this.dropped.has(name)) this.dropped.set(name, { step: this.steps, reason: refusal });
    return { kind: "taken", refusal, ...(after && { after }) };
  }

  /**
   * The entities of which a property across entities is not true now, an eventual one only once nothing is under way;
   * undefined where there is no such property.
   */
  brokenBy(name: string): readonly string[] | undefined {
    const { entities, owed, waiting, timers } = this.#state;
    const invariant = this.#service.crossInvariants?.find((each) => each.name === name);
    if (invariant === undefined) return undefined;
    if (invariant.kind === "eventual") {
      const isUnderWay = waiting.length > 0 || timers.length > 0;
      return isUnderWay ? [] : owed.filter(([, each]) => each === name).map(([entity]) => entity);
    }
    const look = new Commit(this.#service, this.#state);
    return [...entities.values()]
      .filter((each) => each.type === invariant.entityType && !look.holds(invariant, each))
      .map(({ type, id }) => nameOf(type, id));
  }

  #moveOf(step: AskedStep): Move | undefined {
    const { kind, type, id, action = "", params } = step;
    switch (kind) {
      case "created":
        return this.#moves.created(this.#state, { type, id, values: params });
      case "asked":
        return this.#moves.asked(this.#state, { type, id, action, params });
      case "delivered":
        return nextInLine(this.#state)
          .map((place) => this.#moves.delivered(this.#state, place))
          .find((move) => isStep(move, step));
      case "timer":
        return this.#timers(step)
          .map((timer) => this.#moves.fired(this.#state, timer))
          .find((move) => isStep(move, step));
      case "answered":
        return this.#timers(step)
          .filter(({ answers }) => answers?.includes(step.action))
          .map((timer) =>
            this.#moves.answered(this.#state, timer, step.action === undefined ? undefined : { action, params }),
          )
          .find((move) => isStep(move, step));
    }
  }

  #timers({ kind, type, id }: AskedStep): readonly Timer[] {
    const own = this.#state.timers.filter(({ delivery }) => delivery.type === type && delivery.id === id);
    return own.filter(({ answers }) => (answers === undefined) === (kind === "timer"));
  }

  #nothingSuch({ kind, type, id, action = "" }: AskedStep): string {
    const what = kind === "timer" ? "timer" : kind === "answered" ? "answer" : "delivery";
    return `no ${what}${action === "" ? "" : ` of ${action}`} is under way to ${nameOf(type, id)}`;
  }
}

function isStep(move: Move | undefined, { type, id, action, from }: AskedStep): boolean {
  if (move?.kind !== "reached" && move?.kind !== "dropped") return false;
  const { step } = move;
  const isAsked = from === undefined || from === step.from;
  return step.type === type && step.id === id && step.action === action && isAsked;
}

function snapshotOf(
  { entityTypes }: ServiceDefinition,
  { entities }: JointState,
  { type, id }: AskedStep,
): Snapshot | undefined {
  const descriptor = entityTypes.find(({ name }) => name === type);
  const entity = entities.get(nameOf(type, id));
  if (entity === undefined) return undefined;
  const status = entity.values[descriptor?.statusProperty ?? ""];
  const variables = (descriptor?.automaton?.variables ?? []).map(({ name }): [string, Value] => {
    return [name, entity.values[name] ?? null];
  });
  return { status: typeof status === "string" ? status : "", ...Object.fromEntries(variables) };
}
