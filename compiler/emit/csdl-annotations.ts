/** Looks annotations up by what they are on, for the printers that write them where they belong. */

import { typeText } from "../bind/contract-types.ts";
import type { Annotation, DataContract, Operation } from "../ir/schema.ts";

/** The annotations on a target, in source order. */
export type AnnotationsOn = (target: string) => readonly Annotation[];

/** Groups a contract's annotations once. */
export function annotationsOf(contract: DataContract): AnnotationsOn {
  const byTarget = new Map<string, Annotation[]>();
  for (const annotation of contract.annotations) {
    const group = byTarget.get(annotation.target);
    if (group === undefined) byTarget.set(annotation.target, [annotation]);
    else group.push(annotation);
  }
  return (target) => byTarget.get(target) ?? [];
}

/** The target path of an operation, which names the overload: `Shop.AddItem(Shop.Order)`. */
export function operationTarget(operation: Operation, namespace: string): string {
  const bound = operation.boundTo === undefined ? [] : [`${namespace}.${operation.boundTo}`];
  const others = operation.parameters.map((parameter) => typeText(parameter.type, namespace));
  const types = operation.kind === "action" ? bound : [...bound, ...others];
  return `${namespace}.${operation.name}(${types.join(",")})`;
}
