/** The two engines that decide: the code that the compiler emits, and Cedar's own WebAssembly build. */
import { type CedarRequest, decisionOf, type Opinions } from "@temperc/runtime";
import { cedar, type ReadPolicy } from "../../compiler/index.ts";
import { compiledDecision } from "./compiled.ts";
import { isExact, type Json, plainJson } from "./json.ts";

export interface Answer {
  readonly decision: "allow" | "deny";
  /** Ids of the policies that determined it. */
  readonly reasons: readonly string[];
  readonly errors: Opinions["failures"];
}

/** One request in the two forms that the engines take. */
export interface Question {
  readonly request: CedarRequest;
  /** `principal`, `action` and `resource` as `{ type, id }`, the context, and all entities with the actions of the schema. */
  readonly json: {
    readonly principal: CedarUidJson;
    readonly action: CedarUidJson;
    readonly resource: CedarUidJson;
    readonly context: Json;
    readonly entities: Json;
  };
  /** Cedar reads values by their types in it. */
  readonly schema?: string;
}

interface CedarUidJson {
  readonly type: string;
  readonly id: string;
}

/** What cannot be asked of an engine, in words for people. */
export class Unaskable extends Error {}

export type Engine = (question: Question) => Answer;

/** The emitted code; policies that it does not cover are asked of Cedar, and both make one decision. */
export async function compiledEngine(policies: readonly ReadPolicy[]): Promise<Engine> {
  const compiled = policies.flatMap(({ id, effect, body }) => {
    return body.kind === "compiled" ? [{ id, effect, body }] : [];
  });
  const decide = await compiledDecision(compiled);
  const rest = policies.filter(({ body }) => body.kind !== "compiled");
  if (rest.length === 0) return ({ request }) => answerOf(decide(request));
  const askRest = cedarEngine(rest);
  return (question) => {
    const said = decide(question.request);
    const { decision, reasons, errors } = askRest(question);
    return answerOf({
      permits: decision === "allow" ? [...said.permits, ...reasons] : said.permits,
      forbids: decision === "deny" ? [...said.forbids, ...reasons] : said.forbids,
      failures: [...said.failures, ...errors],
    });
  };
}

function answerOf(opinions: Opinions): Answer {
  const { allowed, reasons, failures } = decisionOf(opinions);
  return { decision: allowed ? "allow" : "deny", reasons, errors: failures };
}

/** Cedar itself. It is handed JavaScript's numbers, so what is beyond 53 bits is `Unaskable`. */
export function cedarEngine(policies: readonly ReadPolicy[]): Engine {
  const set = policySet(policies);
  return ({ json, schema }) => {
    const { principal, action, resource, context, entities } = json;
    if (!isExact(context) || !isExact(entities))
      throw new Unaskable("a number beyond 53 bits cannot be handed to Cedar's WebAssembly build");
    // What Cedar does not accept in these it answers with a failure.
    const given = { context: plainJson(context), entities: plainJson(entities) } as { context: object; entities: [] };
    const call = { principal, action, resource, policies: set, context: { ...given.context } };
    const answer = cedar().isAuthorized({
      ...call,
      entities: given.entities,
      ...(schema !== undefined && { schema, validateRequest: false }),
    });
    if (answer.type === "failure") throw new Unaskable(answer.errors.map(({ message }) => message).join("; "));
    const { decision, diagnostics } = answer.response;
    const errors = diagnostics.errors.map(({ policyId, error }) => ({ policy: policyId, message: error.message }));
    return { decision, reasons: diagnostics.reason, errors };
  };
}

/** Policies, templates and links in Cedar's form. */
function policySet(policies: readonly ReadPolicy[]) {
  const linked = policies.flatMap(({ id, text, link }) => (link === undefined ? [] : [{ id, text, link }]));
  const alone = policies.filter(({ link }) => link === undefined);
  return {
    staticPolicies: Object.fromEntries(alone.map(({ id, text }) => [id, text])),
    templates: Object.fromEntries(linked.map(({ link, text }) => [link.templateId, text])),
    templateLinks: linked.map(({ id, link }) => ({
      templateId: link.templateId,
      newId: id,
      values: Object.fromEntries(link.values),
    })),
  };
}
