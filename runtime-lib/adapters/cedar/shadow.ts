/** Which engine decides, and how often its decisions are compared with Cedar's own. */
import type { AuthorizationRequest, AuthorizerFactory, Decision } from "../../ports/index.ts";
import { cedarAuthorizer } from "./authorizer.ts";
import { cedarWasmAuthorizer } from "./wasm-authorizer.ts";

/** The engines by the names that settings use. */
export const authorizerEngines = ["compiled", "cedar-wasm"] as const;

export type AuthorizerEngine = (typeof authorizerEngines)[number];

export interface AuthorizerChoice {
  readonly engine: AuthorizerEngine;
  /** One decision in this many is made by Cedar too; absent, none is. */
  readonly shadowOneIn?: number;
  /** Told where both do not agree. */
  readonly onDifference: (difference: AuthorizerDifference) => void;
}

/** Two engines that answered one request differently: a mistake of ours, and the stricter answer was given. */
export interface AuthorizerDifference {
  readonly request: AuthorizationRequest;
  readonly compiled: Decision;
  readonly cedar: Decision;
}

/** Makes authorizers of that engine. */
export function chosenAuthorizer({ engine, shadowOneIn, onDifference }: AuthorizerChoice): AuthorizerFactory {
  if (engine === "cedar-wasm") return cedarWasmAuthorizer;
  if (shadowOneIn === undefined) return cedarAuthorizer;
  return shadowed(cedarAuthorizer, { oneIn: shadowOneIn, onDifference });
}

interface Shadow {
  readonly oneIn: number;
  readonly onDifference: AuthorizerChoice["onDifference"];
}

/** The same authorizer, of which every so many decisions are compared; it counts, so a replay compares the same ones. */
export function shadowed(factory: AuthorizerFactory, { oneIn, onDifference }: Shadow): AuthorizerFactory {
  return (bindings, entityTypes) => {
    const [own, itself] = [factory(bindings, entityTypes), cedarWasmAuthorizer(bindings, entityTypes)];
    let decisions = 0;
    return {
      readable: (...asked) => own.readable(...asked),
      readsSession: (...asked) => own.readsSession?.(...asked) ?? false,
      authorize: (request) => {
        const compiled = own.authorize(request);
        decisions += 1;
        if (decisions % oneIn !== 0) return compiled;
        const cedar = itself.authorize(request);
        if (isSame(compiled, cedar)) return compiled;
        onDifference({ request, compiled, cedar });
        return compiled.allowed ? cedar : compiled;
      },
    };
  };
}

/** The words of an error are each engine's own; which policy failed is not. */
function isSame(one: Decision, other: Decision): boolean {
  return summary(one) === summary(other);
}

function summary({ allowed, reasons, errors }: Decision): string {
  const failed = errors.map((each) => each.slice(0, each.indexOf(": ")));
  return JSON.stringify([allowed, [...reasons].sort(), failed.sort()]);
}

/** The difference in one line, without the values of the entity or of the call: a log is no place for them. */
export function differenceText({ request, compiled, cedar }: AuthorizerDifference): string {
  const { principal, entityType, action, resource } = request;
  const asked = { principal: `${principal.type} ${principal.id}`, action: `${entityType}::${action}`, id: resource.id };
  return `compiled policies and Cedar disagree, the stricter was answered: ${JSON.stringify({ ...asked, compiled, cedar })}`;
}
