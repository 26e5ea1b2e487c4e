/** Which entities a reaction means, and the parameters that it gives them. */
import { type ArgumentDescriptor, named, type TargetDescriptor, type Value, type Values } from "../kernel/index.ts";

export interface TargetEntity {
  /** Undefined for an entity that gets a fresh id. */
  readonly entityId: string | undefined;
  /** Whether it is made where it does not exist. */
  readonly isMade: boolean;
}

/** The targets, given the values of the source after its action; empty where the field that names them is not set. */
export function targetsOf(target: TargetDescriptor, source: Values, ownId: string): readonly TargetEntity[] {
  switch (target.kind) {
    case "field":
      return idsIn(source[target.field]).map((entityId) => ({ entityId, isMade: false }));
    case "create-if-missing":
      return idsIn(source[target.field]).map((entityId) => ({ entityId, isMade: true }));
    case "same-id":
      return [{ entityId: ownId, isMade: false }];
    case "static":
      return [{ entityId: target.entityId, isMade: false }];
    case "create":
      return [{ entityId: undefined, isMade: true }];
  }
}

/** One id, or each of a list; null and the empty string are none. */
function idsIn(value: Value | undefined): readonly string[] {
  const ids = typeof value === "object" && value !== null ? value : [value ?? ""];
  return ids.map(String).filter((id) => id !== "");
}

/** The parameters of the asked action: literals, and fields of the source after its action. */
export function argumentValues(given: readonly ArgumentDescriptor[], source: Values): Values {
  const params = named<Value>();
  for (const argument of given) {
    params[argument.param] = "field" in argument ? (source[argument.field] ?? null) : argument.value;
  }
  return params;
}
