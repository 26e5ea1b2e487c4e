/** The Cedar authorizer: parsed once per revision, sliced by scope, default-deny, and any error denies. */
import type { AuthorizationBindings, EntityTypeDescriptor } from "../../kernel/index.ts";
import type {
  AuthorizationRequest,
  Authorizer,
  AuthorizerFactory,
  Decision,
  Principal,
  Readable,
} from "../../ports/index.ts";
import { cedar } from "./engine.ts";
import { contextOf, entitiesOf } from "./entities.ts";
import type { Needs } from "./needs.ts";
import { learntAfter, Permits } from "./permits.ts";
import { readableBy } from "./readable.ts";
import { Slices } from "./slices.ts";

/** Makes the authorizer of one revision from its policies. Throws where a policy does not parse. */
export const cedarAuthorizer: AuthorizerFactory = cedarAuthorizerThatLearns(learntAfter);

/** The same, with its own idea of how often a permit is asked for before what Cedar says of it is kept. */
export function cedarAuthorizerThatLearns(after: number): AuthorizerFactory {
  return (bindings, entityTypes) => new CedarAuthorizer(bindings, entityTypes, new Permits(after));
}

class CedarAuthorizer implements Authorizer {
  readonly #bindings: AuthorizationBindings;
  readonly #types: ReadonlyMap<string, EntityTypeDescriptor>;
  readonly #slices: Slices;
  readonly #permits: Permits;

  constructor(bindings: AuthorizationBindings, entityTypes: readonly EntityTypeDescriptor[], permits: Permits) {
    this.#bindings = bindings;
    this.#types = new Map(entityTypes.map((type) => [type.name, type]));
    this.#slices = new Slices(bindings);
    this.#permits = permits;
  }

  authorize(request: AuthorizationRequest): Decision {
    const { principal, entityType, action } = request;
    const slice = this.#slices.of({ principalType: principal.type, entityType, action });
    if (slice.parsed === undefined) return { allowed: false, reasons: [], errors: [] };
    const type = this.#types.get(entityType);
    const permit = type === undefined ? undefined : this.#permits.permit(request, type, slice);
    return permit ?? this.#decide(request, slice.parsed, slice.needs);
  }

  #decide(request: AuthorizationRequest, preparsedPolicySetId: string, needs: Needs): Decision {
    const { principal, entityType, action, resource } = request;
    const answer = cedar().statefulIsAuthorized({
      principal: { type: principal.type, id: principal.id },
      action: { type: "Action", id: `${entityType}::${action}` },
      resource: { type: entityType, id: resource.id },
      context: contextOf(request.context),
      preparsedPolicySetId,
      entities: [...entitiesOf(this.#bindings, request, needs)],
    });
    if (answer.type === "failure") {
      return { allowed: false, reasons: [], errors: answer.errors.map((error) => error.message) };
    }
    const { decision, diagnostics } = answer.response;
    const errors = diagnostics.errors.map(({ policyId, error }) => `${policyId}: ${error.message}`);
    return { allowed: decision === "allow" && errors.length === 0, reasons: diagnostics.reason, errors };
  }

  readable(principal: Principal, entityType: string): Readable {
    const type = this.#types.get(entityType);
    if (type === undefined) return { kind: "none" };
    const slices = ["read", "list"].map((action) => ({
      action,
      slice: this.#slices.of({ principalType: principal.type, entityType, action }),
    }));
    return readableBy(principal, type, slices);
  }
}
