/** Values that nothing tells apart made one, so that joint states are few: what nobody reads, and numbers past every constant. */
import type { EntityTypeDescriptor, ServiceDefinition, Value } from "@temperc/runtime";
import type { VariableShape } from "../l1-model-check/shape.ts";
import type { Inputs, TypeShape } from "./inputs.ts";
import type { Entity } from "./joint-state.ts";

/** The entity as the search goes on with it, or the variable that went past its bound. */
export type Merged =
  | { readonly kind: "entity"; readonly entity: Entity }
  | { readonly kind: "cut"; readonly variable: string };

export function mergeIn(service: ServiceDefinition, { shapes }: Pick<Inputs, "shapes">): (entity: Entity) => Merged {
  const mergers = new Map(service.entityTypes.map((type) => [type.name, mergerOf(type, shapes.get(type.name))]));
  return (entity) => mergers.get(entity.type)?.(entity) ?? { kind: "entity", entity };
}

function mergerOf(type: EntityTypeDescriptor, typeShape: TypeShape | undefined) {
  if (typeShape === undefined) return undefined;
  const { key, statusProperty, automaton } = type;
  const { shape, fields } = typeShape;
  const counted = new Map(shape.variables.map((each) => [each.name, each]));
  const kept = new Set([key, statusProperty, ...fields]);
  return (entity: Entity): Merged => {
    const values: Record<string, Value> = {};
    for (const [name, value] of Object.entries(entity.values)) {
      const variable = counted.get(name);
      if (variable === undefined) values[name] = kept.has(name) ? value : (automaton?.initial[name] ?? null);
      else {
        const merged = mergedValue(value, variable);
        if (merged === undefined) return { kind: "cut", variable: `${type.name}.${name}` };
        values[name] = merged.value;
      }
    }
    return { kind: "entity", entity: { ...entity, values } };
  };
}

/** Undefined past the bound. */
function mergedValue(value: Value, shape: VariableShape): { readonly value: Value } | undefined {
  if (shape.kind === "list") {
    return typeof value === "object" && value !== null && value.length > shape.lengthMax ? undefined : { value };
  }
  if (shape.kind !== "number" || typeof value !== "number") return { value };
  if (value > shape.high) return shape.mergesHigh ? { value: shape.high } : undefined;
  if (value < shape.low) return shape.mergesLow ? { value: shape.low } : undefined;
  return { value };
}
