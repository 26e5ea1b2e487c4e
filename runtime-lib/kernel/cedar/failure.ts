/** How a policy fails to evaluate: in Cedar's words, so that both engines say the same. */
import { type CedarTerm, typeOfTerm } from "./term.ts";

/** The policy does not apply, and the decision reports it. Anything else that is thrown is a mistake of ours. */
export class CedarFailure extends Error {}

/** What Cedar calls an entity of whatever type. */
export const anyEntity = "(entity of type `any_entity_type`)";

/** The failure of an operator that was given a value of another type. */
export function typeFailure(expected: readonly string[], got: CedarTerm): CedarFailure {
  const [only] = expected;
  const wanted = expected.length === 1 ? only : `one of [${expected.join(", ")}]`;
  return new CedarFailure(`type error: expected ${wanted}, got ${typeOfTerm(got)}`);
}

/** The failure of an extension function that was given a value of the right type. */
export function extensionFailure(extension: string, problem: string): CedarFailure {
  return new CedarFailure(`error while evaluating \`${extension}\` extension function: ${problem}`);
}

/** A function called with another number of operands than it has; they have been evaluated by then. */
export function cedarMiscalled(name: string, takes: number, given: readonly CedarTerm[]): never {
  const counts = `expected ${takes}, got ${given.length}`;
  throw new CedarFailure(`wrong number of arguments provided to extension function \`${name}\`: ${counts}`);
}
