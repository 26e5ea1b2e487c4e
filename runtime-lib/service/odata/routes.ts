/** The routing tables of one revision, made once: what each name in a path means. */
import {
  type ActionDescriptor,
  type EntityTypeDescriptor,
  enclosing,
  type FunctionDescriptor,
  type NavigationDescriptor,
  type PropertyDescriptor,
  type ServiceDefinition,
} from "../../kernel/index.ts";
import { possibleActions } from "../revision.ts";

export interface SetRoute {
  readonly name: string;
  readonly type: EntityTypeDescriptor;
  readonly keyProperty: PropertyDescriptor;
  readonly properties: ReadonlyMap<string, PropertyDescriptor>;
  /** The actions that may be called, by each spelling of their names. */
  readonly actions: ReadonlyMap<string, ActionDescriptor>;
  /** The functions that are bound to its entity type, by each spelling of their names. */
  readonly functions: ReadonlyMap<string, FunctionDescriptor>;
  readonly navigations: ReadonlyMap<string, NavigationRoute>;
  /** What entities can be addressed by besides the key: combinations of properties that no two share. */
  readonly alternateKeys: readonly (readonly PropertyDescriptor[])[];
  /** The property whose value is the id of a new entity, where the spec names one. */
  readonly idProperty: PropertyDescriptor | undefined;
  /** The properties in their order, each with its name as JSON has it: `"Id":`. */
  readonly columns: readonly Column[];
  /** By status, the actions of callers that one of its rules starts from. */
  readonly possibleActions: ReadonlyMap<string, readonly string[]>;
}

/** A way to other entities. */
export interface NavigationRoute {
  readonly name: string;
  readonly collection: boolean;
  /** The set that has the entities at its end; undefined where no set has such entities. */
  readonly target: () => SetRoute | undefined;
  /** What is equal on both sides; empty where the contract does not say how the entities belong together. */
  readonly pairs: readonly Pair[];
}

export interface Pair {
  readonly here: string;
  readonly there: string;
}

export interface Column {
  readonly property: PropertyDescriptor;
  readonly label: string;
  /** The members of a value of a complex type. */
  readonly members?: readonly Column[];
}

export interface Routes {
  readonly definition: ServiceDefinition;
  readonly sets: ReadonlyMap<string, SetRoute>;
  /** By each spelling of their names. */
  readonly functions: ReadonlyMap<string, FunctionDescriptor>;
}

const known = new WeakMap<ServiceDefinition, Routes>();

/** The tables of a revision; the same object as long as the definition is the same. */
export function routesOf(definition: ServiceDefinition): Routes {
  const present = known.get(definition);
  if (present !== undefined) return present;
  const made = routes(definition);
  known.set(definition, made);
  return made;
}

function routes(definition: ServiceDefinition): Routes {
  const types = new Map(definition.entityTypes.map((type) => [type.name, type]));
  const byType = new Map<string, SetRoute>();
  const sets = definition.entitySets.map((set): [string, SetRoute] => {
    const type = types.get(set.entityType);
    if (type === undefined) throw new Error(`entity set ${set.name} is of no entity type: ${set.entityType}`);
    const navigations = type.navigations.map((to): [string, NavigationRoute] => [
      to.name,
      navigationRoute(to, types.get(to.target), () => byType.get(to.target)),
    ]);
    const route = { ...setRoute(set.name, type, definition), navigations: new Map(navigations) };
    if (!byType.has(type.name)) byType.set(type.name, route);
    return [set.name, route];
  });
  const unbound = definition.functions.filter(({ boundTo }) => boundTo === undefined);
  return { definition, sets: new Map(sets), functions: bySpelling(unbound, definition) };
}

/** A navigation without constraints of its own has those of its partner, the other way round. */
function navigationRoute(
  { name, collection, partner, constraints }: NavigationDescriptor,
  there: EntityTypeDescriptor | undefined,
  target: () => SetRoute | undefined,
): NavigationRoute {
  const own = constraints.map(({ property, referencedProperty }) => ({ here: property, there: referencedProperty }));
  const back = there?.navigations.find((each) => partner !== undefined && each.name === partner)?.constraints ?? [];
  const inverse = back.map(({ property, referencedProperty }) => ({ here: referencedProperty, there: property }));
  return { name, collection, target, pairs: own.length > 0 ? own : inverse };
}

function bySpelling<T extends { readonly name: string }>(
  all: readonly T[],
  definition: ServiceDefinition,
): ReadonlyMap<string, T> {
  return new Map(all.flatMap((each) => spellings(each.name, definition).map((name): [string, T] => [name, each])));
}

/** A name as URLs may have it: bare, and qualified by the namespace or its alias. */
function spellings(name: string, { namespace, alias }: ServiceDefinition): readonly string[] {
  const qualified = [name, `${namespace}.${name}`];
  return alias === undefined ? qualified : [...qualified, `${alias}.${name}`];
}

/** The properties that stand directly behind a path. */
function columnsIn(properties: readonly PropertyDescriptor[], path: string | undefined): readonly Column[] {
  const own = properties.filter(({ name }) => enclosing(name) === path);
  return own.map((property) => {
    const name = path === undefined ? property.name : property.name.slice(path.length + 1);
    const column = { property, label: `${JSON.stringify(name)}:` };
    return property.complexType === undefined ? column : { ...column, members: columnsIn(properties, property.name) };
  });
}

function setRoute(
  name: string,
  type: EntityTypeDescriptor,
  definition: ServiceDefinition,
): Omit<SetRoute, "navigations"> {
  const keyProperty = type.properties.find((property) => property.name === type.key);
  if (keyProperty === undefined) throw new Error(`entity type ${type.name} lacks its key property ${type.key}`);
  const callable = (type.automaton?.actions ?? []).filter((action) => action.kind === "input");
  const properties = new Map(type.properties.map((property) => [property.name, property]));
  const alternateKeys = (type.reactions?.keys ?? []).map((key) =>
    key.properties.flatMap((each) => properties.get(each) ?? []),
  );
  const idKey = type.reactions?.keys.find(({ isEntityId }) => isEntityId);
  return {
    name,
    type,
    keyProperty,
    properties,
    alternateKeys: alternateKeys.filter((key) => key.every(({ collection }) => !collection)),
    idProperty: properties.get(idKey?.properties[0] ?? ""),
    actions: bySpelling(callable, definition),
    functions: bySpelling(
      definition.functions.filter(({ boundTo }) => boundTo === type.name),
      definition,
    ),
    columns: columnsIn(type.properties, undefined),
    possibleActions: possibleActions(type),
  };
}
