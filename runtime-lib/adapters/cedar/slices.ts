/** Slices of a policy set: per principal type, entity type and action, the policies whose scope can match. */
import { createHash } from "node:crypto";
import type { AuthorizationBindings } from "../../kernel/index.ts";
import { cedar } from "./engine.ts";
import { elements, entityOf, type Json, member, text } from "./expression.ts";
import { type Needs, needsOf } from "./needs.ts";

/** What Cedar is asked of: who by type, what, on what by type. */
export interface Scope {
  readonly principalType: string;
  readonly entityType: string;
  readonly action: string;
}

export interface Slice {
  /** By id; Cedar ignores `@id`, so ids are passed beside the texts. */
  readonly policies: Readonly<Record<string, string>>;
  readonly effects: ReadonlyMap<string, "permit" | "forbid">;
  readonly needs: Needs;
  /** The name under which Cedar keeps the parsed slice; undefined where the slice is empty and nothing can be permitted. */
  readonly parsed: string | undefined;
}

interface Policy {
  readonly id: string;
  readonly text: string;
  readonly json: Json;
}

/** Slices that are remembered; names of principal types come from credentials, so they are bounded. */
const slicesMax = 10_000;

export class Slices {
  readonly #policies: readonly Policy[];
  readonly #slices = new Map<string, Slice>();

  /** Throws where a policy does not parse: the compiler has checked them, so that is a mistake of ours. */
  constructor(bindings: AuthorizationBindings) {
    this.#policies = bindings.policies.map(({ id, text: source }) => {
      const answer = cedar().policyToJson(source);
      if (answer.type === "success") return { id, text: source, json: answer.json };
      throw new Error(`policy ${id} does not parse: ${answer.errors.map((error) => error.message).join("; ")}`);
    });
  }

  /** The policies that can say anything in this scope. */
  of(scope: Scope): Slice {
    const key = `${scope.principalType}\0${scope.entityType}\0${scope.action}`;
    const known = this.#slices.get(key);
    if (known !== undefined) return known;
    const slice = parsedSlice(this.#policies.filter((policy) => canMatch(policy.json, scope)));
    if (this.#slices.size >= slicesMax) this.#slices.clear();
    this.#slices.set(key, slice);
    return slice;
  }
}

/** Named by its content: Cedar never forgets a parsed set, so equal slices of all actions and revisions are one. */
function parsedSlice(policies: readonly Policy[]): Slice {
  const texts = Object.fromEntries(policies.map((policy) => [policy.id, policy.text]));
  const effects = new Map(policies.map(({ id, json }) => [id, effectOf(json)]));
  const slice = { policies: texts, effects, needs: needsOf(policies.map((policy) => policy.json)) };
  if (policies.length === 0) return { ...slice, parsed: undefined };
  const parsed = createHash("sha256")
    .update(JSON.stringify(policies.map(({ id, text: source }) => [id, source])))
    .digest("hex");
  if (!parsedSets.has(parsed)) {
    const answer = cedar().preparsePolicySet(parsed, { staticPolicies: texts });
    if (answer.type === "failure") throw new Error(answer.errors.map((error) => error.message).join("; "));
    parsedSets.add(parsed);
  }
  return { ...slice, parsed };
}

/** What Cedar's one instance holds, which outlives every authorizer. */
const parsedSets = new Set<string>();

function effectOf(json: Json): "permit" | "forbid" {
  return member(json, "effect") === "permit" ? "permit" : "forbid";
}

/** False only where the policy's scope certainly excludes this one: then it neither applies nor fails. */
function canMatch(json: Json, scope: Scope): boolean {
  return (
    typeCanMatch(member(json, "principal"), scope.principalType) &&
    typeCanMatch(member(json, "resource"), scope.entityType) &&
    actionCanMatch(member(json, "action"), scope)
  );
}

/** Callers and resources have no parents, so `in` an entity of another type is never true. */
function typeCanMatch(constraint: Json, type: string): boolean {
  switch (text(member(constraint, "op"))) {
    case "is":
      return member(constraint, "entity_type") === type;
    case "==":
    case "in":
      return (entityOf(member(constraint, "entity"))?.type ?? type) === type;
    default:
      return true;
  }
}

/** `Action::"Order::Pay"` has the one parent `Action::"Pay"`. */
function actionCanMatch(constraint: Json, scope: Scope): boolean {
  const own = `${scope.entityType}::${scope.action}`;
  const listed = [member(constraint, "entity"), ...elements(member(constraint, "entities"))].flatMap((node) => {
    const entity = entityOf(node);
    return entity?.type === "Action" ? [entity.id] : [];
  });
  switch (text(member(constraint, "op"))) {
    case "==":
      return listed.includes(own);
    case "in":
      return listed.includes(own) || listed.includes(scope.action);
    default:
      return true;
  }
}
