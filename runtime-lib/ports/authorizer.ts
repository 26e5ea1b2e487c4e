/** The authorizer port: one question per request, default-deny. */
import type { AuthorizationBindings, EntityTypeDescriptor, Values } from "../kernel/index.ts";
import type { FilterNode } from "./query.ts";

export interface Principal {
  /** The Cedar entity type: `Customer`, `Agent`, `Admin`, `System` or a registered agent type. */
  readonly type: string;
  readonly id: string;
  readonly tenant: string;
  /** Role names, for `principal.roles.contains("…")`. */
  readonly roles: readonly string[];
  /** False where the caller's type is a claim that no credential backs; backed where absent. Policies see it as `context.agentTypeVerified`. */
  readonly isTypeVerified?: false;
}

/** The verbs besides the spec's own actions. */
export type Verb = "create" | "read" | "list" | "update" | "delete";

export interface AuthorizationRequest {
  readonly principal: Principal;
  readonly entityType: string;
  /** An action of the automaton, or a `Verb`. */
  readonly action: string;
  readonly resource: { readonly id: string; readonly values: Values };
  /** The call's parameters, and what the runtime says of the call. */
  readonly context: Values;
}

export interface Decision {
  readonly allowed: boolean;
  /** Ids of the policies that determined it. */
  readonly reasons: readonly string[];
  /** A policy that failed to evaluate; any error denies. */
  readonly errors: readonly string[];
}

/** Which entities of a type a principal may both read and list: none, all, those that a filter selects, or it cannot be told in a query. */
export type Readable =
  /** `forbids` names the policies that forbid it whatever the entity; where there are none, nothing permits it. */
  | { readonly kind: "none"; readonly forbids: readonly string[] }
  | { readonly kind: "all" }
  | { readonly kind: "where"; readonly filter: FilterNode }
  /** `within` selects all that may be readable: which of them are has to be asked of each. */
  | { readonly kind: "inexpressible"; readonly policies: readonly string[]; readonly within: FilterNode };

export interface Authorizer {
  authorize(request: AuthorizationRequest): Decision;
  /** `session` is the one that the call is part of. */
  readable(principal: Principal, entityType: string, session?: string): Readable;
  /** True where what is readable may be another in another session; never where absent. */
  readsSession?(principal: Principal, entityType: string): boolean;
}

/** Makes the authorizer of one revision; the entity types tell which attribute is which column. Throws where a policy does not parse. */
export type AuthorizerFactory = (
  bindings: AuthorizationBindings,
  entityTypes: readonly EntityTypeDescriptor[],
) => Authorizer;
