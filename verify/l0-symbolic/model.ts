/** A model of a run as calls of the emitted step: what Z3 finds counts only once it has been replayed. */
import type { Automaton as Emitted, Snapshot, Value } from "@temperc/runtime";
import type { Rule } from "../../compiler/ir/index.ts";
import { assert } from "../assert.ts";
import { replay } from "../replay/replay.ts";
import type { Call, Trace } from "../replay/trace.ts";
import type { SolverSession } from "../solver.ts";
import { type Expression, numberIn, readAnswers, valuesIn } from "./answers.ts";
import type { Encoding } from "./encoding.ts";
import type { EncodedRule } from "./rules.ts";
import { apply, type Term } from "./smt.ts";
import type { Transition } from "./transition.ts";
import type { Encoded, EncodedList } from "./values.ts";

/** Lists of a model that are longer than this are not written out. */
const lengthMax = 256;

/**
 * The run of the session's present model, or undefined where it is none of the emitted code: that may be so where the
 * encoding leaves something out, and is a mistake of ours where it leaves out nothing.
 */
export async function readRun(
  steps: readonly Transition[],
  encoding: Encoding,
  emitted: Emitted,
  session: SolverSession,
): Promise<Trace | undefined> {
  const model = new Model(session, encoding);
  const calls: Call[] = [];
  let snapshot: Snapshot = emitted.initial;
  for (const { rule, rules } of steps) {
    const index = numberIn(await model.valueOf(rule));
    const encoded = rules.find((each) => each.index === index);
    const own = encoding.automaton.rules[index];
    if (session.isOver()) return undefined;
    assert(encoded !== undefined && own !== undefined, "a model moves by a rule that there is");
    const call = { action: encoded.action, params: await paramsOf(encoded, own, snapshot, model) };
    if (session.isOver()) return undefined;
    const outcome = emitted.step(snapshot, call.action, call.params);
    if (outcome.kind === "refused" || outcome.rule !== index) return disagreement(steps, call);
    calls.push(call);
    snapshot = outcome.after;
  }
  return replay(emitted, calls);
}

/** What the terms of an encoding that leaves something out mention. */
const inexact = /\b(rounded|float\.\w+|free\.|count\/|order\/)|\bReal\b|\bArray\b/;

function disagreement(steps: readonly Transition[], { action }: Call): undefined {
  const text = steps.flatMap(({ lines }) => lines).join("\n");
  assert(inexact.test(text), `internal/smt-disagrees: the model moves by ${action}, and the emitted step does not`);
  return undefined;
}

async function paramsOf(
  encoded: EncodedRule,
  rule: Rule,
  snapshot: Snapshot,
  model: Model,
): Promise<Record<string, Value>> {
  const params: Record<string, Value> = {};
  for (const [name, value] of encoded.params) {
    const given = await model.read(value);
    if (given !== undefined) params[name] = given;
  }
  const taken = encoded.constants.find(({ name }) => name.includes("free.Int"));
  for (const effect of rule.effects) {
    if (effect.kind !== "remove-at" || effect.index.kind !== "param" || taken === undefined) continue;
    const text = model.textOf(numberIn(await model.valueOf(taken.name)));
    const list = snapshot[effect.variable];
    const at = Array.isArray(list) ? list.indexOf(text) : -1;
    if (at >= 0) params[effect.index.name] = at;
  }
  return params;
}

/** The values of a session's present model. */
class Model {
  private readonly session: SolverSession;
  private readonly encoding: Encoding;
  /** Texts that the spec does not name, in the order in which they are met. */
  private readonly others = new Map<number, string>();

  constructor(session: SolverSession, encoding: Encoding) {
    this.session = session;
    this.encoding = encoding;
  }

  async valueOf(term: Term): Promise<Expression | undefined> {
    const [values] = readAnswers(await this.session.run(apply("get-value", `(${term})`)));
    return values === undefined ? undefined : valuesIn(values)[0];
  }

  /** A parameter's value; undefined where it is not given. */
  async read(value: Encoded): Promise<Value | undefined> {
    switch (value.kind) {
      case "null":
        return null;
      case "text":
        return this.textOf(numberIn(await this.valueOf(value.term))) ?? undefined;
      case "number":
        return (await this.isGiven(value.given)) ? numberIn(await this.valueOf(value.term)) : undefined;
      case "bool":
        return (await this.isGiven(value.given)) ? (await this.valueOf(value.term)) === "true" : undefined;
      case "list":
        return (await this.isGiven(value.given)) ? this.listOf(value) : undefined;
    }
  }

  private async isGiven(given: Term): Promise<boolean> {
    return given === "true" || (await this.valueOf(given)) === "true";
  }

  /** The text of a number: one of the spec's, or one that is none of them. */
  textOf(code: number): string | null {
    if (code < 0) return null;
    const { all } = this.encoding.texts;
    const text = all[code] ?? this.others.get(code) ?? this.unnamed();
    if (code >= all.length) this.others.set(code, text);
    return text;
  }

  /** `another value`, `another value 2`, and so on: whatever the spec does not name and the run does not have. */
  private unnamed(): string {
    const known = new Set([...this.encoding.texts.all, ...this.others.values()]);
    for (let number = 1; ; number++) {
      const name = number === 1 ? "another value" : `another value ${number}`;
      if (!known.has(name)) return name;
    }
  }

  /** The texts of the spec as often as the model says, and others for the rest. */
  private async listOf({ length, counts }: EncodedList): Promise<readonly string[] | undefined> {
    const size = numberIn(await this.valueOf(length));
    if (size > lengthMax) return undefined;
    const items: string[] = [];
    for (const text of counts === undefined ? [] : this.encoding.texts.all) {
      const count = numberIn(await this.valueOf(apply("select", counts ?? "", this.encoding.texts.term(text))));
      items.push(...Array.from({ length: count }, () => text));
    }
    const rest = Array.from({ length: Math.max(0, size - items.length) }, (_, index) => `another item ${index + 1}`);
    return [...items, ...rest];
  }
}
