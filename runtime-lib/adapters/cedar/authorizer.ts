/** The authorizer of a service: the decision functions that the compiler has emitted, and Cedar itself for all that they do not cover. */
import {
  type AuthorizationBindings,
  type CompiledPolicies,
  decisionOf,
  type EntityTypeDescriptor,
  type PolicyText,
} from "../../kernel/index.ts";
import type {
  AuthorizationRequest,
  Authorizer,
  AuthorizerFactory,
  Decision,
  Principal,
  Readable,
} from "../../ports/index.ts";
import { learntAfter, Permits } from "./permits.ts";
import { cedarRequest } from "./request.ts";
import { CedarAuthorizer, cedarWasmAuthorizer, decisionFrom } from "./wasm-authorizer.ts";

/**
 * Makes the authorizer of one revision. Policies that the compiler does not cover, and those that came later, are asked of
 * Cedar's WebAssembly build, one decision made of both; without emitted decision functions, or where a policy of theirs is no
 * longer there or says something else, all are. Throws where a policy that Cedar is asked of does not parse.
 */
export const cedarAuthorizer: AuthorizerFactory = (bindings, entityTypes) => {
  const { compiled } = bindings;
  if (compiled === undefined || isStale(compiled, bindings.policies)) return cedarWasmAuthorizer(bindings, entityTypes);
  return new CompiledAuthorizer(bindings, compiled, entityTypes);
};

/** True where a policy was compiled that is not in force now: its decision functions would still ask it. */
function isStale({ policies, leftToCedar }: CompiledPolicies, inForce: readonly PolicyText[]): boolean {
  const texts = new Map(inForce.map(({ id, text }) => [id, text]));
  return policies.some(({ id, text }) => !leftToCedar.includes(id) && texts.get(id) !== text);
}

class CompiledAuthorizer implements Authorizer {
  readonly #bindings: AuthorizationBindings;
  readonly #decisions: CompiledPolicies["decisions"];
  /** Cedar with the policies that are not compiled; undefined where all are. */
  readonly #rest: CedarAuthorizer | undefined;
  readonly #makeWhole: () => Authorizer;
  #whole: Authorizer | undefined;

  constructor(
    bindings: AuthorizationBindings,
    compiled: CompiledPolicies,
    entityTypes: readonly EntityTypeDescriptor[],
  ) {
    this.#bindings = bindings;
    this.#decisions = compiled.decisions;
    const known = new Set(compiled.policies.map(({ id }) => id).filter((id) => !compiled.leftToCedar.includes(id)));
    const policies = bindings.policies.filter(({ id }) => !known.has(id));
    const rest = (): CedarAuthorizer =>
      new CedarAuthorizer({ ...bindings, policies }, entityTypes, new Permits(learntAfter));
    this.#rest = policies.length === 0 ? undefined : rest();
    this.#makeWhole = () => cedarWasmAuthorizer(bindings, entityTypes);
  }

  authorize(request: AuthorizationRequest): Decision {
    const action = `${request.entityType}::${request.action}`;
    const decide = Object.hasOwn(this.#decisions, action) ? this.#decisions[action] : undefined;
    if (decide === undefined) return this.#cedar().authorize(request);
    const said = decide(cedarRequest(this.#bindings, request));
    const rest = this.#rest?.judge(request);
    const { allowed, reasons, failures } = decisionOf({
      permits: rest?.isAllow === true ? [...said.permits, ...rest.reasons] : said.permits,
      forbids: rest?.isAllow === false ? [...said.forbids, ...rest.reasons] : said.forbids,
      failures: said.failures,
    });
    const errors = failures.map(({ policy, message }) => `${policy}: ${message}`);
    return decisionFrom({ isAllow: allowed, reasons, errors: [...errors, ...(rest?.errors ?? [])] });
  }

  readable(principal: Principal, entityType: string, session?: string): Readable {
    return this.#cedar().readable(principal, entityType, session);
  }

  readsSession(principal: Principal, entityType: string): boolean {
    return this.#cedar().readsSession?.(principal, entityType) ?? false;
  }

  /** Cedar with all policies, made when it is first asked. */
  #cedar(): Authorizer {
    this.#whole ??= this.#makeWhole();
    return this.#whole;
  }
}
