/** Cedar itself as the authorizer: parsed once per revision, sliced by scope, default-deny, and any error denies. */
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
import { contextOf, entitiesOf, jsonOf } from "./entities.ts";
import type { ActionSlice } from "./partial.ts";
import { learntAfter, Permits } from "./permits.ts";
import { readableBy } from "./readable.ts";
import { type Slice, Slices } from "./slices.ts";

/** Makes the authorizer that asks Cedar's WebAssembly build of everything. Throws where a policy does not parse. */
export const cedarWasmAuthorizer: AuthorizerFactory = cedarAuthorizerThatLearns(learntAfter);

/** The same, with its own idea of how often a permit is asked for before what Cedar says of it is kept. */
export function cedarAuthorizerThatLearns(after: number): AuthorizerFactory {
  return (bindings, entityTypes) => new CedarAuthorizer(bindings, entityTypes, new Permits(after));
}

/** What Cedar says of one request: its decision, what determined it, and what failed. */
export interface Judgement {
  readonly isAllow: boolean;
  readonly reasons: readonly string[];
  readonly errors: readonly string[];
}

const silence: Judgement = { isAllow: false, reasons: [], errors: [] };

export class CedarAuthorizer implements Authorizer {
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
    if (slice.parsed === undefined) return decisionFrom(silence);
    const type = this.#types.get(entityType);
    const permit = type === undefined ? undefined : this.#permits.permit(request, type, slice);
    return permit ?? decisionFrom(this.#judge(request, slice));
  }

  /** Cedar's own answer, in which an error skips a policy and denies nothing. */
  judge(request: AuthorizationRequest): Judgement {
    const { principal, entityType, action } = request;
    return this.#judge(request, this.#slices.of({ principalType: principal.type, entityType, action }));
  }

  #judge(request: AuthorizationRequest, { parsed, needs }: Slice): Judgement {
    if (parsed === undefined) return silence;
    const { principal, entityType, action, resource } = request;
    const answer = cedar().statefulIsAuthorized({
      principal: { type: principal.type, id: principal.id },
      action: { type: "Action", id: `${entityType}::${action}` },
      resource: { type: entityType, id: resource.id },
      context: jsonOf(Object.fromEntries(contextOf(request.context))),
      preparsedPolicySetId: parsed,
      entities: [...entitiesOf(this.#bindings, request, needs)],
    });
    if (answer.type === "failure") {
      return { ...silence, errors: answer.errors.map((error) => error.message) };
    }
    const { decision, diagnostics } = answer.response;
    const errors = diagnostics.errors.map(({ policyId, error }) => `${policyId}: ${error.message}`);
    return { isAllow: decision === "allow", reasons: diagnostics.reason, errors };
  }

  readable(principal: Principal, entityType: string, session?: string): Readable {
    const type = this.#types.get(entityType);
    if (type === undefined) return { kind: "none", forbids: [] };
    return readableBy({ principal, session }, type, this.#reading(principal, entityType));
  }

  readsSession(principal: Principal, entityType: string): boolean {
    return this.#reading(principal, entityType).some(({ slice }) => slice.needs.context);
  }

  #reading({ type }: Principal, entityType: string): readonly ActionSlice[] {
    return ["read", "list"].map((action) => ({
      action,
      slice: this.#slices.of({ principalType: type, entityType, action }),
    }));
  }
}

/** Any error denies. */
export function decisionFrom({ isAllow, reasons, errors }: Judgement): Decision {
  return { allowed: isAllow && errors.length === 0, reasons, errors };
}
