/** What a search that did not see everything leaves open besides invariants: guards, terminal statuses and deadlocks. */
import type { SolverSession } from "../solver.ts";
import { satAnswers } from "./answers.ts";
import { equalTerm, literalValue } from "./conditions.ts";
import type { Encoding } from "./encoding.ts";
import { assumptionsOf } from "./obligations.ts";
import { preamble } from "./preamble.ts";
import { conditionsOf, type EncodedRule, encodedRule, letIn, rulesOf } from "./rules.ts";
import { all, apply, declaration, definition, not, parameters, type Term } from "./smt.ts";

/** What is known to hold in every reachable snapshot. */
export interface Known {
  /** Invariants that are proved, by name. */
  readonly invariants: ReadonlySet<string>;
  /** Facts besides. */
  readonly lemmas: readonly Term[];
}

export interface Rest {
  /** Rules that never move, by index. */
  readonly dead: ReadonlySet<number>;
  /** Statuses that are never reached, and invariants whose premise is never true, by name. */
  readonly unreached: ReadonlySet<string>;
  readonly silent: ReadonlySet<string>;
  /** True where no action moves in a terminal status, and some is possible in every status that must not be the end. */
  readonly endsWell: boolean;
}

/** Asks it of every snapshot in which what is known holds. */
export async function restOf(encoding: Encoding, known: Known, session: SolverSession): Promise<Rest> {
  const rules = rulesOf(encoding).map((each) => {
    return encodedRule(each, encoding, { before: encoding.state, suffix: `@${each.index}` });
  });
  const statuses = encoding.automaton.statuses.map(({ name }) => name);
  const premises = encoding.invariants.flatMap(({ name, premise }) =>
    premise === undefined ? [] : [{ name, premise }],
  );
  const ends = [...rules.flatMap((rule) => terminalQuestion(rule, encoding)), ...stuckQuestions(rules, encoding)];
  const questions = [
    ...rules.map((rule) => asRule(rule, conditionsOf(rule))),
    ...statuses.map((name) => [apply("assert", isStatus(name, encoding))]),
    ...premises.map(({ premise }) => [apply("assert", premise)]),
    ...ends,
  ];
  const assumed = [...assumptionsOf(encoding, known.invariants), ...known.lemmas].map((term) => apply("assert", term));
  const body = [...assumed, ...questions.flatMap((each) => ["(push 1)", ...each, "(check-sat)", "(pop 1)"])];
  const script = ["(reset)", preamble(encoding, body.join("\n")), ...body].join("\n");
  const answers = satAnswers(await session.run(script), questions.length);
  const isNever = answers.map((answer) => answer === "unsat");
  const afterRules = isNever.slice(rules.length);
  const afterStatuses = afterRules.slice(statuses.length);
  return {
    dead: new Set(rules.filter((_, index) => isNever[index]).map(({ index }) => index)),
    unreached: new Set(statuses.filter((_, index) => afterRules[index])),
    silent: new Set(premises.filter((_, index) => afterStatuses[index]).map(({ name }) => name)),
    endsWell: afterStatuses.slice(premises.length).every((isTrue) => isTrue),
  };
}

/** The rule's declarations with what is asked of it. */
function asRule(rule: EncodedRule, terms: readonly Term[]): readonly string[] {
  return [
    ...rule.constants.map(declaration),
    ...rule.definitions.map((each) => definition(each)),
    ...terms.map((term) => apply("assert", term)),
  ];
}

function isStatus(name: string, { state, texts }: Encoding): Term {
  const status = state.get("status");
  return status === undefined ? "false" : equalTerm(status, literalValue(name, texts));
}

function terminalQuestion(rule: EncodedRule, encoding: Encoding): readonly (readonly string[])[] {
  const { terminal } = encoding.automaton;
  if (terminal.length === 0) return [];
  const isTerminal = apply("or", "false", ...terminal.map((name) => isStatus(name, encoding)));
  return [asRule(rule, [...conditionsOf(rule), isTerminal])];
}

/** In each status that must not be the end: that no rule can move, whatever is given. */
function stuckQuestions(rules: readonly EncodedRule[], encoding: Encoding): readonly (readonly string[])[] {
  const { automaton } = encoding;
  const mayStop = new Set([...automaton.terminal, ...automaton.indefinite]);
  const mustMove = new Set([
    ...automaton.statuses.map(({ name }) => name).filter((name) => !mayStop.has(name)),
    ...automaton.liveness.flatMap((liveness) => (liveness.kind === "has-actions" ? liveness.from : [])),
  ]);
  const isStuck = rules.map((rule) => apply("assert", cannotMove(rule)));
  return [...mustMove].map((name) => [apply("assert", isStatus(name, encoding)), ...isStuck]);
}

/** A rule that waits for what a single automaton does not decide is not counted on. */
function cannotMove(rule: EncodedRule): Term {
  if (rule.constants.some(({ name }) => /^\|?free\./.test(name))) return "true";
  const moves = letIn(rule.definitions, all(conditionsOf(rule)));
  if (rule.constants.length === 0) return not(moves);
  return apply("forall", `(${parameters(rule.constants)})`, not(moves));
}
