/** The last resort of a proof: the rules as Horn clauses for Z3's engine Spacer, whose answer is then checked like any other guess. */
import type { SolverSession } from "../solver.ts";
import { type Expression, readAnswers } from "./answers.ts";
import type { Candidate } from "./candidates.ts";
import { type Encoding, termsOf } from "./encoding.ts";
import { printExpression, showInfix } from "./infix.ts";
import { assumptionsOf } from "./obligations.ts";
import { hornPreamble } from "./preamble.ts";
import { conditionsOf, type EncodedRule, encodedRule, letIn, rulesOf } from "./rules.ts";
import { all, apply, type Constant, implies, parameters, type Term } from "./smt.ts";
import type { State } from "./values.ts";

/** A formula that Spacer says is true of every reachable snapshot and leaves no room for a broken invariant; undefined where it has none. */
export async function hornCandidate(
  encoding: Encoding,
  wanted: ReadonlySet<string>,
  session: SolverSession,
): Promise<Candidate | undefined> {
  const script = hornScript(encoding, wanted);
  if (script === undefined) return undefined;
  const [answer] = readAnswers(await session.run(script));
  if (answer !== "sat") return undefined;
  const [model] = readAnswers(await session.run("(get-model)"));
  return model === undefined ? undefined : candidateIn(model, encoding);
}

/** What Spacer does not take: functions that nothing defines. */
const uninterpreted = /\((rounded|float\.\w+) /;

/** Lets Spacer draw conclusions from several lemmas at once (Krishnan and others 2020): two counters that go together need it. */
const generalising = "(set-option :fp.spacer.global true)";

function hornScript(encoding: Encoding, wanted: ReadonlySet<string>): string | undefined {
  const { components, state, initial } = encoding;
  const rules = rulesOf(encoding).map((each) =>
    encodedRule(each, encoding, { before: state, suffix: `@${each.index}` }),
  );
  const here = apply("reached", ...components.map(({ name }) => name));
  const [isSnapshot = "true"] = assumptionsOf(encoding, new Set());
  const holds = all(assumptionsOf(encoding, wanted).slice(1));
  const clauses = [
    apply("assert", apply("reached", ...termsOf(initial))),
    ...rules.map((rule) => ruleClause(rule, { here, isSnapshot, components })),
    apply("assert", apply("forall", quantified(components), implies(all([here, isSnapshot]), holds))),
  ];
  const body = clauses.join("\n");
  if (uninterpreted.test(body)) return undefined;
  const relation = `(declare-fun reached (${components.map(({ sort }) => sort).join(" ")}) Bool)`;
  return [generalising, hornPreamble(encoding, body), relation, ...clauses, "(check-sat)"].join("\n");
}

interface Clause {
  readonly here: Term;
  readonly isSnapshot: Term;
  readonly components: readonly Constant[];
}

function ruleClause(rule: EncodedRule, { here, isSnapshot, components }: Clause): string {
  const next = apply("reached", ...termsOf(rule.after));
  const moves = letIn(rule.definitions, implies(all([here, isSnapshot, ...conditionsOf(rule)]), next));
  return apply("assert", apply("forall", quantified([...components, ...rule.constants]), moves));
}

function quantified(constants: readonly Constant[]): Term {
  return `(${parameters(constants)})`;
}

/** The definition of `reached` in a model as a function of a snapshot. */
function candidateIn(model: Expression, encoding: Encoding): Candidate | undefined {
  const found = typeof model === "string" ? undefined : model.find((each) => each[1] === "reached");
  if (found === undefined || typeof found === "string") return undefined;
  const [, , params = [], , body = "true"] = found;
  if (typeof params === "string") return undefined;
  const names = params.map((param) => String(param[0]));
  const term = (state: State): Term => {
    const values = termsOf(state);
    const bindings = names.map((name, index) => `(${name} ${values[index] ?? name})`);
    return names.length === 0 ? printExpression(body) : apply("let", `(${bindings.join(" ")})`, printExpression(body));
  };
  const shown = new Map(names.map((name, index) => [name, encoding.components[index]?.name ?? name]));
  return { text: showInfix(body, shown), term };
}
