/** Binds the Cedar policies: unique ids, and each validated against the schema that the program itself gives. */

import type { DetailedError, ValidationError } from "@cedar-policy/cedar-wasm/nodejs";
import type { Report } from "../diagnostics/diagnostic.ts";
import { ifNear } from "../diagnostics/did-you-mean.ts";
import type { Automaton } from "../ir/automaton.ts";
import type { Policy } from "../ir/program.ts";
import type { DataContract } from "../ir/schema.ts";
import { errorSpan, type PolicySyntax, type StaticPolicy } from "../parse/cedar.ts";
import { cedar } from "../parse/cedar-engine.ts";
import { policyBody } from "./cedar-body.ts";
import { callerTypes, cedarActionIds, cedarSchema, verbs } from "./cedar-schema.ts";

export interface BoundPolicies {
  readonly policies: readonly Policy[];
  readonly cedarSchema: string;
}

/**
 * The policies with their ids and the Cedar schema. Reports `bind/duplicate-policy`, `bind/invalid-policy` (Cedar's
 * validator in strict mode, with its hints), `bind/doubtful-policy` (its warnings), `bind/policy-not-compiled` and
 * `bind/no-policies`.
 */
export function bindPolicies(
  syntaxes: readonly PolicySyntax[],
  contract: DataContract,
  automata: readonly Automaton[],
  report: Report,
): BoundPolicies {
  reportVerbs(automata, report);
  const bound = bindIds(syntaxes, report);
  const policies = bound.map(({ policy }) => policy);
  for (const { id, body, span } of policies) {
    if (body.kind === "compiled") continue;
    const hint = "an attribute of the principal or of the resource often replaces a long list";
    report("bind/policy-not-compiled", span, { id, why: body.why }, { hint });
  }
  const schema = cedarSchema(contract, automata);
  const origin = automata[0]?.span ?? contract.entities[0]?.span;
  if (syntaxes.length === 0 && origin !== undefined) {
    const hint = 'a first one: permit(principal, action in Action::"read", resource);';
    report("bind/no-policies", origin, {}, { hint });
  }
  const actions = cedarActionIds(contract, automata);
  const known: Known = {
    callers: new Set(callerTypes(automata)),
    actions: new Set(actions),
    types: new Set(contract.entities.map(({ name }) => name)),
  };
  const doubtful = bound.filter(({ policy, isPlain }) => !isPlain || !fits(policy, known)).map(({ policy }) => policy);
  if (doubtful.length > 0) validate({ policies: doubtful, schema, actions }, report);
  return { policies, cedarSchema: schema };
}

/** Policies say `Action::"Order::read"` for the verb, so an action of that name could not be told from it. */
function reportVerbs(automata: readonly Automaton[], report: Report): void {
  for (const automaton of automata) {
    for (const action of automaton.actions.filter((each) => verbs.includes(each.name))) {
      const facts = { automaton: automaton.name, action: action.name };
      report("bind/action-named-like-verb", action.span, facts, { hint: `the verbs are ${verbs.join(", ")}` });
    }
  }
}

interface Bound {
  readonly policy: Policy;
  readonly isPlain: boolean;
}

function bindIds(syntaxes: readonly PolicySyntax[], report: Report): readonly Bound[] {
  const first = new Map<string, StaticPolicy>();
  return syntaxes.flatMap((syntax, index) => {
    if (syntax.kind === "refused") return [];
    const id = syntax.id?.text ?? `policy${index}`;
    const earlier = first.get(id);
    if (earlier === undefined) {
      first.set(id, syntax);
      const { effect, text, scope, exact, isPlain, span } = syntax;
      return [{ policy: { id, effect, text, scope, body: policyBody(exact), span }, isPlain }];
    }
    const notes = [{ message: "the first one is here", span: earlier.id?.span ?? earlier.span }];
    report("bind/duplicate-policy", syntax.id?.span ?? syntax.span, { id }, { notes });
    return [];
  });
}

interface Known {
  readonly callers: ReadonlySet<string>;
  /** `Order::Pay`, `Order::read`, … */
  readonly actions: ReadonlySet<string>;
  readonly types: ReadonlySet<string>;
}

/**
 * True where every name in a policy's head is there and can come together. Cedar would say so too, after a look at each pair of
 * a principal type and an action, of which a large system has very many.
 */
function fits({ scope }: Policy, { callers, actions, types }: Known): boolean {
  const { principalType, actions: asked, resourceType } = scope;
  if (principalType !== undefined && !callers.has(principalType)) return false;
  if (resourceType !== undefined && !types.has(resourceType)) return false;
  if (asked === undefined) return true;
  return asked.every((id) => actions.has(id) && (resourceType === undefined || id.startsWith(`${resourceType}::`)));
}

interface Validation {
  readonly policies: readonly Policy[];
  readonly schema: string;
  readonly actions: readonly string[];
}

/** Cedar sees the policies by number: an id is the user's text and may be anything. */
function validate({ policies, schema, actions }: Validation, report: Report): void {
  const staticPolicies = Object.fromEntries(policies.map((policy, index) => [String(index), policy.text]));
  const answer = cedar().validate({ schema, policies: { staticPolicies } });
  if (answer.type === "failure") {
    throw new Error(
      `the generated Cedar schema is not valid: ${answer.errors.map((error) => error.message).join("; ")}`,
    );
  }
  const wrong = new Set(answer.validationErrors.map((each) => each.policyId));
  const doubts = answer.validationWarnings.filter((each) => !wrong.has(each.policyId));
  for (const each of distinct(answer.validationErrors, (error) => error.message)) tell("bind/invalid-policy", each);
  for (const each of distinct(doubts, () => "")) tell("bind/doubtful-policy", each);

  function tell(code: "bind/invalid-policy" | "bind/doubtful-policy", { policyId, error }: ValidationError): void {
    const policy = policies[Number(policyId)];
    if (policy === undefined) return;
    const plain = (text: string): string => text.replaceAll(`for policy \`${policyId}\`, `, "");
    const hint = hintFor(error, policy, actions);
    const facts = { id: policy.id, problem: plain(error.message) };
    report(code, errorSpan(error, policy), facts, { hint: hint === undefined ? undefined : plain(hint) });
  }
}

/** Cedar's own hint, but for actions, where it does not know which of them requests have. */
function hintFor(error: DetailedError, policy: Policy, actions: readonly string[]): string | undefined {
  const unknown = /unrecognized action `Action::"([^"]*)"`/.exec(error.message)?.[1];
  const nearest = unknown === undefined ? undefined : ifNear(unknown, actions);
  const group = /\baction\s*==\s*(Action::"[^":]+")/.exec(policy.text)?.[1];
  if (nearest !== undefined) return nearest;
  if (group !== undefined && error.message.includes("applicable action"))
    return `write "action in ${group}" for this action on every entity type`;
  const wanted = /unexpected type: expected (.+) but saw /.exec(error.message)?.[1];
  return error.help ?? (wanted === undefined ? undefined : `write a value of type ${wanted} here`);
}

/** The first of each kind at each place: the validator repeats itself for every pair of types that a policy applies to. */
function distinct(
  errors: readonly ValidationError[],
  kindOf: (error: DetailedError) => string,
): readonly ValidationError[] {
  const seen = new Set<string>();
  return errors.filter(({ policyId, error }) => {
    const identity = JSON.stringify([policyId, kindOf(error), error.sourceLocations ?? []]);
    return seen.has(identity) ? false : seen.add(identity);
  });
}
