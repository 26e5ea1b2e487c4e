/** Policies of a simulation: an authorizer that decides by a table which is another after each reload. */
import type {
  Authorizer,
  AuthorizerFactory,
  Decision,
  Principal,
  ServiceDefinition,
  Value,
  Values,
} from "@temperc/runtime";

/** Of so many questions one is answered no. */
const deniedEvery = 9;

/** The definition under policies of this number, which is their id and all that they are. */
export function underPolicies(definition: ServiceDefinition, policies: number): ServiceDefinition {
  const authorization = { ...definition.authorization, policies: [{ id: String(policies), text: "" }] };
  return { ...definition, authorization };
}

/** A pure function of the policies and the question. The status is part of it, so that asking on an old snapshot shows. */
export function permits(policies: string, question: readonly Value[]): boolean {
  let hash = 2_166_136_261;
  for (const char of JSON.stringify([policies, ...question])) {
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  }
  return (hash >>> 7) % deniedEvery !== 0;
}

/** What is asked of `permits` about an action: who, what, on which type and in which status. */
export function question(principal: string, entityType: string, action: string, status: Value): readonly Value[] {
  return [principal, entityType, action, status];
}

/** Who asks, as the journal names them. */
export function principalOf({ type, id }: Principal): string {
  return `${type}::${JSON.stringify(id)}`;
}

export const simulatedAuthorizer: AuthorizerFactory = ({ policies: [policy] }, entityTypes): Authorizer => {
  const statusProperties = new Map(entityTypes.map((type) => [type.name, type.statusProperty]));
  const id = policy?.id ?? "";
  return {
    authorize: ({ principal, entityType, action, resource }): Decision => {
      const status = statusIn(resource.values, statusProperties.get(entityType));
      return {
        allowed: permits(id, question(principalOf(principal), entityType, action, status)),
        reasons: [id],
        errors: [],
      };
    },
    readable: () => ({ kind: "all" }),
  };
};

export function statusIn(values: Values, statusProperty: string | undefined): Value {
  return statusProperty === undefined ? null : (values[statusProperty] ?? null);
}
