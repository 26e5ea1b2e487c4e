/** One revision of a service: its definition, its hash, and what is looked up in them per request. */
import {
  type ActionDescriptor,
  type ComplexValue,
  complexValues,
  type EntityTypeDescriptor,
  type PropertyDescriptor,
  type ServiceDefinition,
  type SingletonDescriptor,
} from "../kernel/index.ts";
import type { AuthorizerFactory } from "../ports/index.ts";
import { Ruling } from "./ruling.ts";

/** An entity type with its names indexed; maps, because names come from specs and from callers. */
export interface EntityType {
  readonly descriptor: EntityTypeDescriptor;
  readonly properties: ReadonlyMap<string, PropertyDescriptor>;
  readonly complexes: readonly ComplexValue[];
  readonly key: PropertyDescriptor;
  readonly actions: ReadonlyMap<string, ActionDescriptor>;
  /** The actions that a caller may ask for, by the status that one of their rules starts from. */
  readonly possible: ReadonlyMap<string, readonly string[]>;
  /** Ids of those that are never deleted: singletons that must be there. */
  readonly standing: ReadonlySet<string>;
  /** The properties that are streams. */
  readonly streams: readonly string[];
}

export class Revision {
  readonly definition: ServiceDefinition;
  /** The spec hash. */
  readonly hash: string;
  /** What its own policies say. */
  readonly ruling: Ruling;
  /** The singletons that must be there. */
  readonly standing: readonly SingletonDescriptor[];
  readonly #types: ReadonlyMap<string, EntityType>;

  constructor(definition: ServiceDefinition, hash: string, factory: AuthorizerFactory) {
    this.definition = definition;
    this.hash = hash;
    this.ruling = new Ruling(factory(definition.authorization, definition.entityTypes));
    this.standing = (definition.singletons ?? []).filter(({ isNullable }) => isNullable !== true);
    this.#types = new Map(definition.entityTypes.map((type) => [type.name, indexed(type, this.standing)]));
  }

  type(name: string): EntityType | undefined {
    return this.#types.get(name);
  }
}

function indexed(descriptor: EntityTypeDescriptor, singletons: readonly SingletonDescriptor[]): EntityType {
  const properties = new Map(descriptor.properties.map((property) => [property.name, property]));
  const key = properties.get(descriptor.key);
  if (key === undefined)
    throw new Error(`entity type ${descriptor.name} has no property ${descriptor.key} for its key`);
  for (const variable of descriptor.automaton?.variables ?? []) {
    if (properties.get(variable.name)?.role !== "variable") {
      throw new Error(`entity type ${descriptor.name} publishes no property for the variable ${variable.name}`);
    }
  }
  const actions = new Map((descriptor.automaton?.actions ?? []).map((action) => [action.name, action]));
  const complexes = complexValues(descriptor);
  const own = singletons.filter(({ entityType }) => entityType === descriptor.name);
  const standing = new Set(own.map(({ name }) => name));
  const streams = descriptor.properties.filter(({ role }) => role === "stream").map(({ name }) => name);
  const possible = possibleActions(descriptor);
  return { descriptor, properties, complexes, key, actions, possible, standing, streams };
}

/** By status, the actions of callers that one of its rules starts from. */
export function possibleActions(descriptor: EntityTypeDescriptor): EntityType["possible"] {
  const automaton = descriptor.automaton;
  if (automaton === undefined) return new Map();
  return new Map(
    automaton.statuses.map((status) => {
      const starts = new Set(automaton.rules.filter((rule) => rule.from.includes(status)).map((rule) => rule.action));
      const inputs = automaton.actions.filter((action) => action.kind === "input" && starts.has(action.name));
      return [status, inputs.map((action) => action.name)];
    }),
  );
}
